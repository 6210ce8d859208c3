"""Pictures of many colours that libass draws on nothing: scenes, documents of ASS."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ffmpeg

from farm.ffmpeg.colors import color_drawn
from farm.ffmpeg.drawing import repeat_frame
from farm.ffmpeg.graph import number_frames, open_input, split_stream
from farm.ffmpeg.scene import build_scene
from farm.ffmpeg.text import FRAME_MS
from farm.timeline.placing.scripts import SLACK_MS

if TYPE_CHECKING:
    from collections.abc import Callable
    from fractions import Fraction

    from farm.ffmpeg.canvas import Canvas
    from farm.ffmpeg.graph import Stream
    from farm.timeline.composition import Scene, Script

#: Frames before a piece of ASS that are named one by one; of more, all are drawn.
_MOST_BEFORE = 300


def draw_scene(
    source: Scene,
    canvas: Canvas,
    files: dict[str, str],
    *,
    first: Fraction,
    frames: int,
) -> Stream:
    """Return frames of what is drawn of a template.

    Args:
        source: what is drawn.
        canvas: that they are as large as.
        files: to which the text is added.
        first: frame of the scene; one before or after it looks as the nearest.
        frames: how many.
    """
    start, last = round(first), source.frames - 1
    text = build_scene(
        source,
        width=canvas.timeline_width,
        height=canvas.timeline_height,
        shown=[min(max(0, start + at), last) for at in range(frames)],
        rate=canvas.rate,
    )

    def clock(ground: Stream) -> Stream:
        return ground.filter("settb", expr=f"{FRAME_MS}/1000").filter("setpts", "N")

    drawn = _write(text, clock, frames, canvas, files)
    return number_frames(drawn, canvas.rate)


def draw_script(
    source: Script,
    canvas: Canvas,
    files: dict[str, str],
    *,
    first: Fraction,
    frames: int,
) -> Stream:
    """Return frames of lines of ASS.

    Args:
        source: the lines.
        canvas: that they are as large as.
        files: to which the text is added.
        first: time of the document at the first frame, in seconds.
        frames: how many.
    """
    skipped = round((first - source.start) * canvas.rate)
    before = [frame for frame in source.history if frame < skipped]
    if len(before) > _MOST_BEFORE:
        before = list(range(before[0], skipped))
        terms = [f"gte(n,{before[0]})"]
    else:
        terms = [f"gte(n,{skipped})", *(f"eq(n,{frame})" for frame in before)]
    rate, start = canvas.rate, source.start
    time = (
        f"{start.numerator}/{start.denominator}+N*{rate.denominator}/{rate.numerator}"
    )

    def clock(ground: Stream) -> Stream:
        ticks = ground.filter("settb", expr="1/1000000").filter(
            "setpts", f"trunc(({time})*1000000+{SLACK_MS * 1000 - 1})"
        )
        return ticks.filter("select", "+".join(terms)) if skipped else ticks

    drawn = _write(source.text, clock, skipped + frames, canvas, files)
    if before:
        drawn = drawn.filter("trim", start_frame=len(before))
    return number_frames(drawn, canvas.rate)


def _write(
    text: str,
    clock: Callable[[Stream], Stream],
    frames: int,
    canvas: Canvas,
    files: dict[str, str],
) -> Stream:
    """Return what is drawn in many colours, on a transparent ground.

    It is drawn on black and on white: the first is the colours times their opacity, and
    what differs is how much is seen through.
    """
    name = f"title-{len(files)}.ass"
    files[name] = text
    on_black, on_white = (
        clock(repeat_frame(_ground(color, canvas), frames, canvas))
        .filter("ass", name, fontsdir="fonts")
        .filter("format", "gbrp")
        for color in ("black", "white")
    )
    black = split_stream(on_black, 2)
    through = ffmpeg.filter([on_white, black[0]], "blend", all_mode="difference")
    seen = split_stream(through.filter("negate").filter("format", "gbrp"), 2)
    # the filter unpremultiply goes by marks that frames have in FFmpeg 8.1 and later
    whole = "min(255,x*255/max(y,1))"
    color = ffmpeg.filter([black[1], seen[0]], "lut2", c0=whole, c1=whole, c2=whole)
    alpha = seen[1].filter("extractplanes", "g")
    drawn = ffmpeg.filter([color, alpha], "alphamerge")
    return color_drawn(drawn, canvas, canvas.alpha_pix_fmt, files).filter("setsar", 1)


def _ground(color: str, canvas: Canvas) -> Stream:
    rate = f"{canvas.rate.numerator}/{canvas.rate.denominator}"
    size = f"{canvas.width}x{canvas.height}"
    source = open_input(f"color=c={color}:s={size}:r={rate},format=rgb24", f="lavfi")
    return source["0"].filter("trim", end_frame=1)
