"""Exact time: seconds as fractions, frames as whole numbers at a rate."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Annotated

from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema

_CLOCK = re.compile(r"(?:(\d{1,6}):)?(\d{1,2}):(\d{1,2}(?:\.\d{1,12})?)")

#: Rates that people write with two or three decimals, and what they mean (SMPTE).
_WRITTEN_RATES = {
    Fraction("23.976"): Fraction(24000, 1001),
    Fraction("23.98"): Fraction(24000, 1001),
    Fraction("29.97"): Fraction(30000, 1001),
    Fraction("47.952"): Fraction(48000, 1001),
    Fraction("47.95"): Fraction(48000, 1001),
    Fraction("59.94"): Fraction(60000, 1001),
    Fraction("119.88"): Fraction(120000, 1001),
}

_LONGEST = 10**9
_FINEST = 10**9
#: Contains all rates in use; FFmpeg's own fractions are of 32 bits.
_FINEST_RATE = 1001
#: Times a rate of 120000/1001 it still is a fraction of 32 bits.
_FINEST_SPEED = 10_000
#: Characters of a number, and of one shown in a message.
_LONGEST_TEXT = 60
_MOST_ZEROS = 30

_TIMES = "a time; write 12.5, 25/2 or 00:00:12.500"
_RATES = "a frame rate; write 25, 30000/1001 or 29.97"
_SPEEDS = "a speed; write 2, 1/2 or 0.5"


def parse_time(value: object) -> Fraction:
    """Read seconds: a number, a decimal, ``"7/3"`` or ``"HH:MM:SS.mmm"``.

    Raises:
        ValueError: when it is none of these, or not a finite number.
    """
    clock = _CLOCK.fullmatch(value.strip()) if isinstance(value, str) else None
    if clock:
        hours, minutes, seconds = clock.groups()
        time = int(hours or 0) * 3600 + int(minutes) * 60 + Fraction(seconds)
    else:
        time = _parse_number(value, _TIMES)
    if abs(time) > _LONGEST:
        message = f"{show_value(value)} is out of range for a time"
        raise ValueError(message)
    return time.limit_denominator(_FINEST)


def parse_rate(value: object) -> Fraction:
    """Read frames per second: ``25``, ``"30000/1001"`` or ``29.97`` (= 30000/1001)."""
    written = _parse_number(value, _RATES)
    rate = _WRITTEN_RATES.get(written) or written.limit_denominator(_FINEST_RATE)
    if not Fraction(1, 10) <= rate <= 1000:  # noqa: PLR2004
        message = f"{show_value(value)} is no frame rate between 0.1 and 1000"
        raise ValueError(message)
    return rate


def parse_speed(value: object) -> Fraction:
    """Read how many times as fast: ``2``, ``"1/2"`` or ``0.5``."""
    return _parse_number(value, _SPEEDS).limit_denominator(_FINEST_SPEED)


def show_value(value: object) -> str:  # noqa: PLR0911  # one for each type
    """Write what somebody gave for a message, shortened."""
    match value:
        case dict():
            return "an object"
        case list() | tuple():
            return "a list"
        case str() if len(value) > _LONGEST_TEXT:
            return repr(f"{value[: _LONGEST_TEXT - 1]}…")
        case str():
            return repr(value)
        case None:
            return "null"
        case bool():
            return str(value).lower()
        case _:
            pass
    try:
        shown = str(value)
    except ValueError:  # a whole number of more than 4300 digits
        return "a very large number"
    return shown if len(shown) <= _LONGEST_TEXT else "a very long number"


def _parse_number(value: object, what: str) -> Fraction:
    if isinstance(value, Fraction):
        return value
    message = f"{show_value(value)} is not {what}"
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        raise ValueError(message)  # noqa: TRY004  # pydantic turns ValueErrors into problems
    if isinstance(value, int):
        return Fraction(value)
    text = str(value).strip()
    if len(text) > _LONGEST_TEXT:
        raise ValueError(message)
    try:
        if "/" in text:
            return Fraction(text)
        number = Decimal(text)
    except (ValueError, ZeroDivisionError, InvalidOperation) as error:
        raise ValueError(message) from error
    # 1e999999999 is short to write, but no computer holds it as a fraction
    if not number.is_finite() or (number and abs(number.adjusted()) > _MOST_ZEROS):
        raise ValueError(message)
    return Fraction(number)


def round_half_up(value: Fraction) -> int:
    """Round to the nearest whole number, halves up."""
    return (2 * value.numerator + value.denominator) // (2 * value.denominator)


def to_frames(time: Fraction, rate: Fraction) -> int:
    """Return the frame boundary nearest to a time."""
    return round_half_up(time * rate)


def to_samples(frames: int, *, rate: Fraction, sample_rate: int) -> int:
    """Return the sample at which a frame starts (nearest; exact over any length)."""
    return round_half_up(frames / rate * sample_rate)


def show_time(time: Fraction) -> str:
    """Write a time for people, in seconds with up to three decimals."""
    return f"{float(time):.3f}".rstrip("0").rstrip(".") + " s"


_DECIMAL = r"(\d+(\.\d*)?|\.\d+)"
#: For the published schema: what a time, a rate and a speed look like as text.
_TIME_TEXT = rf"^\s*({_DECIMAL}|\d+/\d+|(\d+:)?\d{{1,2}}:\d{{1,2}}(\.\d+)?)\s*$"
_RATIO_TEXT = rf"^\s*({_DECIMAL}|\d+/\d+)\s*$"
_NUMBER = {"type": ["number", "string"]}

Seconds = Annotated[
    Fraction,
    BeforeValidator(parse_time),
    PlainSerializer(str, return_type=str),
    WithJsonSchema(
        {
            **_NUMBER,
            "pattern": _TIME_TEXT,
            "description": 'Seconds, exact: 12.5, "25/2" or "00:00:12.500".',
            "examples": [12.5, "25/2", "00:00:12.500"],
        }
    ),
]
Rate = Annotated[
    Fraction,
    BeforeValidator(parse_rate),
    PlainSerializer(str, return_type=str),
    WithJsonSchema(
        {
            **_NUMBER,
            "pattern": _RATIO_TEXT,
            "minimum": 0.1,
            "maximum": 1000,
            "description": 'Frames per second: 25, "30000/1001" or 29.97, '
            "which means the same.",
            "examples": [25, "30000/1001", 29.97],
        }
    ),
]
Speed = Annotated[
    Fraction,
    BeforeValidator(parse_speed),
    PlainSerializer(str, return_type=str),
    WithJsonSchema(
        {
            **_NUMBER,
            "pattern": _RATIO_TEXT,
            "description": 'Times as fast: 2, "1/2" or 0.5.',
            "examples": [2, "1/2", 0.5],
        }
    ),
]
