"""Picture and clock of projects: frame rates and sizes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from farm.timeline.time import parse_rate, show_value

if TYPE_CHECKING:
    from fractions import Fraction

    from farm.timeline.doors.fields import Fields


def read_rate(fields: Fields, *names: str) -> Fraction | None:
    """Return a frame rate; what is none is a problem."""
    value = fields.raw(*names)
    if value is None or value == "timeline":
        return None
    try:
        return parse_rate(value)
    except ValueError as error:
        fields.refuse(str(error), next(n for n in names if fields.raw(n) is not None))
        return None


def read_size(fields: Fields, *names: str) -> tuple[int, int] | None:
    """Return a size: ``[w, h]``, ``{"width", "height"}`` or ``"1920x1080"``."""
    value = fields.raw(*names)
    if isinstance(value, str):
        value = value.lower().split("x")
    if isinstance(value, dict):
        value = [value.get("width"), value.get("height")]
    if value is None:
        return None
    try:
        width, height = (int(each) for each in value)
    except (TypeError, ValueError, OverflowError):
        width = height = 0
    if width == height == 0 and isinstance(fields.raw(*names), dict):
        return None  # the usual of a size that nobody set
    if not (2 <= width <= 16384 and 2 <= height <= 16384):  # noqa: PLR2004  # of FFmpeg
        fields.refuse(
            f"should be 2 to 16384 pixels wide and high, is {show_value(str(value))}",
            next(name for name in names if fields.raw(name) is not None),
        )
        return None
    return width, height
