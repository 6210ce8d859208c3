"""Pictures that are made once and held: colours, titles, stills."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import ffmpeg

from farm.ffmpeg.colors import color_drawn, to_yuv
from farm.ffmpeg.graph import Stream, number_frames, open_input
from farm.ffmpeg.scene import build_scene
from farm.ffmpeg.text import FRAME_MS, build_title
from farm.timeline.clip import ColorMedia
from farm.timeline.composition import Scene
from farm.timeline.placing.scripts import SLACK_MS

if TYPE_CHECKING:
    from collections.abc import Callable
    from fractions import Fraction

    from farm.ffmpeg.canvas import Canvas, Picture
    from farm.timeline.composition import MovingTitle, Script
    from farm.timeline.title import TitleMedia

#: Frames before a piece of ASS that are named one by one; more are drawn all.
_MOST_BEFORE = 300


def plain_canvas(
    color: str, frames: int, canvas: Canvas, files: dict[str, str]
) -> Stream:
    """Return frames of one colour."""
    drawn = _colored(color, 1.0, canvas.width, canvas.height, canvas)
    made = color_drawn(drawn, canvas, canvas.pix_fmt, files).filter("setsar", 1)
    return repeat_frame(made, frames, canvas)


def clear_canvas(frames: int, canvas: Canvas, pix_fmt: str) -> Stream:
    """Return frames through which all is seen that lies below."""
    drawn = _colored("#000000", 0.0, canvas.width, canvas.height, canvas)
    made = to_yuv(drawn, canvas, pix_fmt).filter("setsar", 1)
    return repeat_frame(made, frames, canvas)


def draw(
    source: ColorMedia | TitleMedia, canvas: Canvas, files: dict[str, str]
) -> Stream:
    """Return one frame of a colour or a title, as large as the frame."""
    if isinstance(source, ColorMedia):
        plain = _colored(source.color, 1.0, canvas.width, canvas.height, canvas)
        return color_drawn(plain, canvas, canvas.pix_fmt, files).filter("setsar", 1)
    text = build_title(
        source, width=canvas.timeline_width, height=canvas.timeline_height
    )
    return _write(_ground(source, canvas), text, canvas, files)


def draw_moving(
    source: MovingTitle | Scene,
    canvas: Canvas,
    files: dict[str, str],
    *,
    first: Fraction,
    frames: int,
) -> Stream:
    """Return frames of a title or a scene that moves.

    Args:
        source: the title.
        canvas: that they are as large as.
        files: to which the text is added.
        first: frame of the title; one before or after it looks as the nearest.
        frames: how many.
    """
    start, last = round(first), source.frames - 1
    shown = [min(max(0, start + at), last) for at in range(frames)]
    if isinstance(source, Scene):
        width, height = canvas.timeline_width, canvas.timeline_height
        text = build_scene(
            source, width=width, height=height, shown=shown, rate=canvas.rate
        )
        drawn = _write_layers(text, _even_clock, frames, canvas, files)
        return number_frames(drawn, canvas.rate)
    text = build_title(
        source.title,
        width=canvas.timeline_width,
        height=canvas.timeline_height,
        shown=shown,
        frames=source.frames,
        rate=canvas.rate,
    )
    ground = repeat_frame(_ground(source.title, canvas), frames, canvas)
    clock = ground.filter("settb", expr=f"{FRAME_MS}/1000").filter("setpts", "N")
    return number_frames(_write(clock, text, canvas, files), canvas.rate)


def _ground(title: TitleMedia, canvas: Canvas) -> Stream:
    """Return what text is drawn on.

    It has the colour of the outermost edge, so that the soft edge of the letters is
    not mixed with black.
    """
    edge = title.outline_color if title.outline > 0 else title.color
    if title.box_color is not None:
        edge = title.box_color
    elif title.shadow_opacity > 0:
        edge = title.shadow_color
    return _colored(edge, 0.0, canvas.width, canvas.height, canvas)


def _write(ground: Stream, text: str, canvas: Canvas, files: dict[str, str]) -> Stream:
    name = f"title-{len(files)}.ass"
    files[name] = text
    drawn = ground.filter("ass", name, alpha=1, fontsdir="fonts")
    return color_drawn(drawn, canvas, canvas.alpha_pix_fmt, files).filter("setsar", 1)


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
    terms = [f"gte(n,{skipped})"]
    if before and len(before) <= _MOST_BEFORE:
        terms += [f"eq(n,{frame})" for frame in before]
    elif before:
        terms = [f"gte(n,{before[0]})"]
    rate, start = canvas.rate, source.start
    time = (
        f"{start.numerator}/{start.denominator}+N*{rate.denominator}/{rate.numerator}"
    )

    def clock(ground: Stream) -> Stream:
        ticks = ground.filter("settb", expr="1/1000000").filter(
            "setpts", f"trunc(({time})*1000000+{SLACK_MS * 1000 - 1})"
        )
        return ticks.filter("select", "+".join(terms)) if skipped else ticks

    drawn = _write_layers(source.text, clock, skipped + frames, canvas, files)
    if before:
        drawn = drawn.filter("trim", start_frame=len(before))
    return number_frames(drawn, canvas.rate)


def _even_clock(ground: Stream) -> Stream:
    return ground.filter("settb", expr=f"{FRAME_MS}/1000").filter("setpts", "N")


def _write_layers(
    text: str,
    clock: Callable[[Stream], Stream],
    frames: int,
    canvas: Canvas,
    files: dict[str, str],
) -> Stream:
    """Return what is drawn in many colours, on a transparent ground.

    It is drawn on black and on white: what both have in common is the colour times
    the opacity, and what differs is how much is seen through it.
    """
    name = f"title-{len(files)}.ass"
    files[name] = text
    on = {}
    for ground in ("#000000", "#ffffff"):
        plain = _colored(ground, 1.0, canvas.width, canvas.height, canvas)
        held = repeat_frame(plain.filter("format", "rgb24"), frames, canvas)
        drawn = clock(held).filter("ass", name, fontsdir="fonts")
        on[ground] = drawn.filter("format", "gbrp")
    black = on["#000000"].filter_multi_output("split", 2)
    through = ffmpeg.filter([on["#ffffff"], black[0]], "blend", all_mode="difference")
    seen = through.filter("negate").filter("format", "gbrp")
    seen = seen.filter_multi_output("split", 2)
    # the filter unpremultiply goes by marks that frames have in FFmpeg 8.1 and later
    whole = "min(255,x*255/max(y,1))"
    color = ffmpeg.filter([black[1], seen[0]], "lut2", c0=whole, c1=whole, c2=whole)
    alpha = seen[1].filter("extractplanes", "g")
    merged = ffmpeg.filter([color, alpha], "alphamerge")
    return color_drawn(merged, canvas, canvas.alpha_pix_fmt, files).filter("setsar", 1)


def _colored(
    color: str, alpha: float, width: int, height: int, canvas: Canvas
) -> Stream:
    rate = f"{canvas.rate.numerator}/{canvas.rate.denominator}"
    source = open_input(
        f"color=c=0x{color[1:]}@{alpha:g}:s={width}x{height}:r={rate},format=rgba",
        f="lavfi",
    )
    return source["0"].filter("trim", end_frame=1)


def hold(picture: Picture, frames: int, canvas: Canvas) -> Picture:
    """Show the first frame of a picture for a while."""
    return replace(picture, stream=repeat_frame(picture.stream, frames, canvas))


def repeat_frame(stream: Stream, frames: int, canvas: Canvas) -> Stream:
    """Show the first frame for a while, without making it again."""
    held = stream.filter("trim", end_frame=1).filter("loop", loop=-1, size=1)
    return number_frames(held, canvas.rate).filter("trim", end_frame=frames)
