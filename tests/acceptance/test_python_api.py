"""The Python API on a real private farm."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import av
import pytest

from farm import Farm
from farm.errors import (
    FarmUnavailable,
    InvalidOption,
    InvalidTimeline,
    JobCancelled,
    JobTimedOut,
    MediaMissing,
    MediaUnreadable,
    NotAllowed,
    UnknownPreset,
)
from farm.jobs.status import JobKind, JobStatus
from tests.acceptance.cli_helpers import color_timeline

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SECONDS = 60.0


@pytest.fixture(scope="module")
def farm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Farm]:
    with Farm.local(tmp_path_factory.mktemp("farm"), cpu_slots=2) as farm:
        yield farm


def test_a_render_is_watched_to_its_end(farm: Farm, tmp_path: Path) -> None:
    timeline = json.loads(color_timeline(4, width=640, height=360))

    job = farm.render(
        timeline,
        tmp_path / "out.mkv",
        preset="lossless",
        segments=2,
        use_cache=False,  # both segments look the same
    )
    watched = list(job.watch())
    result = job.result()

    fractions = [progress.fraction for progress in watched]
    assert fractions == sorted(fractions)
    assert (watched[-1].fraction, watched[-1].stage) == (1.0, "completed")
    assert (job.kind, job.status) == (JobKind.RENDER, JobStatus.COMPLETED)
    assert result.outputs == (tmp_path / "out.mkv",)
    assert result.facts[0]["size_bytes"] == (tmp_path / "out.mkv").stat().st_size
    assert (result.tasks_rendered, result.tasks_reused) == (2, 0)
    assert {task.status.value for task in job.tasks()} == {"completed"}
    assert job.events()[0].after == "queued"


def test_what_was_rendered_is_reused(farm: Farm, tmp_path: Path) -> None:
    timeline = json.loads(color_timeline(3, width=320, height=180))
    timeline["tracks"][0]["items"][0]["media"]["color"] = "#102030"

    first = farm.render(timeline, tmp_path / "a.mp4", project="film")
    rendered = first.result(SECONDS)
    again = farm.render(timeline, tmp_path / "b.mp4", project="film").result(SECONDS)

    assert (rendered.tasks_rendered, rendered.tasks_reused) == (1, 0)
    assert (again.tasks_rendered, again.tasks_reused) == (0, 1)
    [segment] = again.segments
    assert (segment.start, segment.end, segment.how) == (0, 75, "reused")
    assert segment.reused_from == first.id
    assert segment.seconds_saved == again.seconds_saved > 0
    assert (tmp_path / "a.mp4").read_bytes() == (tmp_path / "b.mp4").read_bytes()


def test_the_cache_is_measured_bounded_and_cleared(farm: Farm, tmp_path: Path) -> None:
    timeline = json.loads(color_timeline(2, width=320, height=180))
    timeline["tracks"][0]["items"][0]["media"]["color"] = "#405060"
    farm.render(timeline, tmp_path / "a.mp4", project="other").result(SECONDS)

    stats = farm.cache.stats()
    assert stats.entries >= 1
    assert stats.misses >= 1
    assert farm.cache.has("other")
    assert 0 < farm.cache.size("other") <= farm.cache.size() == stats.size_bytes
    assert farm.cache.clear("other") == 1
    assert not farm.cache.has("other")
    assert farm.cache.set_limits(max_entries=0).max_entries == 0
    assert farm.cache.size() == 0
    assert farm.cache.set_limits(max_entries=1000).max_bytes == stats.limits.max_bytes
    with pytest.raises(InvalidOption, match="max_bytes cannot be -1"):
        farm.cache.set_limits(max_bytes=-1)


def test_a_film_gives_frames_too(farm: Farm, tmp_path: Path) -> None:
    film = tmp_path / "film.mkv"
    timeline = json.loads(color_timeline(1, width=320, height=180))
    farm.render(timeline, film, preset="lossless").result(SECONDS)

    result = farm.frame(film, tmp_path / "a.png", at=0.5, width=160).result(SECONDS)
    facts = farm.probe(film).result(SECONDS).facts[0]

    assert result.outputs[0].read_bytes()[:4] == b"\x89PNG"
    assert facts["container"]
    assert farm.jobs(limit=2)[0].kind is JobKind.PROBE


def test_a_refused_timeline_is_a_failed_job(farm: Farm, tmp_path: Path) -> None:
    job = farm.render({"format": "farm-timeline/1", "rate": 0}, tmp_path / "out.mp4")

    assert job.status is JobStatus.FAILED
    with pytest.raises(InvalidTimeline, match="rate"):
        job.result()
    with pytest.raises(NotAllowed, match="submit it anew"):
        job.retry()
    assert farm.job(job.id[:8]).id == job.id


def test_wrong_usage_raises_at_once(farm: Farm, tmp_path: Path) -> None:
    timeline = json.loads(color_timeline(1))

    with pytest.raises(UnknownPreset):
        farm.render(timeline, tmp_path / "out.mp4", preset="h265")
    with pytest.raises(InvalidOption, match="range"):
        farm.render(timeline, tmp_path / "out.mp4", range=(2, 1))
    with pytest.raises(InvalidOption, match="segments"):
        farm.render(timeline, tmp_path / "out.mp4", segments=0)


def test_an_output_never_replaces_a_source(farm: Farm, tmp_path: Path) -> None:
    source = tmp_path / "source.mp4"
    source.write_bytes(b"precious")
    clip = {"type": "clip", "media": {"type": "file", "path": str(source)}}
    timeline = {
        "format": "farm-timeline/1",
        "tracks": [{"kind": "video", "items": [clip]}],
    }

    with pytest.raises(InvalidOption, match="one of the sources"):
        farm.render(timeline, source)

    assert source.read_bytes() == b"precious"


def test_the_same_key_is_the_same_job(farm: Farm, tmp_path: Path) -> None:
    timeline = json.loads(color_timeline(1))

    first, again = (
        farm.render(timeline, tmp_path / "out.mp4", idempotency_key="once")
        for _ in range(2)
    )

    assert first.id == again.id
    first.result(SECONDS)


def test_waiting_ends_in_time_and_the_job_goes_on(farm: Farm, tmp_path: Path) -> None:
    timeline = json.loads(color_timeline(600, width=1280, height=720))
    job = farm.render(timeline, tmp_path / "out.mkv", preset="lossless")

    with pytest.raises(JobTimedOut):
        job.wait(timeout=0.2)
    assert not job.status.is_final
    job.cancel()
    with pytest.raises(JobCancelled):
        job.result(SECONDS)
    assert not (tmp_path / "out.mkv").exists()


def test_a_probe_of_no_media_raises_its_own_error(farm: Farm, tmp_path: Path) -> None:
    (tmp_path / "notes.mp4").write_text("not a film")

    with pytest.raises(MediaUnreadable, match=r"notes\.mp4"):
        farm.probe(tmp_path / "notes.mp4").result(SECONDS)


def test_where_no_farm_runs_there_is_nothing_to_connect_to(tmp_path: Path) -> None:
    with pytest.raises(FarmUnavailable, match="farm up"):
        Farm.connect(storage=tmp_path)


def test_a_film_is_measured_against_its_platform(farm: Farm, tmp_path: Path) -> None:
    timeline = json.loads(color_timeline(1, width=640, height=360))
    result = farm.render(timeline, tmp_path / "out.mp4", preset="tiktok").result(
        SECONDS
    )

    compliance = result.facts[0]["compliance"]
    assert isinstance(compliance, list)
    met = {
        each["limit"]: each["is_met"] for each in compliance if isinstance(each, dict)
    }
    assert met == {
        "seconds": True, "megabytes": True, "width": False, "height": True,
        "kbps": True, "fps": True,
    }  # fmt: skip
    assert result.warnings == (
        "it is 1920 pixels wide, more than the 1080 that tiktok allows",
    )


def test_renditions_are_files_of_one_folder(farm: Farm, tmp_path: Path) -> None:
    timeline = json.loads(color_timeline(3, width=640, height=360))
    presets = ["h264-720p", "vp9-1080p", "lossless"]

    job = farm.renditions(timeline, tmp_path / "all", presets=presets, name="sea")
    result = job.result(SECONDS)

    names = ["sea-h264-720p.mp4", "sea-vp9-1080p.webm", "sea-lossless.mkv"]
    assert [path.name for path in result.outputs] == names
    assert sorted(path.name for path in (tmp_path / "all").iterdir()) == sorted(names)
    heights = []
    for path, facts in zip(result.outputs, result.facts, strict=True):
        with av.open(str(path)) as container:
            assert sum(1 for _ in container.decode(video=0)) == 75
            heights.append(container.streams.video[0].height)
        assert facts["size_bytes"] == path.stat().st_size
    assert heights == [720, 1080, 360]
    assert {segment.start for segment in result.segments} == {0}


@pytest.mark.parametrize(
    ("presets", "said"),
    [(["lossless", "lossless"], "named twice"), ([], "presets"), (["no"], "no preset")],
)
def test_renditions_that_cannot_be_are_refused(
    farm: Farm, tmp_path: Path, presets: list[str], said: str
) -> None:
    timeline = json.loads(color_timeline(1))
    with pytest.raises((InvalidOption, UnknownPreset), match=said):
        farm.renditions(timeline, tmp_path / "none", presets=presets).result(SECONDS)
    assert not (tmp_path / "none").exists()


def test_a_running_farm_is_found_by_its_storage(farm: Farm, tmp_path: Path) -> None:
    with pytest.raises(MediaMissing):  # a job starts the farm
        farm.probe(tmp_path / "nothing.mp4").result(SECONDS)
    with Farm.connect(storage=farm.settings.storage) as other:
        assert [job.id for job in other.jobs()] == [job.id for job in farm.jobs()]
