"""Damaged and odd media: a right result or one clear sentence, and nothing else."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import pytest

from farm import Farm
from farm.errors import FarmError, InvalidOption, InvalidTimeline
from farm.ffmpeg.locate import find_ffmpeg
from tests.integration.render.media import MediaFolder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from farm.api import Job

SHARED = Path(__file__).parents[3] / "shared" / "media"
BAD = sorted([*SHARED.glob("broken/*.*"), *SHARED.glob("odd/*.*")])
SECONDS = 200.0


@pytest.fixture(scope="module")
def farm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Farm]:
    with Farm.local(tmp_path_factory.mktemp("farm"), cpu_slots=2) as farm:
        yield farm
    left = [each.name() for each in psutil.Process().children(recursive=True)]
    assert not [name for name in left if "ffmpeg" in name]


@pytest.fixture(scope="module")
def truncated(farm: Farm, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a film of four seconds of which more than half are there."""
    folder = MediaFolder(
        folder=tmp_path_factory.mktemp("media"), ffmpeg=find_ffmpeg(farm.settings)
    )
    film = folder.numbered(extra=("-movflags", "+faststart"), tone=500)
    os.truncate(film, film.stat().st_size * 6 // 10)
    return film


def test_what_there_is_of_a_truncated_film_is_shown(
    farm: Farm, truncated: Path, tmp_path: Path
) -> None:
    """By everything that a person looks at; the result says that it is not all."""
    jobs = [
        farm.frame(truncated, tmp_path / "a.png", at=1),
        farm.frames(truncated, tmp_path / "b", at=[0, 1]),
        farm.gif(truncated, tmp_path / "c.gif", duration=1),
        farm.preview(truncated, tmp_path / "d.mp4"),
        farm.thumbnails(truncated, tmp_path / "e", count=3),
        farm.storyboard(truncated, tmp_path / "f", count=4),
    ]
    for job in jobs:
        warnings = job.result(timeout=SECONDS).warnings
        assert "is truncated" in " ".join(warnings), job.kind
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "a.png", "b", "c.gif", "d.mp4", "e", "f"
    ]  # fmt: skip


def test_what_is_delivered_is_not_made_of_a_truncated_film(
    farm: Farm, truncated: Path, tmp_path: Path
) -> None:
    jobs = [
        farm.renditions(truncated, tmp_path / "a", presets=["h264-720p"]),
        farm.frame(truncated, tmp_path / "c.png", at=3.9),
    ]
    errors = [_error(job) for job in jobs]

    assert isinstance(errors[0], InvalidTimeline)
    assert "truncated file" in errors[0].message
    assert isinstance(errors[1], InvalidOption)
    assert "there is no frame at 3.9 s" in errors[1].message
    assert list(tmp_path.iterdir()) == []


def test_a_join_is_copied_or_else_encoded_each_time_that_it_is_asked_for(
    farm: Farm, tmp_path: Path
) -> None:
    """Also when the farm knows the files already, and where a copy is not right."""
    media, out = tmp_path / "media", tmp_path / "out"
    media.mkdir()
    out.mkdir()
    make = MediaFolder(folder=media, ffmpeg=find_ffmpeg(farm.settings))
    film = make.numbered("25", 1)
    damaged = make.copied(film, "damaged.mp4")
    data = bytearray(damaged.read_bytes())
    at = data.index(b"mdat") + 3000
    data[at : at + 60] = bytes(60)
    damaged.write_bytes(data)

    for _ in range(2):
        joined = farm.concat([film, film], out / "out.mp4")
        assert "were copied" in joined.result(timeout=SECONDS).warnings[0]
        mended = farm.concat([film, damaged], out / "mended.mp4")
        assert "a copy was tried" in mended.result(timeout=SECONDS).warnings[0]
        sound = farm.concat([make.tone(400), make.tone(500)], out / "out.opus")
        assert "'codec': 'opus'" in str(sound.result(timeout=SECONDS).facts[0])
    assert sorted(path.name for path in out.iterdir()) == [
        "mended.mp4",
        "out.mp4",
        "out.opus",
    ]


def _kinds(farm: Farm, path: Path, folder: Path) -> dict[str, Callable[[], Job]]:
    """Return what can be done with a file, by names."""
    clip = {
        "type": "clip",
        "media": {"type": "file", "path": str(path)},
        "source_range": {"start": 0, "duration": 0.5},
    }
    timeline = {
        "format": "farm-timeline/1", "rate": 25, "width": 64, "height": 48,
        "tracks": [{"kind": "video", "items": [clip]}],
    }  # fmt: skip
    words = folder / "words.srt"
    words.write_text("1\n00:00:00,000 --> 00:00:09,000\nHello\n")
    return {
        "probe": lambda: farm.probe(path),
        "analyse": lambda: farm.analyse(path, folder / "analysis.json"),
        "thumbnails": lambda: farm.thumbnails(path, folder / "thumbnails", count=4),
        "frame": lambda: farm.frame(path, folder / "frame.png", at=0),
        **{
            strategy: lambda strategy=strategy: farm.frames(  # type: ignore[misc]
                path, folder / strategy, strategy=strategy, limit=20
            )
            for strategy in ("interval", "scenes", "keyframes", "subtitles", "combined")
        },
        "frames": lambda: farm.frames(path, folder / "frames", at=[0, 0.04]),
        "storyboard": lambda: farm.storyboard(path, folder / "board", count=6),
        "filter": lambda: farm.filter_preview(
            path, folder / "filter.png", filter="blur=3", at=0
        ),
        "effect": lambda: farm.effect_preview(
            path, folder / "effect.mp4", effect="grayscale", at=0, duration=0.5
        ),
        "transition": lambda: farm.transition_preview(
            path, path, folder / "transition.png", seconds=0.1
        ),
        "subtitle": lambda: farm.subtitle_preview(
            path, folder / "subtitle.png", subtitles=words, at=0
        ),
        "render": lambda: farm.render(timeline, folder / "render.mp4"),
        "waveform": lambda: farm.waveform(path, folder / "waveform.png"),
        "gif": lambda: farm.gif(path, folder / "gif.gif", duration=0.3),
        "preview": lambda: farm.preview(path, folder / "preview.mp4", range="0:1"),
        "concat": lambda: farm.concat([path], folder / "concat.mp4"),
    }


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.skipif(not BAD, reason="the bad media are not at hand")
@pytest.mark.parametrize("path", BAD, ids=lambda path: path.name)
def test_a_bad_file_gives_results_or_sentences(
    farm: Farm, path: Path, tmp_path: Path
) -> None:
    going: dict[str, Job] = {}
    for name, submit in _kinds(farm, path, tmp_path).items():
        try:
            going[name] = submit()
        except FarmError as error:
            _check_sentence(name, error)

    for name, job in going.items():
        wrong, output = _error(job), job.row.output
        if wrong is None:
            assert all(each.exists() for each in job.result().outputs), name
        else:
            _check_sentence(name, wrong)
            assert output is None or not Path(output).exists(), name
    assert not list(tmp_path.glob("**/*.part"))
    assert all(worker.state == "online" for worker in farm.workers())


def _error(job: Job) -> FarmError | None:
    job.wait(timeout=SECONDS)
    return job.error


def _check_sentence(name: str, error: FarmError) -> None:
    for word in ("mistake in the farm", "Traceback", "Error:", "\n", "None"):
        assert word not in error.message, f"{name}: {error.message}"
