"""Compare a finished file with what a platform takes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fractions import Fraction

    from pydantic import JsonValue

    from farm.presets.preset import Limits

_WORDS = {
    "seconds": "it is {found:g} s long, more than the {most:g} s",
    "megabytes": "it has {found:.1f} MB, more than the {most:g} MB",
    "width": "it is {found:g} pixels wide, more than the {most:g}",
    "height": "it is {found:g} pixels high, more than the {most:g}",
    "kbps": "it has {found:.0f} kbit/s, more than the {most:g} kbit/s",
    "fps": "it has {found:g} frames a second, more than the {most:g}",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Compliance:
    """One limit of a platform, and what a file has."""

    limit: str
    """Name of the limit (`farm.presets.preset.Limits`)."""
    most: float
    found: float

    @property
    def is_met(self) -> bool:
        """Whether the file is within the limit."""
        return self.found <= self.most

    def explain(self, preset: str) -> str:
        """Say what is too much."""
        told = _WORDS[self.limit].format(found=self.found, most=self.most)
        return f"{told} that {preset} allows"

    def to_json(self) -> dict[str, JsonValue]:
        """Return it as plain data."""
        return {
            "limit": self.limit,
            "most": self.most,
            "found": self.found,
            "is_met": self.is_met,
        }


def measure_compliance(
    limits: Limits,
    *,
    seconds: Fraction,
    size_bytes: int,
    size: tuple[int, int],
    rate: Fraction,
) -> list[Compliance]:
    """Return each limit that a preset has with what a file has.

    Args:
        limits: of the preset.
        seconds: length of the file.
        size_bytes: of the whole file.
        size: width and height of the picture.
        rate: frames a second.
    """
    found = {
        "seconds": float(seconds),
        "megabytes": size_bytes / 1_000_000,
        "width": size[0],
        "height": size[1],
        "kbps": size_bytes * 8 / 1000 / float(seconds),
        "fps": float(rate),
    }
    wanted = limits.model_dump(exclude_none=True)
    return [
        Compliance(limit=name, most=most, found=round(found[name], 3))
        for name, most in wanted.items()
    ]
