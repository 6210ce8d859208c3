"""A clip that is steadied is looked at before its segments are made, and once."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from pydantic import TypeAdapter

from farm.errors import InvalidTimeline
from farm.jobs.status import JobKind, TaskKind
from farm.plan.jobs import first_tasks, next_tasks
from farm.settings import Settings
from farm.timeline.load import load_timeline
from farm.timeline.media import MediaFacts
from tests.factories import Json, make_clip, make_document, make_media_facts, make_track

if TYPE_CHECKING:
    from farm.jobs.records import NewTask

SETTINGS = Settings(storage=Path("/nowhere"))
STEADY: Json = {"name": "stabilise"}


def _plan(*clips: Json, kind: JobKind = JobKind.RENDER, **options: object) -> Json:
    timeline = load_timeline(make_document(make_track(*clips))).timeline
    spec: Json = {
        "timeline": timeline.model_dump(mode="json"),
        "output": "/out/film.mp4",
        **options,
    }
    assert first_tasks(kind, spec, settings=SETTINGS).tasks
    facts = make_media_facts(audio=())
    found = TypeAdapter(MediaFacts).dump_python(facts, mode="json")
    results: Json = {"probe-0": {"sources": {facts.path: found}}}
    planned = next_tasks(kind, spec, results, settings=SETTINGS)
    return {task.name: task for task in planned.tasks}


def _of(tasks: Json, kind: TaskKind) -> list[NewTask]:
    return [task for task in tasks.values() if task.kind is kind]


def test_every_segment_of_it_waits_for_one_look() -> None:
    steady = make_clip(effects=[STEADY])
    tasks = _plan(make_clip(), steady, segments="1")

    (look,) = _of(tasks, TaskKind.STABILISE)
    assert look.needs == ()
    assert isinstance(look.payload, dict)
    film = look.payload["film"]
    assert isinstance(film, dict)
    assert film["frames"] == 50
    needs = [segment.needs for segment in _of(tasks, TaskKind.SEGMENT)]
    assert sorted(needs) == [(), (), (look.name,), (look.name,)]


def test_what_only_looks_otherwise_is_the_same_look() -> None:
    smooth = {**STEADY, "parameters": {"smoothing": 40, "zoom": 5, "fill": False}}
    closer = {**STEADY, "parameters": {"shakiness": 9}}

    same = _plan(
        make_clip(effects=[STEADY]), make_clip(effects=[{"name": "flip"}, smooth])
    )
    other = _plan(make_clip(effects=[STEADY]), make_clip(effects=[closer]))

    assert len(_of(same, TaskKind.STABILISE)) == 1
    assert len(_of(other, TaskKind.STABILISE)) == 2


@pytest.mark.parametrize(
    "use",
    [
        {**STEADY, "enabled": False},
        {**STEADY, "parameters": {"smoothing": 0}},
        {"name": "flip"},
    ],
)
def test_nothing_is_looked_at_for_nothing(use: Json) -> None:
    tasks = _plan(make_clip(effects=[use]))

    assert not _of(tasks, TaskKind.STABILISE)


def test_segments_of_a_bounded_size_wait_for_both() -> None:
    tasks = _plan(make_clip(effects=[STEADY]), max_bytes=4_000_000)

    (look,) = _of(tasks, TaskKind.STABILISE)
    assert all(look.name in task.needs for task in _of(tasks, TaskKind.WEIGH))
    assert all(
        task.needs == (look.name, "share") for task in _of(tasks, TaskKind.SEGMENT)
    )


def test_a_camera_is_steadied_once() -> None:
    with pytest.raises(InvalidTimeline, match="'stabilise' can be used once in a clip"):
        _plan(make_clip(effects=[STEADY, STEADY]))
