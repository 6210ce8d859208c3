"""What processes use, read from ``/proc``."""

from __future__ import annotations

import os
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Iterator

_PROC = Path("/proc")
_TICKS = os.sysconf("SC_CLK_TCK")
_BYTES_IN_MB = 1_000_000


def children_by_parent() -> dict[int, list[int]]:
    """Return all processes of the machine by their parents."""
    children: dict[int, list[int]] = {}
    for pid in _all_processes():
        fields = _stat(pid)
        if fields:
            children.setdefault(int(fields[1]), []).append(pid)
    return children


def tree(root: int, children: dict[int, list[int]] | None = None) -> list[int]:
    """Return a process and all that descend from it."""
    children = children_by_parent() if children is None else children
    found, waiting = [], [root]
    while waiting:
        pid = waiting.pop()
        found.append(pid)
        waiting += children.get(pid, [])
    return found


def command_of(pid: int) -> list[str]:
    """Return the command line of a process; nothing when it has ended."""
    return _read(pid, "cmdline").split("\0")[:-1]


_PARTS = {
    "coordinator": "farm.coordinator",
    "worker": "workers.cpu",
    "broker": "valkey-server",
}


def parts_of_farm() -> dict[str, int]:
    """Return the processes of the farm that this process has started."""
    found: dict[str, int] = {}
    for pid in tree(os.getpid()):
        command = command_of(pid)
        for name, word in _PARTS.items():
            if name not in found and _is_part(command, word):
                found[name] = pid
    return found


def _is_part(command: list[str], word: str) -> bool:
    return word in command or Path("".join(command[:1])).name == word


def find_ffmpeg_in(folder: Path, *, output: str) -> int | None:
    """Return an FFmpeg that works below a folder and writes a file of that name."""
    for pid in _all_processes():
        command = command_of(pid)
        if (
            command
            and Path(command[-1]).name.startswith(output)
            and Path(command[0]).name.startswith("ffmpeg")
        ):
            with suppress(OSError):
                if (_PROC / str(pid) / "cwd").readlink().is_relative_to(folder):
                    return pid
    return None


def cpu_seconds(root: int) -> float:
    """Return the work of a process tree, that of ended and reaped children included."""
    total = 0
    for pid in tree(root):
        fields = _stat(pid)
        if fields:
            total += sum(map(int, fields[11:15]))
    return total / _TICKS


@dataclass(slots=True, kw_only=True)
class Memory:
    """Memory of some processes at one moment, in MB."""

    pss: float = 0.0
    """What they share is counted once, in parts."""
    rss: float = 0.0
    """What they share is counted in each of them."""
    largest_rss: float = 0.0
    """The largest of them alone."""
    ffmpeg: float = 0.0
    """What of the first is FFmpeg's."""

    def keep_peaks(self, other: Self) -> None:
        """Keep the larger of each figure."""
        self.pss = max(self.pss, other.pss)
        self.rss = max(self.rss, other.rss)
        self.largest_rss = max(self.largest_rss, other.largest_rss)


@dataclass(slots=True, kw_only=True)
class MemoryWatch:
    """Samples the memory of process trees while the block runs."""

    roots: dict[str, int]
    """Process ids by name."""
    with_ffmpeg: bool = False
    """Whether FFmpeg counts."""
    every_seconds: float = 0.2
    largest_sum: float = 0.0
    """The most that all of them together had at one moment, PSS, in MB."""
    largest_ffmpeg: float = 0.0
    """The most that FFmpeg alone had, if it counts."""
    peaks: dict[str, Memory] = field(default_factory=dict)
    _done: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        self.peaks = {name: Memory() for name in self.roots}
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        if self._thread is not None:
            self._thread.join()

    def _watch(self) -> None:
        while not self._done.wait(self.every_seconds):
            now = ffmpeg = 0.0
            parents = children_by_parent()
            for name, root in self.roots.items():
                found = memory_of(tree(root, parents), with_ffmpeg=self.with_ffmpeg)
                self.peaks[name].keep_peaks(found)
                now += found.pss
                ffmpeg += found.ffmpeg
            self.largest_sum = max(self.largest_sum, now)
            self.largest_ffmpeg = max(self.largest_ffmpeg, ffmpeg)


def memory_of(pids: list[int], *, with_ffmpeg: bool = False) -> Memory:
    """Return the memory of some processes now; FFmpeg is left out, or in."""
    sum_ = Memory()
    for pid in pids:
        command = command_of(pid)
        is_ffmpeg = _is_ffmpeg(command)
        if not command or (is_ffmpeg and not with_ffmpeg):
            continue
        fields = dict(_kilobytes(_read(pid, "smaps_rollup")))
        rss = fields.get("Rss", 0) * 1024 / _BYTES_IN_MB
        pss = fields.get("Pss", 0) * 1024 / _BYTES_IN_MB
        sum_.pss += pss
        sum_.ffmpeg += pss if is_ffmpeg else 0.0
        sum_.rss += rss
        sum_.largest_rss = max(sum_.largest_rss, rss)
    return sum_


def _is_ffmpeg(command: list[str]) -> bool:
    """Whether it is FFmpeg, or about to become it."""
    return "-hide_banner" in command


def _kilobytes(text: str) -> Iterator[tuple[str, int]]:
    for line in text.splitlines():
        name, _, rest = line.partition(":")
        if rest.endswith(" kB"):
            yield name, int(rest.split()[0])


def _all_processes() -> list[int]:
    return [int(entry.name) for entry in _PROC.iterdir() if entry.name.isdigit()]


def _stat(pid: int) -> list[str]:
    return _read(pid, "stat").rpartition(")")[2].split()


def _read(pid: int, name: str) -> str:
    try:
        return (_PROC / str(pid) / name).read_text(encoding="utf-8", errors="replace")
    except OSError:  # it has ended
        return ""
