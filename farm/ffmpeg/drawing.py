"""Pictures that are made once and held: colours, titles, stills."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from farm.ffmpeg.colors import color_drawn, to_yuv
from farm.ffmpeg.graph import Stream, number_frames, open_input
from farm.ffmpeg.text import FRAME_MS, build_title
from farm.timeline.clip import ColorMedia

if TYPE_CHECKING:
    from fractions import Fraction

    from farm.ffmpeg.canvas import Canvas, Picture
    from farm.timeline.composition import MovingTitle
    from farm.timeline.title import TitleMedia


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
    start, last = round(first), source.frames - 1
    text = build_title(
        source.title,
        width=canvas.timeline_width,
        height=canvas.timeline_height,
        shown=[min(max(0, start + at), last) for at in range(frames)],
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
