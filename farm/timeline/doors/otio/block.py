"""What an item of OpenTimelineIO shows, and where it lies."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING

import opentimelineio as otio

from farm.timeline.doors.catalogue import NoCatalogue

if TYPE_CHECKING:
    from collections.abc import Callable

    from farm.timeline.doors.catalogue import Catalogue
    from farm.timeline.doors.notes import Notes
    from farm.timeline.doors.otio.rows import Row

VIDEO: str = otio.schema.TrackKind.Video
AUDIO: str = otio.schema.TrackKind.Audio


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """Where an item lies."""

    notes: Notes
    root: str
    """What the children of the outermost composition are called in a message."""
    place: str = ""
    kind: str = VIDEO
    """Of the track around it."""
    muted: bool = False
    """Whether the sound of films lies on tracks of its own."""
    depth: int = 0
    catalogue: Catalogue = NoCatalogue()  # noqa: RUF009  # it holds nothing

    def child(self, number: int, *, kind: str, muted: bool) -> Context:
        """Return the context of a child."""
        beside = f"{self.place}.children" if self.place else self.root
        return replace(
            self,
            place=f"{beside}[{number}]",
            kind=kind,
            muted=muted,
            depth=self.depth + 1,
        )

    def refuse(self, message: str) -> None:
        """Note what makes the timeline unusable, here."""
        self.notes.refuse(self.place, message)

    def warn(self, message: str) -> None:
        """Note what the render will not show, here."""
        self.notes.warn(self.place, message)


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """Rows of pictures and of sounds that start together."""

    length: Fraction | None
    """``None``: that of a file, which is not known here."""
    video: tuple[Row, ...] = ()
    """Bottom to top; a row may be shorter than the block."""
    audio: tuple[Row, ...] = ()
    lead: Fraction = Fraction(0)
    """How much of `length` lies before the start: half of a first transition."""

    @property
    def rows(self) -> tuple[Row, ...]:
        """All rows."""
        return self.video + self.audio

    def each_row(self, change: Callable[[Row], Row]) -> Block:
        """Return the block with all rows changed."""
        return replace(
            self,
            video=tuple(change(row) for row in self.video),
            audio=tuple(change(row) for row in self.audio),
        )


NOTHING = Block(length=Fraction(0))
