"""Make one frame of a timeline, as a render would show it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from farm.ffmpeg.still_output import build_still_command
from farm.kinds.fonts import link_fonts
from farm.kinds.stabilise import steady

if TYPE_CHECKING:
    from farm.kinds.context import TaskContext
    from farm.timeline.slice import PictureSlice


_LOAD = Path("/proc/loadavg")
_MOST_THREADS = 4
"""More threads take longer to start than one picture takes to decode."""


def compose_still(
    context: TaskContext,
    picture: PictureSlice,
    *,
    size: tuple[int, int],
    suffix: str,
    threads: int,
    name: str,
) -> Path:
    """Return the picture of a slice, under a name in the scratch folder."""
    command = build_still_command(
        steady(context, picture, threads=threads),
        size=size,
        suffix=suffix,
        threads=threads,
        decoder_threads=max(threads, _spare_threads()),
    )
    if command.files:
        link_fonts(context.scratch, context.settings, command.files.values())
    target = context.scratch / name
    return context.run(command).rename(target)


def _spare_threads() -> int:
    """Return how many threads may decode: a person waits, where few others work.

    They show the same picture, however many they are.
    """
    try:
        running = int(_LOAD.read_text(encoding="ascii").split()[3].partition("/")[0])
    except (OSError, ValueError, IndexError):
        return 1
    cores = os.cpu_count() or 1
    # one that shares its cores with as many others is still faster by two threads
    return max(1, min(_MOST_THREADS, cores, 2 * cores - running))
