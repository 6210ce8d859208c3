"""Exact times of OpenTimelineIO, which counts in floating-point frames at a rate."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING

from farm.timeline.time import parse_rate

if TYPE_CHECKING:
    from opentimelineio.opentime import RationalTime

    from farm.timeline.doors.notes import Notes

#: A count of frames so near to a whole number is that number.
_WHOLE = 1e-6
_FINEST = 10**6
_LONGEST = 2**53
#: Rates that a picture may have; others count samples or seconds.
_PICTURE_RATES = range(5, 1001)


def exact_rate(rate: float) -> Fraction | None:
    """Return a rate as a fraction, 29.97 as 30000/1001; `None` for what is no rate."""
    if not math.isfinite(rate) or not 0 < rate < _LONGEST:
        return None
    try:
        return parse_rate(float(rate))
    except ValueError:  # samples, or one in many seconds
        return Fraction(rate).limit_denominator(_FINEST) or None


def is_picture_rate(rate: Fraction) -> bool:
    """Whether a picture may have so many frames a second."""
    return _PICTURE_RATES.start <= rate < _PICTURE_RATES.stop


def exact_time(time: RationalTime | None, notes: Notes, place: str) -> Fraction | None:
    """Return a time in exact seconds; refuse one that is no number."""
    if time is None:
        return None
    rate, value = exact_rate(time.rate), float(time.value)
    if rate is None or not math.isfinite(value) or abs(value) > _LONGEST:
        notes.refuse(place, f"a time of {value:g} at the rate {time.rate:g} is no time")
        return None
    whole = round(value)
    if abs(value - whole) <= _WHOLE:
        return whole / rate
    return Fraction(value).limit_denominator(_FINEST) / rate
