"""Make one composed picture of a timeline."""

from __future__ import annotations

from typing import TYPE_CHECKING

from farm.errors import OutputWrong
from farm.ffmpeg.encode import build_still_command
from farm.ffmpeg.verify import scan_picture
from farm.kinds.fonts import link_fonts
from farm.kinds.payload import FramePayload

if TYPE_CHECKING:
    from pydantic import JsonValue

    from farm.kinds.context import TaskContext


def frame(context: TaskContext) -> JsonValue:
    """Run FFmpeg, see that a picture of the right size came out, and keep it."""
    payload = FramePayload.model_validate(context.payload)
    command = build_still_command(
        payload.picture,
        size=payload.size,
        suffix=payload.suffix,
        threads=payload.threads,
    )
    if command.files:
        link_fonts(context.scratch, context.settings)
    made = context.run(command)
    found = scan_picture(made, decode=True)
    if found.frames != 1 or (found.width, found.height) != payload.size:
        message = (
            f"the picture is {found.width}x{found.height}, "
            f"should be {payload.size[0]}x{payload.size[1]}"
        )
        raise OutputWrong(message)
    facts: JsonValue = {"width": found.width, "height": found.height}
    return {"file": context.keep(made), "facts": facts}
