"""Programs to be run, and the processes that came of them."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import psutil

from farm.ffmpeg.box import Box
from farm.ffmpeg.command import Command
from farm.ffmpeg.run import RunResult, run

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from farm.ffmpeg.progress import Progress

_others: set[int] = set()

#: Runs for as long as a test wants: a picture in real time.
LOSSLESS = ("-c:v", "ffv1", "-c:a", "pcm_s16le")


ENDLESS = Command(
    arguments=(
        *("-re", "-f", "lavfi", "-i", "testsrc2=size=64x64:rate=25"),
        *("-c:v", "libx264", "-preset", "ultrafast", "out.mkv"),
    ),
    output="out.mkv",
)


def run_it(
    ffmpeg: Path,
    scratch: Path,
    command: Command = ENDLESS,
    *,
    stall_seconds: float = 20,
    limit_seconds: float = 60,
    on_progress: Callable[[Progress], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
    box: Box | None = None,
) -> RunResult:
    """Run a command with limits that do not matter to most tests."""
    return run(
        command,
        ffmpeg=ffmpeg,
        scratch=scratch,
        stall_seconds=stall_seconds,
        limit_seconds=limit_seconds,
        on_progress=on_progress,
        should_stop=should_stop,
        box=box or Box(),
    )


def short_film(*, frames: int = 50, files: Mapping[str, str] | None = None) -> Command:
    """Return a command that makes a small film."""
    source = f"testsrc2=size=160x120:rate=25:duration={frames / 25}"
    return Command(
        arguments=("-f", "lavfi", "-i", source, "-c:v", "ffv1", "out.mkv"),
        output="out.mkv",
        frames=frames,
        files=files or {},
    )


def write_program(path: Path, text: str) -> Path:
    """Write a program in shell language that stands for an ill-behaved FFmpeg."""
    path.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
    path.chmod(0o755)
    return path


def wait_for(condition: Callable[[], bool], *, seconds: float) -> bool:
    """Wait until the condition holds; return whether it did in time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.02)
    return condition()


def is_alive(pid: int) -> bool:
    """Whether a process runs; one that nobody waited for does not."""
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def forget_children() -> None:
    """Leave out what other tests keep running, such as a database."""
    _others.clear()
    _others.update(process.pid for process in psutil.Process().children())


def children_now() -> list[psutil.Process]:
    """Return the processes that this one started since then, and theirs."""
    return [
        process
        for child in psutil.Process().children()
        if child.pid not in _others
        for process in [child, *_children_of(child)]
        if is_alive(process.pid)
    ]


def _children_of(process: psutil.Process) -> list[psutil.Process]:
    try:
        return list(process.children(recursive=True))
    except psutil.NoSuchProcess:
        return []
