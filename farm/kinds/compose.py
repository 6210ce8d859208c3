"""Make one frame of a timeline, as a render would show it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from farm.ffmpeg.encode import build_still_command
from farm.kinds.fonts import link_fonts

if TYPE_CHECKING:
    from pathlib import Path

    from farm.kinds.context import TaskContext
    from farm.timeline.slice import PictureSlice


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
    command = build_still_command(picture, size=size, suffix=suffix, threads=threads)
    if command.files:
        link_fonts(context.scratch, context.settings)
    target = context.scratch / name
    return context.run(command).rename(target)
