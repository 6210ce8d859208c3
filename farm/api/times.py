"""Times as callers write them, turned into exact seconds."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, TypeAlias

from farm.errors import InvalidOption
from farm.timeline.time import parse_time

if TYPE_CHECKING:
    from pydantic import JsonValue

TimeLike: TypeAlias = int | float | str | Fraction
"""Seconds as a number, or text such as ``12.5``, ``25/2`` or ``00:00:12.500``."""
RangeLike: TypeAlias = tuple[TimeLike, TimeLike] | str
"""Start and end, or text ``START:END`` with both written in the same way."""


def read_time(value: TimeLike, *, name: str) -> Fraction:
    """Return a time as exact seconds; raise `InvalidOption` when it is none."""
    try:
        time = parse_time(value)
    except (TypeError, ValueError) as error:
        raise InvalidOption(f"the {name} cannot be used: {error}") from error
    if time < 0:
        raise InvalidOption(f"the {name} {value} lies before 0")
    return time


def read_range(value: RangeLike) -> tuple[Fraction, Fraction]:
    """Return start and end as exact seconds; raise `InvalidOption` when empty."""
    try:
        start, end = _split(value) if isinstance(value, str) else value
    except (TypeError, ValueError) as error:
        raise InvalidOption(
            f"the range {value!r} should be a start and an end, such as (2, 7.5)"
        ) from error
    times = read_time(start, name="range's start"), read_time(end, name="range's end")
    if times[0] >= times[1]:
        raise InvalidOption(
            f"the range {start} to {end} is empty: its end must come after its start"
        )
    return times


def plain_range(value: RangeLike | None) -> JsonValue:
    """Return a range as the record of a job has it; ``None``: there is none."""
    return None if value is None else [str(time) for time in read_range(value)]


def _split(text: str) -> tuple[str, str]:
    """Cut ``A:B`` in the middle: the times may hold colons, both as many."""
    parts = text.split(":")
    if len(parts) % 2 or not all(part.strip() for part in parts):
        raise InvalidOption(
            f"{text!r} is no range; write START:END, such as 2:7.5 or "
            "00:00:02.000:00:00:07.500"
        )
    half = len(parts) // 2
    return ":".join(parts[:half]), ":".join(parts[half:])
