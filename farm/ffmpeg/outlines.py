"""Outlines of shapes, as points, and as libass draws them."""

from __future__ import annotations

import math
import zlib
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from farm.timeline.element import Element

Point = tuple[float, float]
Outline = list[Point]

_ROUND = 96
"""Corners that a circle is drawn with."""
_INNER = 0.45
_TILES = 16, 9
_EIGHTH = 8
_ARROW_HEAD, _ARROW_SHAFT = 0.45, 0.4
_EVENLY = 180
_PARALLEL = 1e-9


def find_outline(  # noqa: PLR0911  # of each shape
    element: Element, shape: str, size: Point, unit: float
) -> Outline:
    """Return the points of a shape in a box, clockwise.

    Args:
        element: says corners, radius and stroke.
        shape: its name.
        size: width and height of the box in pixels.
        unit: pixels of the timeline that a pixel of the template is.
    """
    width, height = size
    x, y = width / 2, height / 2
    match shape:
        case "circle":
            return _ring(x, y, min(x, y), min(x, y), _ROUND)
        case "ellipse":
            return _ring(x, y, x, y, _ROUND)
        case "triangle":
            return [(x, 0), (width, height), (0, height)]
        case "star":
            return _star(x, y, element.points)
        case "polygon":
            return _ring(x, y, x, y, element.points)
        case "line":
            half = (element.stroke * unit or height) / 2
            return [(0, y - half), (width, y - half), (width, y + half), (0, y + half)]
        case "arrow":
            head, half = min(width, height * 2) * _ARROW_HEAD, height * _ARROW_SHAFT / 2
            neck = width - head
            return [
                (0, y - half), (neck, y - half), (neck, 0), (width, y),
                (neck, height), (neck, y + half), (0, y + half),
            ]  # fmt: skip
        case _:
            return _rectangle(width, height, element.radius * unit)


def find_particles(
    element: Element, size: Point, unit: float, seconds: float
) -> list[Outline]:
    """Return particles at a time: they rise slowly, and begin anew at the foot."""
    width, height = size
    dots = []
    for number in range(element.count):
        noise = zlib.crc32(b"particle %d" % number)
        x, y = noise % 997 / 996, noise // 997 % 991 / 990
        speed, radius = 0.05 + noise // 7 % 89 / 890, 0.5 + noise // 13 % 101 / 100
        risen = (y - speed * seconds) % 1
        sway = 0.02 * math.sin(seconds * (0.5 + speed * 5) + number)
        radius *= (element.radius or 5) * unit
        dots.append(_ring((x + sway) * width, risen * height, radius, radius, 10))
    return dots


def _rectangle(width: float, height: float, radius: float) -> Outline:
    radius = min(radius, width / 2, height / 2)
    if radius <= 0:
        return [(0, 0), (width, 0), (width, height), (0, height)]
    corners = [
        (width - radius, radius, -90),
        (width - radius, height - radius, 0),
        (radius, height - radius, 90),
        (radius, radius, 180),
    ]
    return [
        (
            x + radius * math.cos(math.radians(start + 90 * step / 12)),
            y + radius * math.sin(math.radians(start + 90 * step / 12)),
        )
        for x, y, start in corners
        for step in range(13)
    ]


def _ring(x: float, y: float, wide: float, high: float, corners: int) -> Outline:
    return [
        (
            x + wide * math.sin(2 * math.pi * at / corners),
            y - high * math.cos(2 * math.pi * at / corners),
        )
        for at in range(corners)
    ]


def _star(x: float, y: float, points: int) -> Outline:
    outer = _ring(x, y, x, y, 2 * points)
    inner = _ring(x, y, x * _INNER, y * _INNER, 2 * points)
    return [(inner if at % 2 else outer)[at] for at in range(2 * points)]


def morph(one: Outline, other: Outline, part: float) -> Outline:
    """Return what is between two outlines, at a part of the way from the first."""
    if part <= 0:
        return one
    if part == 1:
        return other
    pairs = zip(_evenly(one), _evenly(other), strict=True)
    return [
        (a[0] + (b[0] - a[0]) * part, a[1] + (b[1] - a[1]) * part) for a, b in pairs
    ]


def _evenly(outline: Outline) -> Outline:
    """Return the outermost points of an outline in each direction from its middle."""
    xs, ys = zip(*outline, strict=True)
    x0, y0 = (min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2
    edges = [*pairwise(outline), (outline[-1], outline[0])]
    found = []
    for number in range(_EVENLY):
        angle = 2 * math.pi * number / _EVENLY
        ray = math.sin(angle), -math.cos(angle)
        far = max((_crossing((x0, y0), ray, *edge) for edge in edges), default=0.0)
        found.append((x0 + ray[0] * far, y0 + ray[1] * far))
    return found


def _crossing(origin: Point, ray: Point, start: Point, end: Point) -> float:
    """Return how far along a ray it meets an edge; 0 where it does not."""
    ex, ey = end[0] - start[0], end[1] - start[1]
    sx, sy = start[0] - origin[0], start[1] - origin[1]
    slope = ray[0] * ey - ray[1] * ex
    if abs(slope) < _PARALLEL:
        return 0.0
    far, along = (sx * ey - sy * ex) / slope, (sx * ray[1] - sy * ray[0]) / slope
    return far if far > 0 and -_PARALLEL <= along <= 1 + _PARALLEL else 0.0


def turn(outline: Outline, around: Point, scale: float, angle: float) -> Outline:
    """Return an outline larger and turned clockwise (degrees) around a point."""
    sine, cosine = math.sin(math.radians(angle)), math.cos(math.radians(angle))
    x0, y0 = around
    return [
        (
            x0 + ((x - x0) * cosine - (y - y0) * sine) * scale,
            y0 + ((x - x0) * sine + (y - y0) * cosine) * scale,
        )
        for x, y in outline
    ]


def find_tiles(box: tuple[float, float, float, float], left: float) -> list[Outline]:
    """Return the tiles of a box that are left of it as it dissolves."""
    x, y, width, height = box
    across, down = _TILES
    order = _tile_order()
    wide, high = width / across, height / down
    tiles = []
    for at in sorted(order[: round(left * len(order))]):
        x0, y0 = x + at % across * wide, y + at // across * high
        tiles.append(
            [(x0, y0), (x0 + wide, y0), (x0 + wide, y0 + high), (x0, y0 + high)]
        )
    return tiles


@cache
def _tile_order() -> tuple[int, ...]:
    """Return the tiles in the order in which they stay: the first stay longest."""
    tiles = range(_TILES[0] * _TILES[1])
    return tuple(sorted(tiles, key=lambda at: (zlib.crc32(b"tile %d" % at), at)))


def draw_path(outlines: Iterable[Sequence[Point]]) -> str:
    """Write outlines as libass draws them, in eighths of a pixel."""
    return " ".join(_strokes(outlines))


def _strokes(outlines: Iterable[Sequence[Point]]) -> Iterator[str]:
    for outline in outlines:
        points = [f"{round(x * _EIGHTH)} {round(y * _EIGHTH)}" for x, y in outline]
        yield f"m {points[0]} l {' '.join(points[1:])}"
