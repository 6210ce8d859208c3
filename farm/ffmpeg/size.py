"""Sizes of outputs in whole pixels; most formats need even ones."""

from __future__ import annotations

from fractions import Fraction

from farm.timeline.time import round_half_up


def output_size(width: int, height: int, *, lines: int | None) -> tuple[int, int]:
    """Return the even size of an output whose shorter side has so many pixels."""
    factor = Fraction(lines, min(width, height)) if lines else Fraction(1)
    return _even(width * factor), _even(height * factor)


def width_size(width: int, height: int, *, wanted: int | None) -> tuple[int, int]:
    """Return the even size of an output that is so many pixels wide."""
    factor = Fraction(wanted, width) if wanted else Fraction(1)
    return _even(width * factor), _even(height * factor)


def scaled_size(width: int, height: int, *, factor: Fraction) -> tuple[int, int]:
    """Return the even size of an output that is so many times larger."""
    return _even(width * factor), _even(height * factor)


def _even(length: Fraction) -> int:
    return max(2, 2 * round_half_up(length / 2))
