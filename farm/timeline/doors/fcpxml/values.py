"""Values of FCPXML: times as fractions of a second, numbers, colours."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from farm.timeline.doors.notes import Notes
    from farm.timeline.doors.xml import Node

_TIME = re.compile(r"(-?\d{1,18}(?:\.\d{1,12})?)(?:/(\d{1,12}))?s?")
_NUMBER = re.compile(r"-?\d{1,12}(?:\.\d{1,12})?")
ITEMS = (
    *("asset-clip", "clip", "ref-clip", "sync-clip", "mc-clip", "video", "audio"),
    *("title", "gap", "audition", "caption", "spine", "live-drawing"),
)
_LONGEST = 10**9
_CHANNELS = 3


def time_of(node: Node, name: str, notes: Notes) -> Fraction | None:
    """Return an attribute such as ``1001/30000s``; `None` where it is not there."""
    text = node.get(name)
    if text is None:
        return None
    found = _TIME.fullmatch(text.strip())
    if found is None or (found[2] and int(found[2]) == 0):
        notes.refuse(node.place, f"its {name} {text[:40]!r} is no time")
        return None
    time = Fraction(found[1]) / int(found[2] or 1)
    if abs(time) > _LONGEST:
        notes.refuse(node.place, f"its {name} {text[:40]!r} is out of range")
        return None
    return time


def numbers_of(text: str | None) -> list[float]:
    """Return the numbers in an attribute such as ``1 0.5 0 1``."""
    return [float(each) for each in _NUMBER.findall((text or "")[:200])]


def color_of(text: str | None) -> str | None:
    """Return ``1 1 1 1`` as a colour."""
    numbers = numbers_of(text)
    if len(numbers) < _CHANNELS:
        return None
    channels = [round(255 * min(max(each, 0.0), 1.0)) for each in numbers[:_CHANNELS]]
    return "#" + "".join(f"{each:02x}" for each in channels)


def lane_of(node: Node) -> int:
    """Return how far above the main story a clip lies; 0 is in it."""
    text = node.get("lane") or "0"
    digits = text.removeprefix("-")
    return int(text) if digits.isdecimal() and len(digits) < len("10000") else 0
