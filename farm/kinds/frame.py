"""Make one composed picture of a timeline."""

from __future__ import annotations

from typing import TYPE_CHECKING

from farm.kinds.compose import compose_still
from farm.kinds.picture_payload import FramePayload
from farm.kinds.reuse import Made, make_or_reuse
from farm.kinds.stills import check_still

if TYPE_CHECKING:
    from pydantic import JsonValue

    from farm.kinds.context import TaskContext


def frame(context: TaskContext) -> JsonValue:
    """Take the picture from the cache, or make it."""
    payload = FramePayload.model_validate(context.payload)
    return make_or_reuse(
        context,
        payload.model_dump(mode="json"),
        lambda: _make(context, payload),
        sources=payload.picture.sources(),
        with_fonts=True,
    )


def _make(context: TaskContext, payload: FramePayload) -> Made:
    """Run FFmpeg, and see that a picture of the right size came out."""
    made = compose_still(
        context,
        payload.picture,
        size=payload.size,
        suffix=payload.suffix,
        threads=payload.threads,
        name=f"picture{payload.suffix}",
    )
    check_still(made, payload.size)
    width, height = payload.size
    return Made(path=made, facts={"facts": {"width": width, "height": height}})
