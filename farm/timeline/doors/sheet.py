"""What a foreign timeline shows, each piece at its time, and how nests are raised."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic import JsonValue

Level = tuple[int, ...]
"""Where a piece lies: larger is higher; of a nest, its own level and that within."""


MOST_PIECES = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """Something that is seen or heard from one time to another."""

    place: str
    kind: str
    """``video``, ``audio`` or ``caption``."""
    level: Level
    start: Fraction
    length: Fraction
    media: Mapping[str, JsonValue]
    source: Fraction = Fraction(0)
    """Seconds of the file at which what it shows begins."""
    speed: Fraction = Fraction(1)
    backwards: bool = False
    """Whether it shows the last of that first."""
    freeze: Fraction | None = None
    """Seconds of the file: this frame is held instead."""
    name: str = ""
    enabled: bool = True
    fields: Mapping[str, Any] = field(default_factory=dict)
    """Further fields of a clip of the document."""

    @property
    def end(self) -> Fraction:
        """Time at which it ends."""
        return self.start + self.length

    def part(self, skipped: Fraction, length: Fraction) -> Piece:
        """Return so much of it, after some; less than nothing is what lies before."""
        left = self.length - skipped - length
        return replace(
            self,
            start=self.start + skipped,
            length=length,
            source=self.source + (left if self.backwards else skipped) * self.speed,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Join:
    """A transition around a cut."""

    place: str
    track: str
    """``video`` or ``audio``."""
    level: Level
    at: Fraction
    before: Fraction
    after: Fraction
    kind: str = "dissolve"


@dataclass(slots=True, kw_only=True)
class Sheet:
    """Pieces and transitions that were found."""

    pieces: list[Piece] = field(default_factory=list)
    joins: list[Join] = field(default_factory=list)
    tracks: dict[tuple[str, Level], dict[str, Any]] = field(default_factory=dict)
    """Fields of the track of a kind at a level."""

    def add(self, other: Sheet) -> None:
        """Take over what another has."""
        self.pieces += other.pieces
        self.joins += other.joins
        self.tracks |= other.tracks


def level_of(*steps: int) -> Level:
    """Return a level: a nest at 0 within a nest at 0 is the same track."""
    found = list(steps)
    while found and found[-1] == 0:
        found.pop()
    return tuple(found)


def raise_sheet(sheet: Sheet, under: Level) -> Sheet:
    """Return a nest on the level that it has on the timeline around it."""
    return Sheet(
        pieces=[replace(p, level=level_of(*under, *p.level)) for p in sheet.pieces],
        joins=[replace(j, level=level_of(*under, *j.level)) for j in sheet.joins],
        tracks={
            (kind, level_of(*under, *level)): fields
            for (kind, level), fields in sheet.tracks.items()
        },
    )


def without(fields: Mapping[str, Any], *names: str) -> dict[str, Any]:
    """Return the fields without some."""
    return {key: value for key, value in fields.items() if key not in names}
