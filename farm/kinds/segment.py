"""Encode a slice of the picture, and see that it is whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

from farm.errors import OutputWrong
from farm.ffmpeg.encode import build_segment_command
from farm.ffmpeg.verify import scan_picture
from farm.kinds.fonts import link_fonts
from farm.kinds.payload import SegmentPayload
from farm.kinds.reuse import Made, make_or_reuse
from farm.timeline.clip import TitleMedia

if TYPE_CHECKING:
    from pydantic import JsonValue

    from farm.kinds.context import TaskContext
    from farm.timeline.slice import PictureSlice


def segment(context: TaskContext) -> JsonValue:
    """Take the segment from the cache, or encode it."""
    payload = SegmentPayload.model_validate(context.payload)
    return make_or_reuse(
        context,
        _description(payload) if payload.use_cache else None,
        lambda: _encode(context, payload),
        sources=payload.picture.sources(),
        with_fonts=_has_titles(payload.picture),
    )


def _description(payload: SegmentPayload) -> dict[str, JsonValue]:
    """Return all that the picture depends on: the payload, but for its sound."""
    plain: dict[str, JsonValue] = payload.model_dump(
        mode="json", exclude={"preset", "use_cache"}
    )
    return {**plain, "video": payload.preset.video.model_dump(mode="json")}


def _has_titles(picture: PictureSlice) -> bool:
    return any(
        isinstance(shot.source, TitleMedia)
        for layer in picture.layers
        for shot in layer.shots
    )


def _encode(context: TaskContext, payload: SegmentPayload) -> Made:
    """Run FFmpeg, and decode what it made."""
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
    return Made(path=made, facts={"frames": found.frames})
