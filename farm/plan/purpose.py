"""What frames are taken for, and what is usual then."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from farm.errors import InvalidOption


@dataclass(frozen=True, slots=True, kw_only=True)
class Purpose:
    """Usual options of `farm frames` for one use."""

    strategy: str
    every: Fraction = Fraction(1)
    width: int | None = None
    format: str = "jpg"
    limit: int | None = None


PURPOSES: dict[str, Purpose] = {
    "timeline-preview": Purpose(
        strategy="combined", every=Fraction(1, 2), width=160, limit=200
    ),
    "object-detection": Purpose(strategy="interval", width=1280, format="png"),
    "scene-recognition": Purpose(strategy="scenes", width=960, limit=500),
    "text-recognition": Purpose(strategy="interval", width=1920, format="png"),
    "subtitle-analysis": Purpose(strategy="subtitles", width=1920, format="png"),
    "screenshot": Purpose(strategy="interval", format="png"),
}


def find_purpose(name: str | None) -> Purpose:
    """Return the usual options of a use; those of none in particular without one."""
    if name is None:
        return Purpose(strategy="interval")
    if name not in PURPOSES:
        message = f"there is no purpose {name}; there are: {', '.join(PURPOSES)}"
        raise InvalidOption(message)
    return PURPOSES[name]
