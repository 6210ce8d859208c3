"""A render is planned as segments, a mix of the sound, and their join."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from pydantic import TypeAdapter

from farm.errors import InvalidOption, InvalidTimeline, UnknownPreset
from farm.jobs.status import JobKind, Queue, TaskKind
from farm.plan.jobs import first_tasks, next_tasks
from farm.settings import Settings
from farm.timeline.load import load_timeline
from farm.timeline.media import MediaFacts
from tests.factories import (
    Json,
    make_clip,
    make_color,
    make_document,
    make_media_facts,
    make_track,
)

if TYPE_CHECKING:
    from pydantic import JsonValue

    from farm.jobs.records import NewTask
    from farm.plan.job import Planned

SETTINGS = Settings(storage=Path("/nowhere"))
_FACTS = TypeAdapter(MediaFacts)


def _spec(*tracks: Json, document: Json | None = None, **options: object) -> Json:
    timeline = load_timeline(document or make_document(*tracks)).timeline
    return {
        "timeline": timeline.model_dump(mode="json"),
        "output": "/out/film.mp4",
        **options,
    }


def _results(*files: MediaFacts) -> dict[str, JsonValue]:
    found = {file.path: _FACTS.dump_python(file, mode="json") for file in files}
    return {"probe-0": {"sources": found}}


def _first(spec: Json) -> tuple[NewTask, ...]:
    return first_tasks(JobKind.RENDER, spec, settings=SETTINGS).tasks


def _plan(spec: Json, *files: MediaFacts) -> Planned:
    return next_tasks(
        JobKind.RENDER,
        spec,
        _results(*(files or (make_media_facts(),))),
        settings=SETTINGS,
    )


def _payload(task: NewTask) -> Json:
    assert isinstance(task.payload, dict)
    return task.payload


def _long() -> Json:
    """Ten clips of two seconds."""
    return make_track(*[make_clip()] * 10)


def test_each_source_is_probed_once() -> None:
    spec = _spec(
        make_track(make_clip("/a.mp4", name="pier"), make_clip("/b.mp4")), _long()
    )

    (task,) = _first(spec)

    assert (task.kind, task.queue) == (TaskKind.PROBE, Queue.CPU_INTERACTIVE)
    assert _payload(task)["sources"] == [
        {"path": "/a.mp4", "used_by": "tracks[0].items[0] (clip 'pier')"},
        {"path": "/b.mp4", "used_by": "tracks[0].items[1] (clip of '/b.mp4')"},
        {"path": "/film.mp4", "used_by": "tracks[1].items[0] (clip of '/film.mp4')"},
    ]


def test_many_sources_are_probed_in_batches() -> None:
    clips = [make_clip(f"/{number}.mp4") for number in range(100)]

    tasks = _first(_spec(make_track(*clips)))

    assert [task.name for task in tasks] == ["probe-0", "probe-1", "probe-2", "probe-3"]
    assert sum(len(_payload(task)["sources"]) for task in tasks) == 100


def test_what_is_switched_off_is_not_probed() -> None:
    spec = _spec(
        make_track(make_clip("/a.mp4", enabled=False), make_clip("/b.mp4")),
        make_track(make_clip("/c.mp4"), enabled=False),
    )

    (task,) = _first(spec)

    assert [each["path"] for each in _payload(task)["sources"]] == ["/b.mp4"]


def test_of_a_clip_that_is_switched_off_the_length_may_have_to_be_found() -> None:
    spec = _spec(make_track(make_clip(enabled=False, source_range=...), make_clip()))

    (task,) = _first(spec)
    planned = _plan(spec)

    assert [each["path"] for each in _payload(task)["sources"]] == ["/film.mp4"]
    assert sum(t.frames for t in planned.tasks if t.kind is TaskKind.SEGMENT) == 300


def test_a_timeline_without_files_is_planned_at_once_all_the_same() -> None:
    spec = _spec(make_track(make_color()))

    assert _first(spec) == ()
    assert [task.name for task in _plan(spec).tasks] == ["segment-0000", "output"]


def test_a_render_is_segments_a_mix_and_a_join() -> None:
    planned = _plan(_spec(_long(), segments="5"))

    names = ["mix", "segment-0000", "segment-0001", "segment-0002", "segment-0003"]
    first, *segments, last = planned.tasks
    assert (first.name, last.name) == ("mix", "output")
    assert sorted(task.name for task in segments) == names[1:]
    assert last.needs == tuple(names)
    assert {task.queue for task in planned.tasks} == {Queue.CPU_BATCH}
    assert planned.warnings == ()


def test_long_segments_are_sent_first() -> None:
    planned = _plan(_spec(_long(), segments="3"))

    lengths = [t.frames for t in planned.tasks if t.kind is TaskKind.SEGMENT]
    assert lengths == sorted(lengths, reverse=True)
    assert len(set(lengths)) > 1


def test_the_join_knows_what_must_come_out() -> None:
    *_, join = _plan(_spec(_long(), segments="off")).tasks

    payload = _payload(join)
    assert payload["pieces"] == ["segment-0000"]
    assert payload["sound"] == "mix"
    assert (payload["frames"], payload["samples"]) == (500, 960_000)
    assert (payload["rate"], payload["size"]) == ("25", [640, 360])


def test_frames_of_the_segments_are_those_of_the_render() -> None:
    planned = _plan(_spec(_long(), segments="3"))

    segments = [task for task in planned.tasks if task.kind is TaskKind.SEGMENT]
    assert sum(task.frames for task in segments) == 500
    assert [_payload(task)["picture"]["frames"] for task in segments] == [
        task.frames for task in segments
    ]


def test_a_silent_timeline_has_no_mix() -> None:
    planned = _plan(
        _spec(make_track(make_clip()), segments="off"), make_media_facts(audio=())
    )

    assert [task.kind for task in planned.tasks] == [TaskKind.SEGMENT, TaskKind.CONCAT]
    assert _payload(planned.tasks[-1])["sound"] is None


def test_a_range_is_rendered_alone() -> None:
    mix, segment, join = _plan(_spec(_long(), segments="off", range=["1", "7/2"])).tasks

    assert (segment.frames, _payload(join)["frames"]) == (63, 63)
    assert _payload(mix)["sound"]["first"] == 48_000
    assert _payload(join)["samples"] == 120_960


def test_a_range_ends_with_the_timeline() -> None:
    *_, join = _plan(_spec(_long(), range=["19", "100"])).tasks

    assert _payload(join)["frames"] == 25


def test_a_range_behind_the_timeline_is_refused() -> None:
    with pytest.raises(
        InvalidOption, match=r"30 s to 31 s holds no frame .* which is 20 s long"
    ):
        _plan(_spec(_long(), range=["30", "31"]))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"range": ["2", "2"]}, "the range 2 s to 2 s is empty"),
        ({"range": ["3", "2"]}, "the range 3 s to 2 s is empty"),
        ({"range": ["-1", "2"]}, "the range starts before the timeline, at -1 s"),
        ({"segments": "0"}, "segments cannot be 0 s long"),
        ({"segments": "-5"}, "segments cannot be -5 s long"),
        ({"output": "/out/film"}, "cannot be written to a file without a suffix"),
        ({"output": "/out/film.gif"}, r"cannot be written to a \.gif file"),
    ],
)
def test_an_option_that_cannot_be_is_refused_at_once(
    options: Json, message: str
) -> None:
    with pytest.raises(InvalidOption, match=message):
        _first(_spec(make_track(make_clip()), **options))


def test_an_unknown_preset_is_refused_at_once() -> None:
    with pytest.raises(UnknownPreset, match="h264-1080p"):
        _first(_spec(make_track(make_clip()), preset="h264-1080"))


def test_an_effect_that_is_not_there_is_refused_with_its_place() -> None:
    clip = make_clip(name="pier", effects=[{"name": "mirror"}, {"name": "sepiaa"}])

    with pytest.raises(InvalidTimeline) as caught:
        _first(_spec(make_track(clip)))

    assert (
        "tracks[0].items[0].effects[1]: clip 'pier': unknown effect 'sepiaa'"
    ) in caught.value.message


def test_what_the_media_show_is_told() -> None:
    planned = _plan(
        _spec(make_track(make_clip(name="song"))), make_media_facts(video=())
    )

    assert planned.warnings == ("tracks[0].items[0]: clip 'song' has sound only",)


def test_what_the_media_do_not_allow_is_refused() -> None:
    with pytest.raises(InvalidTimeline, match="which has only 1 s"):
        _plan(_spec(make_track(make_clip())), make_media_facts(seconds=1))


def test_the_spec_is_plain_data_and_reads_the_same_again() -> None:
    """It lies in the job table between the first tasks and the plan."""
    document = make_document(
        make_track(make_clip(source_range={"start": "1/3", "duration": "1001/750"})),
        rate="29.97",
    )
    spec = _spec(document=document)

    assert spec["timeline"]["rate"] == "30000/1001"
    assert _plan(spec) == _plan(_spec(document=spec["timeline"]))


def test_an_odd_size_is_made_even_and_said() -> None:
    document = make_document(_long(), width=321, height=181)
    timeline = load_timeline(document).timeline.model_dump(mode="json")
    spec = {"timeline": timeline, "output": "/out.mkv", "preset": "lossless"}

    planned = _plan(spec)

    assert _payload(planned.tasks[-1])["size"] == [322, 182]
    assert planned.warnings == (
        "the picture is 322x182 instead of 321x181: width and height must be even",
    )
