"""One composed picture is planned as one interactive task."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from pydantic import TypeAdapter

from farm.errors import InvalidOption, InvalidTimeline
from farm.jobs.status import JobKind, Queue, TaskKind
from farm.plan.jobs import first_tasks, next_tasks
from farm.settings import Settings
from farm.timeline.media import MediaFacts
from tests.factories import Json, make_clip, make_media_facts, make_timeline, make_track

if TYPE_CHECKING:
    from pydantic import JsonValue

    from farm.jobs.records import NewTask

SETTINGS = Settings(storage=Path("/nowhere"))
FACTS = TypeAdapter(MediaFacts).dump_python(make_media_facts(), mode="json")
RESULTS: dict[str, JsonValue] = {"probe-0": {"sources": {"/film.mp4": FACTS}}}


def _spec(**options: object) -> Json:
    timeline = make_timeline(make_track(make_clip()), width=640, height=360)
    return {
        "timeline": timeline.model_dump(mode="json"),
        "output": "/out/frame.jpg",
        "at": "1",
        **options,
    }


def _plan(**options: object) -> NewTask:
    spec = _spec(**options)
    (task,) = next_tasks(JobKind.FRAME, spec, RESULTS, settings=SETTINGS).tasks
    return task


def _payload(task: NewTask) -> Json:
    assert isinstance(task.payload, dict)
    return task.payload


def test_a_frame_is_one_interactive_task() -> None:
    task = _plan()

    assert (task.name, task.kind, task.frames) == ("output", TaskKind.FRAME, 1)
    assert task.queue is Queue.CPU_INTERACTIVE
    assert _payload(task)["picture"]["frames"] == 1


@pytest.mark.parametrize(
    ("at", "frame"), [("0", 0), ("0.039", 0), ("0.04", 1), ("1.99", 49)]
)
def test_the_frame_is_the_one_that_is_shown_then(at: str, frame: int) -> None:
    (layer,) = _payload(_plan(at=at))["picture"]["layers"]

    assert layer["shots"][0]["source_start"] == str(Fraction(frame, 25))


def test_a_width_keeps_the_shape() -> None:
    assert _payload(_plan(width=320))["size"] == [320, 180]
    assert _payload(_plan())["size"] == [640, 360]


def test_there_is_no_frame_behind_the_end() -> None:
    with pytest.raises(
        InvalidOption, match="no frame at 2 s: the timeline is 2 s long"
    ):
        _plan(at="2")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"at": "-1"}, "there is no frame at -1 s"),
        ({"output": "/out/frame.tiff"}, r"cannot be written to frame\.tiff; name it"),
    ],
)
def test_an_option_that_cannot_be_is_refused_at_once(
    options: Json, message: str
) -> None:
    with pytest.raises(InvalidOption, match=message):
        first_tasks(JobKind.FRAME, _spec(**options), settings=SETTINGS)


def test_an_unknown_effect_is_refused_at_once() -> None:
    timeline = make_timeline(make_track(make_clip(effects=[{"name": "?"}])))
    spec = _spec(timeline=timeline.model_dump(mode="json"))

    with pytest.raises(InvalidTimeline, match=r"effects\[0\]: .* unknown effect '\?'"):
        first_tasks(JobKind.FRAME, spec, settings=SETTINGS)


def test_the_facts_of_a_file_are_the_whole_job_of_a_probe() -> None:
    first = first_tasks(JobKind.PROBE, {"path": "/film.mp4"}, settings=SETTINGS)

    assert first.planned
    assert [(task.name, task.kind) for task in first.tasks] == [
        ("output", TaskKind.REPORT)
    ]
