"""Transitions between two pictures, by FFmpeg's filter xfade.

A piece that starts in the middle of a transition gives xfade a negative offset, so
that its frames equal those of the whole transition.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import ffmpeg

from farm.ffmpeg.canvas import Picture
from farm.ffmpeg.graph import number_frames, open_input
from farm.timeline.transition import XFADE_TRANSITIONS
from farm.timeline.transitions.drawn import DRAWN, FADE_WHITE
from farm.timeline.transitions.expression import write_expression

if TYPE_CHECKING:
    from collections.abc import Sequence

    from farm.ffmpeg.canvas import Canvas
    from farm.ffmpeg.graph import Stream
    from farm.timeline.slice import ChangeSlice

#: xfade counts in seconds, and no more than 60 of them. It is given frames of a tenth
#: of a millisecond: every number of them is a decimal, and there may be 600,000.
_CLOCK = Fraction(10_000)


def blend_hidden(
    pictures: Sequence[Picture | None], change: ChangeSlice, start: int, canvas: Canvas
) -> Stream:
    """Blend two pictures that both fill the frame and let nothing through."""
    sides = [
        _copy_chroma(picture.stream, canvas.blend_pix_fmt)
        for picture in pictures
        if picture is not None
    ]
    mixed = _xfade(sides, change, start, canvas, pix_fmt=canvas.blend_pix_fmt)
    return _copy_chroma(mixed, canvas.pix_fmt)


def _copy_chroma(stream: Stream, pix_fmt: str) -> Stream:
    """Change the resolution of the colours, there and back without a loss."""
    return stream.filter("scale", flags="neighbor").filter("format", pix_fmt)


def blend_translucent(
    pictures: Sequence[Picture | None],
    change: ChangeSlice,
    start: int,
    end: int,
    canvas: Canvas,
) -> Picture:
    """Blend two pictures that do not fill the frame, or a picture and nothing.

    Both are brought to a transparent frame with premultiplied alpha, in which
    mixing with nothing does not darken.
    """
    sides = [
        _nothing(end - start, canvas) if picture is None else _on_frame(picture, canvas)
        for picture in pictures
    ]
    stream = (
        _xfade(sides, change, start, canvas, pix_fmt=canvas.blend_alpha_pix_fmt)
        .filter("unpremultiply", inplace=1)
        .filter("scale", out_color_matrix=canvas.matrix, out_range="tv")
        .filter("format", canvas.alpha_pix_fmt)
    )
    return Picture(
        stream=stream,
        width=canvas.width,
        height=canvas.height,
        x=0,
        y=0,
        is_opaque=False,
    )


def _xfade(
    sides: Sequence[Stream],
    change: ChangeSlice,
    start: int,
    canvas: Canvas,
    *,
    pix_fmt: str,
) -> Stream:
    passed = change.passed + start - change.start
    kind, drawn = XFADE_TRANSITIONS[change.kind], DRAWN.get(change.kind)
    if kind == "fadewhite" and canvas.range != "sdr":
        kind, drawn = "custom", FADE_WHITE  # xfade's white is the brightest of all
    more = (
        {"expr": write_expression(drawn, pix_fmt=pix_fmt, white=canvas.white)}
        if drawn
        else {}
    )
    mixed = ffmpeg.filter(
        # both sides must name one rate: that of a still or of a fast clip is another
        [number_frames(side, _CLOCK).filter("fps", fps=int(_CLOCK)) for side in sides],
        "xfade",
        transition=kind,
        duration=f"{float(change.length / _CLOCK):.4f}",
        offset=f"{float(-passed / _CLOCK):.4f}",
        **more,
    )
    return number_frames(mixed, canvas.rate)


def _on_frame(picture: Picture, canvas: Canvas) -> Stream:
    stream = (
        picture.stream.filter("scale", in_color_matrix=canvas.matrix, in_range="tv")
        .filter("format", canvas.blend_alpha_pix_fmt)
        .filter("premultiply", inplace=1)
    )
    if picture.x >= canvas.width:
        stream = stream.filter("lutrgb", r=0, g=0, b=0, a=0)
    if (picture.width, picture.height) == (canvas.width, canvas.height):
        return stream
    x = min(picture.x, canvas.width - picture.width)
    y = min(picture.y, canvas.height - picture.height)
    return stream.filter(
        "pad", canvas.width, canvas.height, x, y, color="black@0"
    ).filter("setsar", 1)


def _nothing(frames: int, canvas: Canvas) -> Stream:
    rate = f"{canvas.rate.numerator}/{canvas.rate.denominator}"
    source = open_input(
        f"color=c=black@0:s={canvas.width}x{canvas.height}:r={rate},format=rgba",
        f="lavfi",
    )["0"]
    blank = (
        source.filter("trim", end_frame=1)
        .filter("format", canvas.blend_alpha_pix_fmt)
        .filter("setsar", 1)
        .filter("loop", loop=-1, size=1)
    )
    return number_frames(blank, canvas.rate).filter("trim", end_frame=frames)
