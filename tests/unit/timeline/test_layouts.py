"""Layouts of split screens, and cells that are laid into a picture."""

from __future__ import annotations

import math
from collections import Counter
from fractions import Fraction
from itertools import pairwise

import pytest
from pydantic import ValidationError

from farm.timeline.cell import Cell, place_cell
from farm.timeline.layouts import LAYOUTS, Outline

#: Layouts that leave some of the picture free, and how much.
FREE = {
    "split-custom-5-4-square": Fraction(2, 9) - Fraction(1, 18),
    "split-custom-7-1-square": Fraction(1, 9),
    "split-custom-7-3-square": Fraction(1, 10),
}
#: A corner of a cell lies over another cell.
DOUBLE = {"split-custom-5-4-square": Fraction(1, 18)}


def area(outline: Outline) -> Fraction:
    corners = pairwise((*outline, outline[0]))
    return sum((a[0] * b[1] - b[0] * a[1] for a, b in corners), Fraction(0)) / 2


def test_there_are_as_many_layouts_of_each_kind_as_editors_have() -> None:
    kinds = Counter(
        kind if kind in {"vertical", "horizontal", "diagonal", "grid"} else "custom"
        for kind in (name.split("-")[1] for name in LAYOUTS)
    )

    assert len(LAYOUTS) == 83
    assert kinds == {
        "custom": 31, "grid": 30, "vertical": 9, "horizontal": 9, "diagonal": 4
    }  # fmt: skip
    assert {len(cells) for cells in LAYOUTS.values()} == {
        2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 16, 25
    }  # fmt: skip
    assert {name.rsplit("-", 1)[1] for name in LAYOUTS} == {
        "landscape", "portrait", "square"
    }  # fmt: skip


@pytest.mark.parametrize("name", LAYOUTS)
def test_cells_fill_the_picture(name: str) -> None:
    cells = LAYOUTS[name]

    areas = [area(cell) for cell in cells]
    assert all(each > 0 for each in areas), "not clockwise, or without extent"
    filled = 1 - FREE.get(name, Fraction(0)) + DOUBLE.get(name, Fraction(0))
    assert sum(areas) == filled
    assert all(0 <= side <= 1 for cell in cells for corner in cell for side in corner)
    assert len(set(cells)) == len(cells)


@pytest.mark.parametrize(
    ("name", "index", "box"),
    [
        ("split-vertical-3-portrait", 1, ("1/3", 0, "2/3", 1)),
        ("split-horizontal-4-square", 3, (0, "3/4", 1, 1)),
        ("split-grid-3x2-landscape", 3, (0, "1/2", "1/3", 1)),
        ("split-grid-3x4-landscape", 4, (0, "1/3", "1/4", "2/3")),
        ("split-grid-3x4-portrait", 4, ("1/3", "1/4", "2/3", "1/2")),
        ("split-grid-5x5-square", 24, ("4/5", "4/5", 1, 1)),
        ("split-1-3-bottom-portrait", 0, (0, 0, 1, "7/10")),
        ("split-3-1-right-landscape", 2, ("1/3", 0, "2/3", 1)),
        ("split-custom-5-1-landscape", 4, ("2/3", "3/5", 1, 1)),
        ("split-custom-5-4-square", 3, ("1/6", "1/3", "5/6", 1)),
        ("split-custom-7-3-square", 5, ("1/10", "1/2", "1/2", 1)),
    ],
)
def test_a_cell_lies_where_editors_have_it(
    name: str, index: int, box: tuple[str | int, ...]
) -> None:
    outline = LAYOUTS[name][index]

    assert (*outline[0], *outline[2]) == tuple(Fraction(each) for each in box)


def test_gap_padding_and_border_are_taken_off_where_they_lie() -> None:
    cell = Cell(
        layout="split-grid-2x2-landscape", index=1, gap=20, padding=30, border=4
    )

    placed = place_cell(cell, 1000, 800)

    assert placed.corners == ((510, 30), (970, 30), (970, 390), (510, 390))
    assert placed.inner == ((514, 34), (966, 34), (966, 386), (514, 386))
    assert placed.has_border


def test_the_gap_beside_a_diagonal_is_as_wide_as_said() -> None:
    cells = [
        place_cell(Cell(layout="split-diagonal-square", index=at, gap=24), 900, 900)
        for at in (0, 1)
    ]

    left, right = (cell.corners for cell in cells)
    start, end = left[1], left[2]
    other = right[0]
    cross = (end[0] - start[0]) * (other[1] - start[1])
    cross -= (end[1] - start[1]) * (other[0] - start[0])
    assert abs(cross) / math.dist(start, end) == pytest.approx(24)
    assert left[0] == (0, 0)
    assert right[1] == (900, 0)


@pytest.mark.parametrize(
    ("cell", "says"),
    [
        ({}, "needs the name of a layout"),
        ({"x": 0, "y": 0, "width": 1}, "needs the name of a layout, or all of x"),
        ({"layout": "split-grid-2x2-square", "x": 0}, "not both"),
        ({"layout": "split-grid-2x2-sqare"}, "is 'split-grid-2x2-square'"),
        ({"layout": "split-grid-2x2-square", "index": 4}, "has 4 cells, counted from"),
        ({"x": 0.6, "y": 0, "width": 0.6, "height": 1}, "leaves the picture"),
        ({"x": 0, "y": 0, "width": 0, "height": 1}, "greater than 0"),
        ({"x": -0.1, "y": 0, "width": 1, "height": 1}, "greater than or equal to 0"),
    ],
)
def test_what_is_no_cell_is_refused(cell: dict[str, object], says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        Cell.model_validate(cell)


@pytest.mark.parametrize("name", ["split-grid-5x5-square", "split-diagonal-square"])
@pytest.mark.parametrize("taken", [{"border": 500}, {"gap": 999, "padding": 500}])
def test_a_cell_of_which_nothing_is_left_is_refused(
    name: str, taken: dict[str, int]
) -> None:
    cell = Cell.model_validate({"layout": name, **taken})

    with pytest.raises(ValueError, match="leave nothing of the cell"):
        place_cell(cell, 640, 480)
