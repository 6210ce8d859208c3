"""What a render should show and play at known times."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fractions import Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """A place in the picture, and the colour that belongs there."""

    at: Fraction
    x: float
    """0 left to 1 right."""
    y: float
    """0 top to 1 bottom."""
    color: str
    """``#rrggbb``."""
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Bright:
    """A part of the picture that holds light text, or does not."""

    at: Fraction
    top: float
    bottom: float
    is_there: bool
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tone:
    """A tone that sounds at a time, or does not."""

    at: Fraction
    hertz: int
    is_there: bool
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """All that a checked render must be."""

    frames: int
    rate: Fraction
    width: int
    height: int
    sample_rate: int
    samples: int
    looks: tuple[Look, ...] = ()
    brights: tuple[Bright, ...] = ()
    tones: tuple[Tone, ...] = ()
