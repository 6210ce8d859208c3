"""What all pictures have in common: crop, effects, turn, opacity, the frame's edge."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from farm.ffmpeg.canvas import Canvas, Picture
from farm.ffmpeg.effects import ONE_FRAME, Effects, Span
from farm.ffmpeg.motion import fade, move, moves_place

if TYPE_CHECKING:
    from farm.ffmpeg.frame_box import Box
    from farm.ffmpeg.graph import Stream
    from farm.timeline.composition import Look


def finish_picture(  # all that a picture is made of
    stream: Stream,
    box: Box,
    look: Look,
    canvas: Canvas,
    *,
    has_alpha: bool,
    span: Span = ONE_FRAME,
    files: dict[str, str] | None = None,
) -> Picture:
    """Crop to the frame, apply effects, turn, and make translucent.

    Text files that the graph reads are added to `files`.
    """
    if (box.width, box.height) != (box.scaled_width, box.scaled_height):
        stream = stream.filter("crop", box.width, box.height, **_kept(box))
    effects = Effects(
        canvas=canvas,
        files={} if files is None else files,
        span=span,
        width=box.width,
        height=box.height,
        has_alpha=has_alpha,
        whole=(box.scaled_width, box.scaled_height),
    )
    stream = effects.apply(stream, look.effects)
    picture = Picture(
        stream=stream, width=box.width, height=box.height, x=box.x, y=box.y,
        is_opaque=not effects.has_alpha,
    )  # fmt: skip
    if look.animation is not None and look.animation.opacity:
        faded = fade(picture.stream, look, canvas, span, effects.files)
        picture = replace(picture, stream=faded, is_opaque=False)
    if moves_place(look):
        picture = move(picture, look.transform, look, canvas, span, effects.files)
    elif look.transform.rotation % 360:
        picture = _turn(picture, look.transform.rotation, canvas)
    if look.opacity < 1 and not (look.animation and look.animation.opacity):
        picture = replace(
            picture,
            stream=picture.stream.filter("format", canvas.alpha_pix_fmt).filter(
                "lutyuv", a=f"val*{look.opacity:g}"
            ),
            is_opaque=False,
        )
    return _cut_to_frame(picture, canvas)


def _kept(box: Box) -> dict[str, int]:
    """Return where what is kept begins, if not around the middle."""
    cuts = {"x": box.cut_left, "y": box.cut_top}
    return {name: cut for name, cut in cuts.items() if cut is not None}


def _turn(picture: Picture, degrees: float, canvas: Canvas) -> Picture:
    angle = math.radians(degrees)
    sine, cosine = abs(math.sin(angle)), abs(math.cos(angle))
    width = 2 * math.ceil((picture.width * cosine + picture.height * sine - 1e-6) / 2)
    height = 2 * math.ceil((picture.width * sine + picture.height * cosine - 1e-6) / 2)
    stream = picture.stream.filter("format", canvas.alpha_pix_fmt).filter(
        "rotate", f"{angle:.9f}", ow=width, oh=height, c="black@0"
    )
    return replace(
        picture,
        stream=stream,
        width=width,
        height=height,
        x=2 * round((picture.x + picture.width / 2 - width / 2) / 2),
        y=2 * round((picture.y + picture.height / 2 - height / 2) / 2),
        is_opaque=False,
    )


def _cut_to_frame(picture: Picture, canvas: Canvas) -> Picture:
    """Keep what lies in the frame; one wholly outside becomes a hidden speck."""
    left, top = max(0, -picture.x), max(0, -picture.y)
    width = min(picture.x + picture.width, canvas.width) - max(picture.x, 0)
    height = min(picture.y + picture.height, canvas.height) - max(picture.y, 0)
    if (width, height) == (picture.width, picture.height):
        return picture
    if width <= 0 or height <= 0:
        small = picture.stream.filter("crop", 2, 2, 0, 0)
        return replace(
            picture, stream=small, width=2, height=2, x=canvas.width, y=canvas.height
        )
    stream = picture.stream.filter("crop", width, height, left, top)
    return replace(
        picture,
        stream=stream,
        width=width,
        height=height,
        x=max(picture.x, 0),
        y=max(picture.y, 0),
    )
