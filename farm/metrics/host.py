"""Readings of this machine: CPU, memory, disks, and the parts of the farm on it."""

from __future__ import annotations

import os
import shutil
import socket
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import psutil

from farm.metrics.gpu import read_gpus

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


class Readings:
    """Reads this machine, and the processes that this one has started."""

    def __init__(self) -> None:
        self._has_cpu_times = False

    def read(self, places: Mapping[str, Path]) -> dict[str, Any]:
        """Return how the machine is: plain data, that `Live.tell` takes.

        Args:
            places: folders whose disks are of interest, by what they are for.
        """
        memory = psutil.virtual_memory()
        return {
            "host": socket.gethostname(),
            "cpus": psutil.cpu_count() or 1,
            "cpu_ratio": self._read_cpu(),
            "memory_bytes": memory.total,
            "memory_available_bytes": memory.available,
            "disks": {
                place: disk
                for place, folder in places.items()
                if (disk := read_disk(folder)) is not None
            },
            "components": read_components(),
            "gpus": read_gpus(),
        }

    def _read_cpu(self) -> float | None:
        """Return the share of CPU time in use since the last call."""
        percent: float = psutil.cpu_percent()
        if not self._has_cpu_times:  # the first call has nothing to compare with
            self._has_cpu_times = True
            return None
        return min(1.0, percent / 100)


def read_disk(folder: Path) -> dict[str, int] | None:
    """Return size and free bytes of the disk of a folder, or of one above it."""
    for place in (folder, *folder.parents):
        with suppress(OSError):
            usage = shutil.disk_usage(place)
            return {"bytes": usage.total, "free_bytes": usage.free}
    return None


def read_components() -> dict[str, int]:
    """Return the bytes of memory of the processes that this one is and has started.

    Workers share much of theirs: each counts its part of it (the proportional set
    size). FFmpeg shares nothing.
    """
    found = {"worker": 0, "ffmpeg": 0}
    own = psutil.Process(os.getpid())
    for process in (own, *own.children(recursive=True)):
        with suppress(psutil.Error):
            if process.name().startswith("ffmpeg"):
                found["ffmpeg"] += process.memory_info().rss
            else:
                found["worker"] += process.memory_full_info().pss
    return found
