"""Values of MLT: properties, times, colours, keyframes and rectangles."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from farm.timeline.doors.remap import in_order
from farm.timeline.doors.xml import children
from farm.timeline.time import round_half_up

if TYPE_CHECKING:
    from farm.timeline.doors.remap import Points
    from farm.timeline.doors.xml import Node

_CLOCK = re.compile(r"(\d{1,5}):(\d{1,2}):(\d{1,2})(?:[.,](\d{1,9})|:(\d{1,3}))?")
_FRAMES = re.compile(r"-?\d{1,10}")
_HEX = re.compile(r"(?:0x|#)([0-9a-fA-F]{6}|[0-9a-fA-F]{8})")
_NAMES = {
    "black": "#000000",
    "white": "#ffffff",
    "red": "#ff0000",
    "green": "#00ff00",
    "blue": "#0000ff",
    "transparent": None,
}
_NUMBER = re.compile(r"-?\d{1,12}(?:\.\d{1,15})?(?:[eE]-?\d{1,2})?%?")
_MOST_KEYS = 10_000
_OPAQUE = 255


def property_of(node: Node, name: str) -> str:
    """Return a property, which is a child or an attribute."""
    for each in children(node, "property"):
        if each.get("name") == name:
            return (each.text or each.get("value") or "").strip()
    return (node.get(name) or "").strip()


def frames_of(text: str | None, rate: Fraction) -> int | None:
    """Return a time, which is a count of frames or a clock; `None` for none."""
    if not text:
        return None
    text = text.strip()
    if _FRAMES.fullmatch(text):
        return int(text)
    clock = _CLOCK.fullmatch(text)
    if clock is None:
        return None
    hours, minutes, seconds, part, frames = clock.groups()
    whole = int(hours) * 3600 + int(minutes) * 60 + int(seconds)
    time = whole + Fraction(f"0.{part}" if part else 0)
    return round_half_up(time * rate) + int(frames or 0)


def color_of(text: str) -> tuple[str, float] | None:
    """Return a colour and how opaque it is; `None` for what is no colour."""
    text = text.strip()
    if text.lower() in _NAMES:
        named = _NAMES[text.lower()]
        return (named, 1.0) if named else ("#000000", 0.0)
    found = _HEX.fullmatch(text)
    if found is None:
        return None
    digits = found[1].lower()
    if len(digits) == len("rrggbb"):
        return f"#{digits}", 1.0
    if text.startswith("#"):  # written as alpha, red, green, blue
        digits = digits[2:] + digits[:2]
    return f"#{digits[:6]}", int(digits[6:], 16) / _OPAQUE


@dataclass(frozen=True, slots=True)
class Key:
    """The value of a property at a frame; ``None``: it never changes."""

    frame: int | None
    value: str
    is_held: bool = False


def keys_of(text: str, rate: Fraction) -> list[Key]:
    """Return the values over time of ``TIME=VALUE;TIME|=VALUE`` or of one value."""
    found = []
    for part in text.split(";")[:_MOST_KEYS]:
        time, equals, value = part.partition("=")
        if not part.strip():
            continue
        if not equals:
            found.append(Key(None, part.strip()))
            continue
        mark = time[-1:] if time[-1:] in "|~!$" else ""
        frame = frames_of(time.rstrip("|~!$abcdefghijABCDEFGHIJ"), rate)
        found.append(Key(frame or 0, value.strip(), is_held=mark == "|"))
    return found


def time_map(node: Node, rate: Fraction) -> Points:
    """Return what a chain's link ``timeremap`` says: seconds of the film over time."""
    for link in children(node, "link"):
        if property_of(link, "mlt_service") != "timeremap":
            continue
        if property_of(link, "disable") == "1":
            continue
        keys = keys_of(property_of(link, "time_map"), rate)
        values = [number_of(key.value) for key in keys]
        points = in_order(
            [
                (key.frame / rate, Fraction(value).limit_denominator(1_000_000))
                for key, value in zip(keys, values, strict=True)
                if key.frame is not None and value is not None
            ]
        )
        if len(points) > 1:
            return points
    return []


def number_of(text: str) -> float | None:
    """Return a number, of which a percent sign is a hundredth."""
    text = text.strip()
    if not _NUMBER.fullmatch(text):
        return None
    return float(text.rstrip("%")) / (100 if text.endswith("%") else 1)


def rect_of(text: str, width: int, height: int) -> tuple[float, ...] | None:
    """Return x, y, width, height and opacity of a rectangle, in parts of the picture.

    Either ``X Y W H [OPACITY]`` in pixels or percent, or ``X/Y:WxH[:OPACITY]``.
    """
    parts = re.split(r"[\s:/x]+", text.strip().replace(",", "."))
    if not 4 <= len(parts) <= 5:  # noqa: PLR2004  # a rectangle
        return None
    sides = (width, height, width, height)
    found: list[float] = []
    for part, side in zip(parts, sides, strict=False):
        number = number_of(part)
        if number is None:
            return None
        found.append(number if part.endswith("%") else number / side)
    opacity = number_of(parts[4]) if len(parts) > 4 else 1.0  # noqa: PLR2004
    if opacity is None:
        return None
    is_geometry = "/" in text and not parts[-1].endswith("%")
    return (*found, min(max(opacity / 100 if is_geometry else opacity, 0.0), 1.0))
