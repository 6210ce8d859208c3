"""A shot in a cell of a split screen: cut off at its edge, with ground and border.

A cell is a small frame of its own: shots are laid into it as into the whole one. What
is no box is cut out by a mask, which is drawn once and held.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

import ffmpeg

from farm.ffmpeg.canvas import Canvas, Picture
from farm.ffmpeg.colors import color_drawn
from farm.ffmpeg.drawing import repeat_frame
from farm.ffmpeg.graph import open_input
from farm.timeline.cell import Corners, PlacedCell, inward

if TYPE_CHECKING:
    from farm.ffmpeg.graph import Stream

_EDGE = 1e-6
_DEEP = 10
#: Options of the filter blend: the first picture, in the alpha of both.
_MULTIPLY_ALPHA = {
    "c0_mode": "normal", "c1_mode": "normal", "c2_mode": "normal",
    "c3_mode": "multiply",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """The box around an outline, in pixels of the output, and the outline in it."""

    x: int
    y: int
    width: int
    height: int
    corners: Corners

    @property
    def slanted(self) -> list[tuple[tuple[float, float], tuple[float, float]]]:
        """Edges that do not run along the box."""
        edges = pairwise((*self.corners, self.corners[0]))
        return [
            (start, end)
            for start, end in edges
            if min(abs(start[0] - end[0]), abs(start[1] - end[1])) > _EDGE
        ]


def cell_canvas(cell: PlacedCell | None, canvas: Canvas) -> Canvas:
    """Return the frame that a shot is laid into."""
    if cell is None:
        return canvas
    place = _inner_place(cell, canvas)
    scale = canvas.pixel_scale
    return replace(
        canvas,
        width=place.width,
        height=place.height,
        timeline_width=max(1, round(place.width / scale)),
        timeline_height=max(1, round(place.height / scale)),
    )


def seat(
    picture: Picture,
    cell: PlacedCell | None,
    canvas: Canvas,
    frames: int,
    files: dict[str, str],
) -> Picture:
    """Bring a picture that was laid into the frame of a cell to its place.

    Args:
        picture: with numbered frames.
        cell: of the shot.
        canvas: the whole frame.
        frames: how many there are.
        files: to which text files are added that the graph reads.
    """
    if cell is None:
        return picture
    inner = _inner_place(cell, canvas)
    if inner.slanted:
        picture = _cut_out(picture, inner, canvas, frames)
    picture = _moved(picture, inner, canvas)
    if not cell.has_border and cell.background is None:
        return picture
    return _on_ground(picture, cell, inner, canvas, frames, files)


def _place(corners: Corners, canvas: Canvas) -> Place:
    scale = float(canvas.pixel_scale)
    across = [x * scale for x, _ in corners]
    down = [y * scale for _, y in corners]
    left, top = _even(min(across)), _even(min(down))
    right, bottom = _even(max(across)), _even(max(down))
    left, top = min(left, canvas.width - 2), min(top, canvas.height - 2)
    width = min(max(right - left, 2), canvas.width - left)
    height = min(max(bottom - top, 2), canvas.height - top)
    inside = tuple((x - left, y - top) for x, y in zip(across, down, strict=True))
    return Place(x=left, y=top, width=width, height=height, corners=inside)


def _inner_place(cell: PlacedCell, canvas: Canvas) -> Place:
    """Return what is within the border, which is seen however small the output."""
    inner = _place(cell.inner, canvas)
    if not cell.has_border:
        return inner
    outer = _place(cell.corners, canvas)
    left, top = max(inner.x, outer.x + 2), max(inner.y, outer.y + 2)
    right = min(inner.x + inner.width, outer.x + outer.width - 2)
    bottom = min(inner.y + inner.height, outer.y + outer.height - 2)
    off_x, off_y = left - inner.x, top - inner.y
    return Place(
        x=left,
        y=top,
        width=max(2, right - left),
        height=max(2, bottom - top),
        corners=tuple((x - off_x, y - off_y) for x, y in inner.corners),
    )


def _even(place: float) -> int:
    """Round to an even number, halves up: what is as wide stays as wide."""
    return 2 * math.floor(place / 2 + 0.5)


def _moved(picture: Picture, place: Place, canvas: Canvas) -> Picture:
    if picture.x >= place.width:  # a hidden speck stays hidden
        return replace(picture, x=canvas.width, y=canvas.height)
    return replace(picture, x=picture.x + place.x, y=picture.y + place.y)


def _cut_out(picture: Picture, place: Place, canvas: Canvas, frames: int) -> Picture:
    """Make transparent what lies beyond slanted edges."""
    if picture.x >= place.width:
        return picture
    pix_fmt = canvas.alpha_pix_fmt
    peak = 2 ** (_DEEP if str(_DEEP) in pix_fmt else 8) - 1
    rate = f"{canvas.rate.numerator}/{canvas.rate.denominator}"
    size = f"{picture.width}x{picture.height}"
    blank = open_input(f"color=c=black:s={size}:r={rate},format={pix_fmt}", f="lavfi")
    covered = _coverage(place, picture.x, picture.y)
    mask = blank["0"].filter("trim", end_frame=1).filter("setsar", 1)
    mask = mask.filter("geq", lum=0, cb=0, cr=0, a=f"{peak}*{covered}")
    # said to be in the picture's colours, or FFmpeg would bring one to the other
    mask = mask.filter("setparams", **canvas.tags)
    stream = ffmpeg.filter(
        [
            picture.stream.filter("format", pix_fmt),
            repeat_frame(mask, frames, canvas),
        ],
        "blend",
        **_MULTIPLY_ALPHA,
    )
    return replace(picture, stream=stream, is_opaque=False)


def _coverage(place: Place, x: int, y: int) -> str:
    """Return how much of pixel (X, Y) lies within the slanted edges, 0 to 1."""
    terms = []
    for start, end in place.slanted:
        right, down = inward(start, end)
        shift = (x + 0.5 - start[0]) * right + (y + 0.5 - start[1]) * down + 0.5
        terms.append(f"clip(X*{right:.6f}+Y*{down:.6f}+{shift:.6f},0,1)")
    return "*".join(terms) or "1"


def _boxed(place: Place, x: int, y: int) -> str:
    """Return whether pixel (X, Y), counted from (x, y), lies in the box, as 0 or 1."""
    left, top = place.x - x, place.y - y
    return (
        f"between(X,{left},{left + place.width - 1})"
        f"*between(Y,{top},{top + place.height - 1})"
    )


def _on_ground(
    picture: Picture,
    cell: PlacedCell,
    inner: Place,
    canvas: Canvas,
    frames: int,
    files: dict[str, str],
) -> Picture:
    """Lay a picture over the cell's border and its own colour."""
    outer = _place(cell.corners, canvas)
    inside = (
        f"{_boxed(inner, outer.x, outer.y)}"
        f"*{_coverage(inner, outer.x - inner.x, outer.y - inner.y)}"
    )
    border = cell.border_color if cell.has_border else cell.background
    ground = cell.background or border
    assert border is not None  # noqa: S101  # one of the two is asked for
    assert ground is not None  # noqa: S101
    plate = _plate(outer, border, ground, inside, cell, canvas)
    drawn = color_drawn(plate, canvas, canvas.alpha_pix_fmt, files).filter("setsar", 1)
    held = repeat_frame(drawn, frames, canvas)
    is_solid = not outer.slanted and cell.background is not None
    held = held.filter("format", canvas.pix_fmt if is_solid else canvas.alpha_pix_fmt)
    if picture.x < canvas.width:
        held = ffmpeg.filter(
            [held, picture.stream],
            "overlay",
            x=picture.x - outer.x,
            y=picture.y - outer.y,
            eof_action="pass",
            repeatlast=0,
            format=canvas.overlay_format,
        ).filter("format", canvas.pix_fmt if is_solid else canvas.alpha_pix_fmt)
    return Picture(
        stream=held,
        width=outer.width,
        height=outer.height,
        x=outer.x,
        y=outer.y,
        is_opaque=is_solid,
    )


def _plate(
    outer: Place,
    border: str,
    ground: str,
    inside: str,
    cell: PlacedCell,
    canvas: Canvas,
) -> Stream:
    """Draw one frame of border and ground, in sRGB."""
    rate = f"{canvas.rate.numerator}/{canvas.rate.denominator}"
    blank = open_input(
        f"color=c=black:s={outer.width}x{outer.height}:r={rate},format=rgba", f="lavfi"
    )["0"].filter("trim", end_frame=1)
    channels = {}
    for at, name in enumerate("rgb"):
        low, high = (int(c[1 + 2 * at : 3 + 2 * at], 16) for c in (border, ground))
        channels[name] = f"{low}+({high - low})*{inside}" if low != high else f"{low}"
    filled = _coverage(outer, 0, 0)
    alpha = filled if cell.background else f"{filled}*(1-{inside})"
    return blank.filter("geq", **channels, a=f"255*{alpha}")
