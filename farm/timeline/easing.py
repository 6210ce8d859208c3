"""How movements begin and end.

Easings are those of CSS (css-easing-1); the others Robert Penner's: `quad` to `circ` in
and out, `back`, `elastic` and `bounce` out.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_STEPS = 40
_OVERSHOOT = 1.70158


def ease(easing: str, part: float) -> float:
    """Return how far an eased movement is after a part of its time, both 0 to 1."""
    if part in {0.0, 1.0}:
        return part
    if easing == "elastic":
        wave = math.sin((part * 10 - 0.75) * 2 * math.pi / 3)
        return math.pow(2, -10 * part) * wave + 1
    if easing == "bounce":
        return bounce_back(part)
    if easing == "back":
        rest = part - 1
        return 1 + (_OVERSHOOT + 1) * rest**3 + _OVERSHOOT * rest**2
    if easing in _HALVES:
        half = _HALVES[easing]
        return half(2 * part) / 2 if part < 1 / 2 else 1 - half(2 - 2 * part) / 2
    return _bezier(*_BEZIERS[easing], part)


_BEZIERS = {
    "linear": (0.0, 0.0, 1.0, 1.0),
    "ease": (0.25, 0.1, 0.25, 1.0),
    "ease-in": (0.42, 0.0, 1.0, 1.0),
    "ease-out": (0.0, 0.0, 0.58, 1.0),
    "ease-in-out": (0.42, 0.0, 0.58, 1.0),
}


def _bezier(x1: float, y1: float, x2: float, y2: float, part: float) -> float:
    def at(first: float, second: float, along: float) -> float:
        rest = 1 - along
        return 3 * rest * rest * along * first + 3 * rest * along**2 * second + along**3

    low, high = 0.0, 1.0
    for _ in range(_STEPS):
        middle = (low + high) / 2
        low, high = (middle, high) if at(x1, x2, middle) < part else (low, middle)
    return at(y1, y2, low)


#: The first half of movements that start and end slowly, 0 to 1.
_HALVES: dict[str, Callable[[float], float]] = {
    "quad": lambda part: part**2,
    "cubic": lambda part: part**3,
    "quart": lambda part: part**4,
    "quint": lambda part: part**5,
    "sine": lambda part: 1 - math.cos(part * math.pi / 2),
    "expo": lambda part: math.pow(2, 10 * part - 10) if part > 0 else 0.0,
    "circ": lambda part: 1 - math.sqrt(max(0.0, 1 - part**2)),
}


def bounce_back(part: float) -> float:
    """Return how far something has fallen that bounces three times, 0 to 1."""
    for end, middle, lift in (
        (1 / 2.75, 0, 0),
        (2 / 2.75, 1.5, 0.75),
        (2.5 / 2.75, 2.25, 0.9375),
        (math.inf, 2.625, 0.984375),
    ):
        if part < end:
            return 7.5625 * (part - middle / 2.75) ** 2 + lift
    raise AssertionError
