"""Run the FFmpegs of the demonstration itself; those of tasks are the farm's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from farm.errors import FFmpegKilled
from farm.ffmpeg.run import run

if TYPE_CHECKING:
    from pathlib import Path

    from farm.ffmpeg.command import Command

_STALL_SECONDS = 60.0
_LIMIT_SECONDS = 600.0


def run_again(command: Command, *, ffmpeg: Path, scratch: Path) -> Path:
    """Run a command, and once more if its FFmpeg is killed; return what it made.

    Raises:
        FFmpegFailed: when it fails, or is killed twice.
    """
    try:
        _run(command, ffmpeg=ffmpeg, scratch=scratch)
    except FFmpegKilled:
        (scratch / command.output).unlink(missing_ok=True)
        _run(command, ffmpeg=ffmpeg, scratch=scratch)
    return scratch / command.output


def _run(command: Command, *, ffmpeg: Path, scratch: Path) -> None:
    run(
        command,
        ffmpeg=ffmpeg,
        scratch=scratch,
        stall_seconds=_STALL_SECONDS,
        limit_seconds=_LIMIT_SECONDS,
    )
