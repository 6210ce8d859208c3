"""Make a preview: a frame or a short clip, and see that it is whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

from farm.errors import OutputWrong
from farm.ffmpeg.effect_preview import build_effect_preview_command
from farm.ffmpeg.verify import scan_picture
from farm.kinds.fonts import link_fonts
from farm.kinds.payload import EffectPreviewPayload
from farm.kinds.reuse import Made, make_or_reuse
from farm.kinds.stabilise import steady

if TYPE_CHECKING:
    from pydantic import JsonValue

    from farm.kinds.context import TaskContext


def effect_preview(context: TaskContext) -> JsonValue:
    """Take the preview from the cache, or make it."""
    payload = EffectPreviewPayload.model_validate(context.payload)
    return make_or_reuse(
        context,
        payload.model_dump(mode="json"),
        lambda: _make(context, payload),
        sources=payload.picture.sources(),
        with_fonts=True,
    )


def _make(context: TaskContext, payload: EffectPreviewPayload) -> Made:
    command = build_effect_preview_command(
        steady(context, payload.picture, threads=payload.threads),
        size=payload.size,
        suffix=payload.suffix,
        threads=payload.threads,
        subtitles=payload.subtitles,
        start=payload.start,
    )
    if command.files:
        link_fonts(context.scratch, context.settings, command.files.values())
    made = context.run(command)
    found = scan_picture(made, decode=True)
    wanted = payload.picture.frames
    if found.frames != wanted or (found.width, found.height) != payload.size:
        message = (
            f"the preview has {found.frames} frames of {found.width}x{found.height}, "
            f"should have {wanted} of {payload.size[0]}x{payload.size[1]}"
        )
        raise OutputWrong(message)
    facts: dict[str, JsonValue] = {
        "width": found.width,
        "height": found.height,
        "frames": found.frames,
    }
    return Made(path=made, facts={"facts": facts})
