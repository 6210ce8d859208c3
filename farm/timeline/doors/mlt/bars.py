"""Bars for tests: those of SMPTE and of the EBU."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from farm.timeline.doors.mlt.values import number_of, property_of

if TYPE_CHECKING:
    from farm.timeline.doors.xml import Node

#: Types of test cards of frei0r's ``test_pat_B`` that are bars, and of how many.
_CARDS = {0: "full", 3: "ebu", 4: "smpte"}
_TYPES = 8


def bars_of(node: Node) -> dict[str, Any] | None:
    """Return the bars that a producer ``frei0r.test_pat_B`` shows; `None`: no bars."""
    given = property_of(node, "0") or property_of(node, "Type")
    number = number_of(given) if given else 0.0
    if number is None:
        return None
    # Below 1 it is a part of the way through all types.
    kind = _CARDS.get(int(number if number >= 1 else number * _TYPES))
    return None if kind is None else {"type": "bars", "kind": kind}
