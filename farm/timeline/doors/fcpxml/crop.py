"""Crops of FCPXML: trimmed, brought to the full size, or a way over the film."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from farm.timeline.doors.fcpxml.values import numbers_of
from farm.timeline.doors.xml import children

if TYPE_CHECKING:
    from collections.abc import Mapping
    from fractions import Fraction

    from farm.timeline.doors.notes import Notes
    from farm.timeline.doors.xml import Node

_SIDES = ("left", "top", "right", "bottom")
_HEIGHT = 100
"""Crops count in parts of the film's height, sideways, too: 100 is all of it."""
_LEAST = 2

Size = tuple[int, int]


def read_crop(
    node: Node,
    fields: Mapping[str, Any],
    film: Size,
    screen: Size,
    length: Fraction,
    notes: Notes,
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return fields and keyframes of a clip.

    Args:
        node: the crop.
        fields: of the clip, as far as they are known.
        film: width and height of what is cropped.
        screen: width and height of the picture.
        length: how long the clip is seen.
        notes: where it is told what is not shown.
    """
    mode = node.get("mode") or "trim"
    rects = [_rect(each, film) for each in children(node, f"{mode}-rect")]
    if any(each.find("param") is not None for each in children(node)):
        notes.warn(node.place, "its crop changes over time; one crop is kept")
    if not rects or min(_left_over(each, film) for each in rects) < _LEAST:
        notes.warn(node.place, "its crop leaves nothing, or is not known: left out")
        return {}, {}
    if mode == "pan":
        return {}, _way(rects[0], rects[-1], film, screen, length)
    rect = rects[0]
    found: dict[str, Any] = {
        "crop": {side: max(round(each), 0) for side, each in rect.items()}
    }
    if not any(found["crop"].values()):
        return {}, {}
    if mode == "trim" and fields.get("fit", "fit") == "fit":
        found["transform"] = _kept(rect, fields.get("transform", {}), film, screen)
    return found, {}


def _rect(node: Node, film: Size) -> dict[str, float]:
    """Return the pixels of the film that are cut off each side."""
    given = {side: (numbers_of(node.get(side)) or [0.0])[0] for side in _SIDES}
    return {side: value * film[1] / _HEIGHT for side, value in given.items()}


def _left_over(rect: Mapping[str, float], film: Size) -> float:
    return min(_sides(rect, film))


def _sides(rect: Mapping[str, float], film: Size) -> tuple[float, float]:
    return (
        film[0] - rect["left"] - rect["right"],
        film[1] - rect["top"] - rect["bottom"],
    )


def _fitted(size: tuple[float, float], screen: Size) -> float:
    """Return how many times as large a picture is when it fits the screen."""
    return min(screen[0] / size[0], screen[1] / size[1])


def _shift(rect: Mapping[str, float]) -> tuple[float, float]:
    """Return how far the middle of what is left lies from that of the film."""
    return (rect["left"] - rect["right"]) / 2, (rect["top"] - rect["bottom"]) / 2


def _kept(
    rect: Mapping[str, float], transform: Mapping[str, float], film: Size, screen: Size
) -> dict[str, float]:
    """Return the transform by which what is left stays where it was."""
    usual = _fitted(film, screen)
    scale, turn = transform.get("scale", 1.0), transform.get("rotation", 0.0)
    x, y = (each * usual * scale for each in _shift(rect))
    angle = math.radians(turn)
    right = x * math.cos(angle) - y * math.sin(angle)
    down = x * math.sin(angle) + y * math.cos(angle)
    size = scale * usual / _fitted(_sides(rect, film), screen)
    return {
        "x": min(max(transform.get("x", 0.5) + right / screen[0], -10.0), 10.0),
        "y": min(max(transform.get("y", 0.5) + down / screen[1], -10.0), 10.0),
        "scale": min(max(size, 0.001), 50.0),
        "rotation": turn,
    }


def _way(
    first: Mapping[str, float],
    last: Mapping[str, float],
    film: Size,
    screen: Size,
    length: Fraction,
) -> dict[str, Any]:
    """Return the keyframes of a way from one part of a film to another."""
    moves: dict[str, list[dict[str, Any]]] = {"scale": [], "x": [], "y": []}
    usual = _fitted(film, screen)
    for time, rect in ((0, first), (length, last)):
        scale = _fitted(_sides(rect, film), screen) / usual
        right, down = (each * usual * scale for each in _shift(rect))
        values = {
            "scale": scale, "x": 0.5 - right / screen[0], "y": 0.5 - down / screen[1]
        }  # fmt: skip
        for name, value in values.items():
            key = {"time": str(time), "value": value, "easing": "ease_in_out"}
            moves[name].append(key)
    still = {name for name, (a, b) in moves.items() if a["value"] == b["value"]}
    return {name: keys[:1] if name in still else keys for name, keys in moves.items()}
