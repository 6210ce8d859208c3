"""What was measured: values, their median and spread, and what they may be."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pydantic import JsonValue


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One thing measured several times."""

    name: str
    unit: str
    """``s``, ``MB``, ``%``, ``dB``, or ``×`` for a ratio."""
    values: tuple[float, ...]
    most: float | None = None
    """The median may be at most this."""
    least: float | None = None
    """The median must be at least this."""

    @property
    def median(self) -> float:
        """The median of the values."""
        return median(self.values)

    @property
    def is_met(self) -> bool | None:
        """Whether the median is within its bounds; ``None`` without bounds."""
        if self.most is None and self.least is None:
            return None
        return (self.most is None or self.median <= self.most) and (
            self.least is None or self.median >= self.least
        )

    def to_json(self) -> dict[str, JsonValue]:
        """Return all of it as plain data."""
        return {
            "name": self.name,
            "unit": self.unit,
            "median": round(self.median, 4),
            "values": [round(value, 4) for value in self.values],
            "most": self.most,
            "least": self.least,
            "is_met": self.is_met,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What one benchmark found."""

    name: str
    what: str
    """One sentence: what was measured, and how."""
    figures: tuple[Figure, ...]
    details: dict[str, JsonValue]


def ratio(
    name: str, ours: Sequence[float], bare: Sequence[float], *, most: float | None
) -> Figure:
    """Return how many times the other each of two values measured in turn is."""
    values = tuple(one / other for one, other in zip(ours, bare, strict=True))
    return Figure(name=name, unit="×", values=values, most=most)
