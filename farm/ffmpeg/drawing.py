"""Pictures that are made once and held: colours, titles, stills."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from farm.ffmpeg.canvas import SCALE_FLAGS, Canvas, Picture
from farm.ffmpeg.graph import Stream, number_frames, open_input
from farm.ffmpeg.text import build_title
from farm.timeline.clip import ColorMedia

if TYPE_CHECKING:
    from farm.timeline.clip import TitleMedia


def plain_canvas(color: str, frames: int, canvas: Canvas) -> Stream:
    """Return frames of one colour."""
    drawn = _colored(color, 1.0, canvas.width, canvas.height, canvas)
    return repeat_frame(_to_yuv(drawn, canvas.pix_fmt), frames, canvas)


def draw(
    source: ColorMedia | TitleMedia, canvas: Canvas, files: dict[str, str]
) -> Stream:
    """Return one frame of a colour or a title, as large as the frame."""
    if isinstance(source, ColorMedia):
        return _to_yuv(
            _colored(source.color, 1.0, canvas.width, canvas.height, canvas),
            canvas.pix_fmt,
        )
    name = f"title-{len(files)}.ass"
    files[name] = build_title(
        source, width=canvas.timeline_width, height=canvas.timeline_height
    )
    # The ground has the colour of the outermost edge, so that the soft edge of the
    # letters is not mixed with black.
    edge = source.outline_color if source.outline > 0 else source.color
    ground = _colored(edge, 0.0, canvas.width, canvas.height, canvas)
    drawn = ground.filter("ass", name, alpha=1, fontsdir="fonts")
    return _to_yuv(drawn, canvas.alpha_pix_fmt)


def _colored(
    color: str, alpha: float, width: int, height: int, canvas: Canvas
) -> Stream:
    rate = f"{canvas.rate.numerator}/{canvas.rate.denominator}"
    source = open_input(
        f"color=c=0x{color[1:]}@{alpha:g}:s={width}x{height}:r={rate},format=rgba",
        f="lavfi",
    )
    return source["0"].filter("trim", end_frame=1)


def _to_yuv(stream: Stream, pix_fmt: str) -> Stream:
    return (
        stream.filter(
            "scale", flags=SCALE_FLAGS, out_color_matrix="bt709", out_range="tv"
        )
        .filter("format", pix_fmt)
        .filter("setsar", 1)
    )


def hold(picture: Picture, frames: int, canvas: Canvas) -> Picture:
    """Show the first frame of a picture for a while."""
    return replace(picture, stream=repeat_frame(picture.stream, frames, canvas))


def repeat_frame(stream: Stream, frames: int, canvas: Canvas) -> Stream:
    """Show the first frame for a while, without making it again."""
    held = stream.filter("trim", end_frame=1).filter("loop", loop=-1, size=1)
    return number_frames(held, canvas.rate).filter("trim", end_frame=frames)
