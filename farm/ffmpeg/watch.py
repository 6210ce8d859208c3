"""Tell an FFmpeg process that works from one that is stuck."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from farm.ffmpeg.progress import Progress

#: A process that computes without a result gets this many times the stall time:
#: encoders that look far ahead are silent for long on a slow machine.
BUSY_FACTOR = 10
#: Part of one core above which a process counts as busy; reporting alone takes 0.1 %.
BUSY_PART = 0.05
SAMPLE_SECONDS = 1.0


@dataclass(slots=True, kw_only=True)
class Watch:
    """When a process last moved: wrote or read anything, or at least computed."""

    pid: int
    stall_seconds: float
    started: float
    """All times are of one monotonic clock, in seconds."""
    _moved: float = field(init=False)
    _busy: float = field(init=False)
    _sampled: float = field(init=False)
    _written: tuple[int, int, float] = (0, 0, 0.0)
    _read_bytes: int = 0
    _cpu_seconds: float = 0.0

    def __post_init__(self) -> None:
        """Count from the start."""
        self._moved = self._busy = self._sampled = self.started

    def see(self, progress: Progress, *, now: float) -> None:
        """Take a report; the same numbers again are no move."""
        written = (progress.frame, progress.size_bytes, progress.out_seconds)
        if written != self._written:
            self._written = written
            self._moved = self._busy = now

    def is_stalled(self, *, now: float) -> bool:
        """Whether it did nothing for the stall time (or computed ten times that)."""
        if now - self._sampled >= min(SAMPLE_SECONDS, self.stall_seconds / 4):
            self._sample(now)
        return (
            now - self._busy >= self.stall_seconds
            or now - self._moved >= self.stall_seconds * BUSY_FACTOR
        )

    def _sample(self, now: float) -> None:
        read, cpu = _bytes_read(self.pid), _cpu_seconds(self.pid)
        if read > self._read_bytes:
            self._moved = self._busy = now
        if cpu - self._cpu_seconds > BUSY_PART * (now - self._sampled):
            self._busy = now
        self._read_bytes, self._cpu_seconds, self._sampled = read, cpu, now


def _bytes_read(pid: int) -> int:
    """Return the bytes it read so far: seeking in a long source writes nothing."""
    for line in _proc(pid, "io").splitlines():
        if line.startswith("rchar: "):
            return int(line.split()[1])
    return 0


def _cpu_seconds(pid: int) -> float:
    fields = _proc(pid, "stat").rpartition(")")[2].split()
    if not fields:
        return 0.0
    user, system = fields[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def _proc(pid: int, name: str) -> str:
    try:
        return Path(f"/proc/{pid}/{name}").read_text(encoding="utf-8")
    except OSError:  # ended, or no /proc: progress alone decides
        return ""
