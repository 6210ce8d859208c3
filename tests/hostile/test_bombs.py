"""Files that are small, and want much: memory, time, or an end that never comes."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import pytest

from farm.errors import (
    FarmError,
    FFmpegStalled,
    FFmpegTimedOut,
    InvalidJob,
    MediaTooLarge,
    OutOfMemory,
)
from farm.ffmpeg.box import Box
from farm.ffmpeg.command import Command
from tests.hostile.files import png, with_samples
from tests.integration.ffmpeg.processes import run_it

if TYPE_CHECKING:
    from farm import Farm
    from farm.api import Job


def _error(job: Job) -> FarmError | None:
    job.wait(timeout=90)
    return job.error


def _ffmpegs() -> list[str]:
    names = [each.name() for each in psutil.Process().children(recursive=True)]
    return [name for name in names if "ffmpeg" in name]


@pytest.mark.parametrize("size", [(60_000, 60_000), (16_385, 16_384), (2**31 - 1, 1)])
def test_a_picture_of_too_many_pixels_is_refused_by_its_header(
    farm: Farm, media: Path, size: tuple[int, int], tmp_path: Path
) -> None:
    path = media / f"{size[0]}.png"
    path.write_bytes(png(*size, rows=1 if size[0] < 10**6 else 0))
    for job in (farm.probe(path), farm.frame(path, tmp_path / "out.png", at=0)):
        error = _error(job)
        assert isinstance(error, InvalidJob)
        assert "limit_pixels" in error.message
    assert not (tmp_path / "out.png").exists()


@pytest.mark.slow
def test_a_bomb_that_is_within_the_pixels_gets_no_more_memory_than_is_allowed(
    farm: Farm, media: Path, tmp_path: Path
) -> None:
    """256 million pixels in 4 MB: a gigabyte, where 500 MB are allowed."""
    path = media / "bomb.png"
    path.write_bytes(png(16_000, 16_000, rows=16_000))
    assert path.stat().st_size < 5_000_000
    error = _error(farm.frame(path, tmp_path / "out.png", at=0))
    assert isinstance(error, FarmError)
    assert not (tmp_path / "out.png").exists()
    _works(farm, media, tmp_path)


def _works(farm: Farm, media: Path, tmp_path: Path) -> None:
    """Whether the farm is as before: another picture is made."""
    fine = media / "fine.png"
    fine.write_bytes(png(64, 64, rows=64))
    farm.frame(fine, tmp_path / "fine.png", at=0).result(timeout=60)
    assert all(worker.state == "online" for worker in farm.workers())


def test_a_table_of_two_billion_samples_is_not_built(
    farm: Farm, media: Path, made: dict[str, bytes], tmp_path: Path
) -> None:
    path = media / "samples.mp4"
    path.write_bytes(with_samples(made["moved.mp4"], 2**31 - 2))
    assert path.stat().st_size < 1_000_000
    job = farm.frame(path, tmp_path / "out.png", at=1)
    error = _error(job)
    assert error is None or "mistake in the farm" not in error.message
    _works(farm, media, tmp_path)


def test_ffmpeg_gets_no_more_memory_than_is_allowed(
    ffmpeg: Path, tmp_path: Path
) -> None:
    (tmp_path / "bomb.png").write_bytes(png(6000, 6000, rows=6000))
    command = Command(
        arguments=("-i", "bomb.png", "-frames:v", "1", "out.png"), output="out.png"
    )
    with pytest.raises(OutOfMemory):
        run_it(ffmpeg, tmp_path, command, box=Box(memory_bytes=100_000_000))


def test_two_frames_that_last_for_days_are_too_long(
    ffmpeg: Path, farm: Farm, media: Path, tmp_path: Path
) -> None:
    """All frames between them would be made: nine million."""
    path = media / "days.mkv"
    subprocess.run(
        [
            *(str(ffmpeg), "-loglevel", "error", "-y", "-f", "lavfi"),
            *("-i", "color=s=64x64:r=1:d=2", "-vf", "setpts=N*360000/TB"),
            *("-fps_mode", "vfr", "-c:v", "ffv1", str(path)),
        ],
        check=True,
    )
    error = _error(farm.preview(path, tmp_path / "out.mp4"))
    assert isinstance(error, MediaTooLarge)
    assert "limit_duration_seconds" in error.message


def test_more_streams_than_allowed(ffmpeg: Path, farm: Farm, media: Path) -> None:
    path = media / "streams.mka"
    maps = [word for _ in range(21) for word in ("-map", "0:a")]
    subprocess.run(
        [
            *(str(ffmpeg), "-loglevel", "error", "-y", "-f", "lavfi"),
            *("-i", "sine=duration=0.1", *maps, "-c:a", "pcm_s16le", str(path)),
        ],
        check=True,
    )
    clip = {"type": "clip", "media": {"type": "file", "path": str(path)}}
    timeline = {
        "format": "farm-timeline/1",
        "tracks": [{"kind": "audio", "items": [clip]}],
    }
    error = _error(farm.render(timeline, media.parent / "out.mp4"))
    assert isinstance(error, MediaTooLarge | InvalidJob)
    assert "limit_streams" in error.message


@pytest.mark.parametrize("kind", ["pipe", "device", "socket", "folder"])
def test_what_has_no_end_is_no_source(
    farm: Farm, media: Path, kind: str, tmp_path: Path
) -> None:
    """Opening it would wait for somebody who never comes."""
    path = media / f"endless-{kind}.mp4"
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "device":
        path.symlink_to("/dev/zero")
    elif kind == "socket":
        code = f"import socket; socket.socket(1).bind({str(path)!r})"
        subprocess.run([sys.executable, "-c", code], check=True)
    else:
        path.mkdir()
    start = time.monotonic()
    for job in (farm.probe(path), farm.frame(path, tmp_path / "out.png", at=0)):
        assert isinstance(_error(job), InvalidJob)
    assert time.monotonic() - start < 60


def test_an_ffmpeg_that_hangs_is_ended(ffmpeg: Path, tmp_path: Path) -> None:
    """It waits for a pipe that a source was replaced by."""
    os.mkfifo(tmp_path / "film.mp4")
    command = Command(arguments=("-i", "film.mp4", "out.mkv"), output="out.mkv")
    with pytest.raises(FFmpegStalled):
        run_it(ffmpeg, tmp_path, command, stall_seconds=1)
    assert not _ffmpegs()


def test_an_ffmpeg_that_computes_without_end_is_ended(
    ffmpeg: Path, tmp_path: Path
) -> None:
    endless = (
        "nullsrc=s=16x16:r=1,geq=lum='st(0,0);while(lt(ld(0),1e12),st(0,ld(0)+1))'"
    )
    command = Command(
        arguments=("-f", "lavfi", "-i", endless, "-frames:v", "1", "out.png"),
        output="out.png",
    )
    start = time.monotonic()
    with pytest.raises((FFmpegTimedOut, FFmpegStalled)):
        run_it(ffmpeg, tmp_path, command, limit_seconds=2)
    assert time.monotonic() - start < 30
    assert not _ffmpegs()


def test_subtitles_that_draw_without_end_are_ended(farm: Farm, media: Path) -> None:
    """ASS draws shapes, and attaches fonts: it is a program of strangers too."""
    film = media / "plain.png"
    film.write_bytes(png(64, 64, rows=64))
    shape = "{\\p1}m 0 0 " + "l 99999999 0 l 0 99999999 " * 2000
    text = media / "draw.ass"
    text.write_text(
        "[Script Info]\nPlayResX: 64\nPlayResY: 64\n\n[Fonts]\nfontname: ../../a.ttf\n"
        + "!" * 80
        + "\n\n[Events]\nFormat: Layer, Start, End, Style, Text\n"
        + f"Dialogue: 0,0:00:00.00,0:00:09.00,/etc/passwd,{{\\blur100}}{shape}\n"
    )
    output = media.parent / "subtitles.png"
    error = _error(farm.subtitle_preview(film, output, subtitles=text, at=0))
    assert error is None or "mistake" not in error.message
    assert not (media.parent / "a.ttf").exists()


def test_nothing_is_left(farm: Farm, tmp_path: Path) -> None:
    """After all of that: no FFmpeg, no scratch folder, and the worker works."""
    assert not _ffmpegs()
    scratch = Path(farm.settings.scratch_folder)
    assert not list(scratch.glob("*")) if scratch.exists() else True
