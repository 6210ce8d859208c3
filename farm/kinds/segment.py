"""Encode a slice of the picture, and see that it is whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

from farm.errors import OutputWrong
from farm.ffmpeg.encode import build_segment_command
from farm.ffmpeg.verify import scan_picture
from farm.kinds.fonts import link_fonts
from farm.kinds.payload import SegmentPayload

if TYPE_CHECKING:
    from pydantic import JsonValue

    from farm.kinds.context import TaskContext


def segment(context: TaskContext) -> JsonValue:
    """Run FFmpeg, decode what it made, and keep it."""
    payload = SegmentPayload.model_validate(context.payload)
    command = build_segment_command(
        payload.picture, payload.preset, size=payload.size, threads=payload.threads
    )
    if command.files:
        link_fonts(context.scratch, context.settings)
    made = context.run(command)
    found = scan_picture(made, decode=True)
    wanted = payload.picture.frames
    if found.frames != wanted or (found.width, found.height) != payload.size:
        message = (
            f"the segment has {found.frames} frames of {found.width}x{found.height}, "
            f"should have {wanted} of {payload.size[0]}x{payload.size[1]}"
        )
        raise OutputWrong(message, log=[])
    return {"file": context.keep(made), "frames": found.frames}
