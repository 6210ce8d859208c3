"""Pictures that are made once and held: colours, titles, stills."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from farm.ffmpeg.colors import color_drawn, to_yuv
from farm.ffmpeg.graph import Stream, number_frames, open_input
from farm.ffmpeg.text import FRAME_MS, build_title
from farm.ffmpeg.written import write
from farm.timeline.clip import BarsMedia, ColorMedia

if TYPE_CHECKING:
    from fractions import Fraction

    from farm.ffmpeg.canvas import Canvas, Picture
    from farm.timeline.composition import MovingTitle
    from farm.timeline.title import TitleMedia

#: Kind of bars → FFmpeg's source, and the matrix that it draws in.
_BARS = {
    "smpte": ("smptebars", "smpte170m"),
    "smpte_hd": ("smptehdbars", "bt709"),
    "ebu": ("pal75bars", "smpte170m"),
    "full": ("pal100bars", "smpte170m"),
}


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
    source: ColorMedia | BarsMedia | TitleMedia, canvas: Canvas, files: dict[str, str]
) -> Stream:
    """Return one frame of a colour, of bars or a title, as large as the frame."""
    if isinstance(source, BarsMedia):
        made = color_drawn(_bars(source, canvas), canvas, canvas.pix_fmt, files)
        return made.filter("setsar", 1)
    if isinstance(source, ColorMedia):
        plain = _colored(source.color, 1.0, canvas.width, canvas.height, canvas)
        return color_drawn(plain, canvas, canvas.pix_fmt, files).filter("setsar", 1)
    text = build_title(
        source, width=canvas.timeline_width, height=canvas.timeline_height
    )
    return write(black_frame(canvas), text, _outermost(source), canvas, files)


def draw_moving(
    source: MovingTitle,
    canvas: Canvas,
    files: dict[str, str],
    *,
    first: Fraction,
    frames: int,
) -> Stream:
    """Return frames of a title that moves.

    Args:
        source: the title.
        canvas: that they are as large as.
        files: to which the text is added.
        first: frame of the title; one before or after it looks as the nearest.
        frames: how many.
    """
    text = build_title(
        source.title,
        width=canvas.timeline_width,
        height=canvas.timeline_height,
        shown=nearest_frames(first, frames, of=source.frames),
        frames=source.frames,
        rate=canvas.rate,
    )
    ground = black_frames(frames, canvas)
    drawn = write(ground, text, _outermost(source.title), canvas, files)
    return number_frames(drawn, canvas.rate)


def nearest_frames(first: Fraction, frames: int, *, of: int) -> list[int]:
    """Return which of its frames what moves shows: before and after, the nearest."""
    start = round(first)
    return [min(max(0, start + at), of - 1) for at in range(frames)]


def black_frames(frames: int, canvas: Canvas) -> Stream:
    """Return black frames in RGB, with the times at which text that moves has them."""
    ground = repeat_frame(black_frame(canvas), frames, canvas)
    return ground.filter("settb", expr=f"{FRAME_MS}/1000").filter("setpts", "N")


def black_frame(canvas: Canvas) -> Stream:
    """Return one black frame in RGB."""
    return _colored("#000000", 1.0, canvas.width, canvas.height, canvas)


def _outermost(title: TitleMedia) -> str:
    """Return the colour of the outermost edge of what is written."""
    if title.box_color is not None:
        return title.box_color
    if title.shadow_opacity > 0:
        return title.shadow_color
    return title.outline_color if title.outline > 0 else title.color


def _colored(
    color: str, alpha: float, width: int, height: int, canvas: Canvas
) -> Stream:
    rate = f"{canvas.rate.numerator}/{canvas.rate.denominator}"
    source = open_input(
        f"color=c=0x{color[1:]}@{alpha:g}:s={width}x{height}:r={rate},format=rgba",
        f="lavfi",
    )
    return source["0"].filter("trim", end_frame=1)


def _bars(bars: BarsMedia, canvas: Canvas) -> Stream:
    """Return one frame of bars, in RGB: what of them is below black is black."""
    name, matrix = _BARS[bars.kind]
    rate = f"{canvas.rate.numerator}/{canvas.rate.denominator}"
    source = open_input(
        f"{name}=s={canvas.width}x{canvas.height}:r={rate},format=yuv444p,"
        f"scale=in_color_matrix={matrix}:in_range=tv,format=rgba",
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
