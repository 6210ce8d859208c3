"""The size of the picture, which OpenTimelineIO does not know."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence

_SIZES = range(16, 16385)
_MOST_LOOKED_AT = 10_000


def find_size(*metadata: object) -> tuple[int, int] | None:
    """Return the outermost width and height that metadata name together."""
    waiting, seen = deque(metadata), 0
    while waiting and seen < _MOST_LOOKED_AT:
        value, seen = waiting.popleft(), seen + 1
        if isinstance(value, Mapping):
            held = {str(key).lower(): each for key, each in value.items()}
            width, height = _pixels(held.get("width")), _pixels(held.get("height"))
            if width and height:
                return width, height
            waiting.extend(held.values())
        elif isinstance(value, Sequence) and not isinstance(value, str | bytes):
            waiting.extend(value[:_MOST_LOOKED_AT])
    return None


def _pixels(value: object) -> int | None:
    """Return a number of pixels that a picture may have on a side."""
    text = str(value) if isinstance(value, str | int | float) else ""
    number = int(text) if text.isdecimal() and len(text) <= len("16384") else 0
    return number if number in _SIZES else None
