"""Bars for tests: those of SMPTE and of the EBU, as rectangles of a template."""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING, Any

from farm.timeline.doors.mlt.values import number_of, property_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from farm.timeline.doors.xml import Node

#: White, yellow, cyan, green, magenta, red, blue, black: what is on of each.
_ON = (
    (1, 1, 1), (1, 1, 0), (0, 1, 1), (0, 1, 0),
    (1, 0, 1), (1, 0, 0), (0, 0, 1), (0, 0, 0),
)  # fmt: skip
_FULL, _THREE_QUARTERS = 255, 191
_BLACK = "#131313"
#: Of SMPTE's bars, below those of colour: minus I, white, plus Q, and the steps by
#: which a screen's black is set; each with its share of the width, in parts of 84.
_BELOW = (
    ("#00214c", 15), ("#ffffff", 15), ("#32006a", 15), (_BLACK, 15),
    ("#090909", 4), (_BLACK, 4), ("#1d1d1d", 4), (_BLACK, 12),
)  # fmt: skip
_EQUAL = 12
#: Beyond the edges of the picture, which soft edges would darken.
_OVER = 0.01
#: Types of test cards of frei0r's ``test_pat_B``.
_FULL_BARS, _EBU, _SMPTE, _TYPES = 0, 3, 4, 8


def bars_of(node: Node) -> dict[str, Any] | None:
    """Return the bars that a producer ``frei0r.test_pat_B`` shows; `None`: no bars."""
    given = property_of(node, "0") or property_of(node, "Type")
    number = number_of(given) if given else 0.0
    if number is None:
        return None
    # Below 1 it is a part of the way through all types.
    card = int(number if number >= 1 else number * _TYPES)
    if card not in {_FULL_BARS, _EBU, _SMPTE}:
        return None
    elements = _smpte() if card == _SMPTE else _plain(card == _EBU)
    return {"type": "template", "elements": list(elements)}


def _plain(is_ebu: bool) -> Iterator[dict[str, Any]]:  # noqa: FBT001  # one use
    level = _THREE_QUARTERS if is_ebu else _FULL
    colors = ["#ffffff", *(_color(on, level) for on in _ON[1:])]
    yield from _row([(color, 1) for color in colors], 0)


def _smpte() -> Iterator[dict[str, Any]]:
    colors = [_color(on, _THREE_QUARTERS) for on in _ON[:-1]]
    yield from _row([(color, _EQUAL) for color in colors], 0)
    turned = [
        _BLACK if number % 2 else color for number, color in enumerate(colors[::-1])
    ]
    yield from _row([(color, _EQUAL) for color in turned], 2 / 3)
    yield from _row(_BELOW, 3 / 4)


def _color(on: Sequence[int], level: int) -> str:
    return "#" + "".join(f"{level * each:02x}" for each in on)


def _row(bars: Sequence[tuple[str, int]], top: float) -> Iterator[dict[str, Any]]:
    """Yield bars side by side; each goes on below the next, so that no gap is seen."""
    ends = [0, *accumulate(share for _, share in bars)]
    for (color, _), start in zip(bars, ends, strict=False):
        left = start / ends[-1] if start else -_OVER
        yield {
            "kind": "shape",
            "color": color,
            "x": left,
            "y": top or -_OVER,
            "width": 1 + _OVER - left,
            "height": 1 + _OVER - (top or -_OVER),
        }
