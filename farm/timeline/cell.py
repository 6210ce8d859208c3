"""A cell of a split screen: a part of the picture that a clip is laid into."""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import pairwise
from typing import Annotated, Literal, Self, TypeAlias

from pydantic import AfterValidator, ConfigDict, Field, WithJsonSchema, model_validator
from pydantic.dataclasses import dataclass

from farm.timeline.base import Color, Finite, Model, Text
from farm.timeline.layouts import LAYOUTS, Outline, box_outline, find_cell

Corners: TypeAlias = tuple[tuple[float, float], ...]
"""Clockwise on the screen, in pixels of the timeline."""

_SIDES = {"left": 0.0, "top": 0.0, "center": 0.5, "right": 1.0, "bottom": 1.0}
_SMALLEST = 2.0
"""Pixels of the timeline that a cell is wide and high at least."""


def _check_layout(name: str) -> str:
    find_cell(name, 0)
    return name


LayoutName = Annotated[
    Text,
    AfterValidator(_check_layout),
    WithJsonSchema({"type": "string", "enum": sorted(LAYOUTS)}),
]
_Part = Annotated[Finite, Field(ge=0, le=1)]


class Cell(Model):
    """A cell of a layout, or a box; the clip is fitted into it and cut off at it."""

    layout: LayoutName | None = Field(
        default=None, description="Name of a layout; `index` says which of its cells."
    )
    index: int = Field(
        default=0, ge=0, description="Number of the cell in the layout, from 0."
    )
    x: _Part | None = Field(
        default=None, description="Left edge of a box, 0 to 1 of the picture's width."
    )
    y: _Part | None = Field(
        default=None, description="Top edge of a box, 0 to 1 of the picture's height."
    )
    width: Annotated[Finite, Field(gt=0, le=1)] | None = Field(
        default=None, description="Of a box, as a part of the picture's width."
    )
    height: Annotated[Finite, Field(gt=0, le=1)] | None = Field(
        default=None, description="Of a box, as a part of the picture's height."
    )
    align_x: Literal["left", "center", "right"] = Field(
        default="center",
        description="Where the clip lies in the cell, or what of it is kept (`fill`).",
    )
    align_y: Literal["top", "center", "bottom"] = Field(
        default="center", description="Likewise, up and down."
    )
    gap: Finite = Field(
        default=0, ge=0, le=1000, description="Pixels between cells, half on each side."
    )
    padding: Finite = Field(
        default=0, ge=0, le=1000, description="Pixels to the edge of the picture."
    )
    border: Finite = Field(
        default=0, ge=0, le=1000, description="Width of the cell's border in pixels."
    )
    border_color: Color = "#ffffff"
    background: Color | None = Field(
        default=None,
        description="Colour of what the clip leaves free of the cell; by default what "
        "lies below is seen.",
    )

    @model_validator(mode="after")
    def _check(self) -> Self:
        box = (self.x, self.y, self.width, self.height)
        if self.layout is not None and box != (None,) * 4:
            message = "give either a layout or the box x, y, width and height, not both"
            raise ValueError(message)
        if self.layout is None and None in box:
            message = (
                "needs the name of a layout, or all of x, y, width and height of a box"
            )
            raise ValueError(message)
        self.outline()
        return self

    def outline(self) -> Outline:
        """Return its corners, as parts of width and height.

        Raises:
            ValueError: when the layout has no such cell, or the box leaves the picture.
        """
        if self.layout is not None:
            return find_cell(self.layout, self.index)
        left, top, width, height = (
            _exact(each or 0) for each in (self.x, self.y, self.width, self.height)
        )
        if left + width > 1 or top + height > 1:
            message = "the box leaves the picture: x + width or y + height is over 1"
            raise ValueError(message)
        return box_outline(left, top, left + width, top + height)


@dataclass(frozen=True, slots=True, kw_only=True, config=ConfigDict(extra="forbid"))
class PlacedCell:
    """A cell in pixels of the timeline."""

    corners: Corners
    """Its outer edge, gap and padding taken off."""
    inner: Corners
    """The clip is cut off here: within the border."""
    align_x: float
    """0 left, 1 right."""
    align_y: float
    border_color: str
    background: str | None

    @property
    def has_border(self) -> bool:
        """Whether a border is drawn."""
        return self.inner != self.corners


def place_cell(cell: Cell, width: int, height: int) -> PlacedCell:
    """Lay a cell into a picture.

    Args:
        cell: as written.
        width: of the timeline in pixels; likewise `height`.
        height: see `width`.

    Raises:
        ValueError: when gap, padding and border leave nothing of it.
    """
    outline = cell.outline()
    corners = tuple((float(x * width), float(y * height)) for x, y in outline)
    distances = [
        cell.padding if _is_outer(start, end) else cell.gap / 2
        for start, end in pairwise((*outline, outline[0]))
    ]
    outer = shrink(corners, distances)
    return PlacedCell(
        corners=outer,
        inner=shrink(outer, [cell.border] * len(outer)),
        align_x=_SIDES[cell.align_x],
        align_y=_SIDES[cell.align_y],
        border_color=cell.border_color,
        background=cell.background,
    )


def shrink(corners: Corners, distances: list[float]) -> Corners:
    """Move the edges of a convex outline inward.

    Args:
        corners: clockwise.
        distances: of each edge, from the one that starts at the first corner.

    Raises:
        ValueError: when nothing is left.
    """
    if not any(distances):
        return corners
    edges = list(pairwise((*corners, corners[0])))
    moved = [_moved(edge, by) for edge, by in zip(edges, distances, strict=True)]
    shrunk = tuple(
        _crossing(before, after)
        for before, after in zip([moved[-1], *moved[:-1]], moved, strict=True)
    )
    for (start, end), (was_start, was_end) in zip(
        pairwise((*shrunk, shrunk[0])), edges, strict=True
    ):
        along = (end[0] - start[0]) * (was_end[0] - was_start[0])
        along += (end[1] - start[1]) * (was_end[1] - was_start[1])
        if along < _SMALLEST * math.dist(was_start, was_end):
            message = "gap, padding and border leave nothing of the cell"
            raise ValueError(message)
    return shrunk


def inward(start: tuple[float, float], end: tuple[float, float]) -> tuple[float, float]:
    """Return the unit vector from a clockwise edge to the inside."""
    length = math.dist(start, end)
    return -(end[1] - start[1]) / length, (end[0] - start[0]) / length


_Edge: TypeAlias = tuple[tuple[float, float], tuple[float, float]]


def _moved(edge: _Edge, by: float) -> _Edge:
    (x, y), (to_x, to_y) = edge
    right, down = inward(*edge)
    return (x + by * right, y + by * down), (to_x + by * right, to_y + by * down)


def _crossing(before: _Edge, after: _Edge) -> tuple[float, float]:
    """Return where two lines cross; edges that follow each other always do."""
    (x, y), (to_x, to_y) = before
    (other_x, other_y), (other_to_x, other_to_y) = after
    right, down = to_x - x, to_y - y
    other_right, other_down = other_to_x - other_x, other_to_y - other_y
    along = (other_x - x) * other_down - (other_y - y) * other_right
    along /= right * other_down - down * other_right
    return x + along * right, y + along * down


def _is_outer(start: tuple[Fraction, Fraction], end: tuple[Fraction, Fraction]) -> bool:
    """Whether an edge of a cell lies on the edge of the picture."""
    return any(start[axis] == end[axis] and start[axis] in {0, 1} for axis in (0, 1))


def _exact(part: float) -> Fraction:
    """Return what was meant: a third, where somebody wrote 0.3333."""
    return Fraction(part).limit_denominator(10_000)
