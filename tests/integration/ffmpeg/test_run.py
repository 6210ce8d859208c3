"""The runner with the real FFmpeg: what it makes, tells and leaves behind."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, TypeAlias

import pytest

from farm.errors import (
    DiskFull,
    EncoderMissing,
    FFmpegFailed,
    InvalidSettings,
    MediaMissing,
    MediaUnreadable,
    Unsupported,
)
from farm.ffmpeg.box import Box
from farm.ffmpeg.command import Command
from farm.ffmpeg.probe import probe_media
from farm.ffmpeg.run import RunResult
from tests.integration.ffmpeg.processes import run_it, short_film

if TYPE_CHECKING:
    from pathlib import Path

    from farm.ffmpeg.progress import Progress

Run: TypeAlias = Callable[..., RunResult]


@pytest.fixture
def run_here(ffmpeg: Path, scratch: Path) -> Run:
    """Return what runs a command in the scratch folder."""
    return partial(run_it, ffmpeg, scratch)


def test_makes_the_file_in_the_scratch_folder(run_here: Run, scratch: Path) -> None:
    result = run_here(short_film())
    assert probe_media(scratch / "out.mkv").video[0].frames == 50
    assert result.argv[0].startswith("/")
    assert result.argv[-1] == "out.mkv"
    assert result.decode_errors == 0
    assert "Output #0" in result.log


def test_progress_arrives_while_it_runs_and_ends_exactly(run_here: Run) -> None:
    seen: list[Progress] = []
    film = "testsrc2=size=320x240:rate=25:duration=2"
    command = Command(
        arguments=("-re", "-f", "lavfi", "-i", film, "-c:v", "ffv1", "out.mkv"),
        output="out.mkv",
        frames=50,
    )
    result = run_here(command, on_progress=seen.append)
    assert len(seen) >= 3
    assert any(0 < report.frame < 50 for report in seen)
    fractions = [report.fraction or 0 for report in seen]
    assert fractions == sorted(fractions)
    assert seen[-1] == result.progress
    assert (result.progress.frame, result.progress.fraction) == (50, 1.0)
    assert result.progress.eta_seconds == 0
    assert result.progress.size_bytes > 0


def test_progress_of_sound_is_known_by_its_length(run_here: Run) -> None:
    tone = ("-f", "lavfi", "-i", "sine=duration=2", "-c:a", "pcm_s16le", "out.wav")
    result = run_here(Command(arguments=tone, output="out.wav", seconds=2.0))
    assert result.progress.fraction == pytest.approx(1, abs=0.05)
    assert result.progress.frame == 0


def test_files_of_the_command_are_there_before(run_here: Run, scratch: Path) -> None:
    run_here(short_film())
    command = Command(
        arguments=("-f", "concat", "-i", "list.txt", "-c", "copy", "twice.mkv"),
        output="twice.mkv",
        files={"list.txt": "file out.mkv\nfile out.mkv\n"},
    )
    run_here(command)
    assert probe_media(scratch / "twice.mkv").video[0].frames == 100


def test_files_outside_the_scratch_folder_are_refused(
    run_here: Run, scratch: Path
) -> None:
    with pytest.raises(FFmpegFailed, match="outside the scratch folder"):
        run_here(short_film(files={"../list.txt": "x"}))
    assert not (scratch.parent / "list.txt").exists()


def test_environment_cannot_make_it_write_reports(
    run_here: Run, scratch: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FFREPORT", "file=report.log:level=48")
    run_here(short_film(frames=5))
    assert [path.name for path in scratch.iterdir()] == ["out.mkv"]


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        (("-c:v", "libx999"), EncoderMissing, "no encoder libx999"),
        (("-c:v", "libx264", "-preset", "x"), EncoderMissing, "encoder libx264"),
        (("-vf", "nofilter"), Unsupported, "no filter nofilter"),
        (("-vf", "scale=no=3"), Unsupported, "'no'"),
        (("-nooption", "3"), Unsupported, "nooption"),
        (("-f", "noformat"), Unsupported, "noformat"),
        (("-map", "0:a"), FFmpegFailed, "matches no streams"),
    ],
)
def test_what_ffmpeg_cannot_do_is_told(
    run_here: Run, arguments: tuple[str, ...], error: type[FFmpegFailed], words: str
) -> None:
    source = ("-f", "lavfi", "-i", "testsrc2=size=64x64:duration=1")
    with pytest.raises(error) as caught:
        run_here(Command(arguments=(*source, *arguments, "o.mkv"), output="o.mkv"))
    assert words in caught.value.message
    assert "\n" not in caught.value.message
    assert caught.value.facts["exit_code"] != 0
    assert caught.value.facts["argv"][-1] == "o.mkv"  # type: ignore[index]  # a list
    assert caught.value.facts["log"]


@pytest.mark.parametrize(
    ("content", "error", "words"),
    [
        (None, MediaMissing, "is not there"),
        (b"", MediaUnreadable, "cannot be read as media"),
        (b"this is text" * 100, MediaUnreadable, "cannot be read as media"),
    ],
)
def test_bad_source_is_named(
    run_here: Run,
    scratch: Path,
    tmp_path: Path,
    content: bytes | None,
    error: type[MediaMissing],
    words: str,
) -> None:
    good, bad = scratch / "good.wav", tmp_path / "it's a film.mp4"
    tone = ("-f", "lavfi", "-i", "sine=duration=0.1", good.name)
    run_here(Command(arguments=tone, output="good.wav"))
    if content is not None:
        bad.write_bytes(content)
    command = Command(
        arguments=("-i", str(good), "-i", f"file:{bad}", "out.wav"),
        output="out.wav",
        sources=(str(good), str(bad)),
    )
    with pytest.raises(error, match=words) as caught:
        run_here(command)
    assert caught.value.facts["source"] == str(bad)
    assert not caught.value.retry


def test_broken_file_of_its_own_is_no_bad_source(run_here: Run, scratch: Path) -> None:
    """What the farm made itself may be made again: the job is not wrong."""
    (scratch / "segment.mkv").write_bytes(b"broken")
    command = Command(
        arguments=("-i", "segment.mkv", "out.mkv"),
        output="out.mkv",
        sources=("/media/film.mp4",),
    )
    with pytest.raises(FFmpegFailed) as caught:
        run_here(command)
    assert caught.value.retry


def test_full_disk_is_told(run_here: Run) -> None:
    film = ("-f", "lavfi", "-i", "testsrc2=duration=2", "-c:v", "ffv1")
    with pytest.raises(DiskFull, match="disk is full") as caught:
        run_here(
            Command(arguments=(*film, "-f", "matroska", "/dev/full"), output="full"),
            box=Box(sandbox="off"),
        )
    assert caught.value.retry


@pytest.mark.parametrize("name", ["missing", "folder", "text"])
def test_program_that_is_none_is_a_wrong_setting(
    tmp_path: Path, scratch: Path, name: str
) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "text").write_text("no program", encoding="utf-8")
    (tmp_path / "text").chmod(0o755)
    with pytest.raises(InvalidSettings, match="ffmpeg_path"):
        run_it(tmp_path / name, scratch, short_film())
