"""Layouts of split screens: where the cells of a picture lie.

A layout is written as a mosaic, row by row: a cell is the box around its letter. Cells
are counted in the order of their letters. The names are those that editors save in
their projects.
"""

from __future__ import annotations

from difflib import get_close_matches
from fractions import Fraction
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Point: TypeAlias = tuple[Fraction, Fraction]
Outline: TypeAlias = tuple[Point, ...]
"""Corners of a convex cell, clockwise on the screen, as parts of width and height."""

_SHAPES: Final = ("landscape", "portrait", "square")
_LETTERS: Final = "abcdefghijklmnopqrstuvwxyz"
#: Columns and rows → the shapes that have the grid; `3x4` lies down where the picture
#: does.
_GRIDS: Final = {
    "2x2": _SHAPES,
    "2x3": ("portrait", "square"),
    "2x3-alt": ("portrait",),
    "3x2": _SHAPES,
    "2x4": ("portrait", "square"),
    "4x2": _SHAPES,
    "3x3": _SHAPES,
    "3x4": _SHAPES,
    "4x3": _SHAPES,
    "4x4": _SHAPES,
    "5x2": ("landscape",),
    "5x5": _SHAPES,
}
_MOSAICS: Final = {
    "1-3-landscape": "ab ac ad",
    "1-3-portrait": "aaa bcd",
    "1-3-square": "ab ac ad",
    "1-3-bottom-landscape": "aaa bcd",
    "1-3-bottom-portrait": "aaa " * 7 + "bcd " * 3,
    "1-3-bottom-square": "aaa bcd",
    "3-1-landscape": "ad bd cd",
    "3-1-portrait": "abc ddd",
    "3-1-square": "ad bd cd",
    "3-1-bottom-landscape": "abc ddd",
    "3-1-right-landscape": "acd bcd",
    "3-1-right-portrait": "ad bd cd",
    "3-1-right-square": "ad bd cd",
    "mixed-1-landscape": "ab ac",
    "mixed-1-portrait": "aa bc",
    "mixed-1-square": "ab ac",
    "mixed-2-landscape": "ac bc",
    "mixed-2-portrait": "ab cc",
    "mixed-2-square": "ac bc",
    "custom-5-1-landscape": "aaabbb aaabbb aaabbb ccddee ccddee",
    "custom-5-1-portrait": "aa aa aa aa bc bc bc de de de",
    "custom-5-2-landscape": "ab ac ad ae",
    "custom-5-2-portrait": "aaaa bcde",
    "custom-5-3-landscape": "accd bcce",
    "custom-5-3-portrait": "ab cc cc de",
    "custom-5-3-square": "accd bcce",
    "custom-5-4-square": "aabbcc .dddd. eeddd.",
    "custom-7-1-square": "aabbcc ddeeff .gggg.",
    "custom-7-2-square": "aabb aacc defg defg",
    "custom-7-3-square": "aabbccddee .ffffgggg.",
    "custom-7-4-square": "aaa bcd efg",
}
_THIRD: Final = Fraction(1, 3)
_NULL, _ONE = Fraction(0), Fraction(1)


def _mosaic(text: str) -> tuple[Outline, ...]:
    """Return the cells of a mosaic.

    A cell is as wide as the box around its letter: a later one may lie over a corner
    of it.
    """
    rows = text.split()
    places = [
        (letter, x, y)
        for y, row in enumerate(rows)
        for x, letter in enumerate(row)
        if letter != "."
    ]
    cells = []
    for letter in sorted({letter for letter, _, _ in places}):
        columns = [x for found, x, _ in places if found == letter]
        lines = [y for found, _, y in places if found == letter]
        left, right = (
            Fraction(at, len(rows[0])) for at in (min(columns), max(columns) + 1)
        )
        top, bottom = (Fraction(at, len(rows)) for at in (min(lines), max(lines) + 1))
        cells.append(box_outline(left, top, right, bottom))
    return tuple(cells)


def _grid(columns: int, rows: int) -> tuple[Outline, ...]:
    return _mosaic(
        " ".join(_LETTERS[row * columns : (row + 1) * columns] for row in range(rows))
    )


def box_outline(
    left: Fraction, top: Fraction, right: Fraction, bottom: Fraction
) -> Outline:
    """Return the corners of a box, clockwise from the upper left."""
    return ((left, top), (right, top), (right, bottom), (left, bottom))


def _diagonal() -> tuple[Outline, ...]:
    """Return what lies left and right of a line from 2/3 above to 1/3 below."""
    above, below = (2 * _THIRD, _NULL), (_THIRD, _ONE)
    return (
        ((_NULL, _NULL), above, below, (_NULL, _ONE)),
        (above, (_ONE, _NULL), (_ONE, _ONE), below),
    )


def _fallen_diagonal() -> tuple[Outline, ...]:
    """Return what lies above and below a line from 1/3 at the left to 2/3."""
    left, right = (_NULL, _THIRD), (_ONE, 2 * _THIRD)
    return (
        ((_NULL, _NULL), (_ONE, _NULL), right, left),
        (left, right, (_ONE, _ONE), (_NULL, _ONE)),
    )


def _all() -> Iterator[tuple[str, tuple[Outline, ...]]]:
    for screens, mark in ((2, ""), (3, "-3"), (4, "-4")):
        for shape in _SHAPES:
            yield f"vertical{mark}-{shape}", _grid(screens, 1)
            yield f"horizontal{mark}-{shape}", _grid(1, screens)
    for shape in _SHAPES:
        yield f"diagonal-{shape}", _diagonal()
    yield "diagonal-vertical-square", _fallen_diagonal()
    for name, shapes in _GRIDS.items():
        columns, rows = (int(side) for side in name.removesuffix("-alt").split("x"))
        for shape in shapes:
            lies = (name, shape) == ("3x4", "landscape")
            yield f"grid-{name}-{shape}", _grid(*((4, 3) if lies else (columns, rows)))
    for name, text in _MOSAICS.items():
        yield name, _mosaic(text)


LAYOUTS: Final[Mapping[str, tuple[Outline, ...]]] = MappingProxyType(
    {f"split-{name}": cells for name, cells in _all()}
)
"""By name; the cells in their order."""


def find_cell(layout: str, index: int) -> Outline:
    """Return a cell of a layout.

    Args:
        layout: name in `LAYOUTS`.
        index: number of the cell, from 0.

    Raises:
        ValueError: says what there is instead.
    """
    cells = LAYOUTS.get(layout)
    if cells is None:
        near = get_close_matches(layout, LAYOUTS, n=3, cutoff=0.5)
        hint = f"; is {' or '.join(repr(name) for name in near)} meant?" if near else ""
        message = f"there is no layout {layout!r}{hint}"
        raise ValueError(message)
    if index >= len(cells):
        message = (
            f"layout {layout!r} has {len(cells)} cells, counted from 0: there is no "
            f"cell {index}"
        )
        raise ValueError(message)
    return cells[index]
