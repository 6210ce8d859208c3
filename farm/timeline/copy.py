"""Frames of a source that are taken over as they are."""

from __future__ import annotations

from pydantic import ConfigDict
from pydantic.dataclasses import dataclass

from farm.timeline.composition import FilmSource  # pydantic reads the annotations


@dataclass(frozen=True, slots=True, kw_only=True, config=ConfigDict(extra="forbid"))
class CopyRange:
    """Whole groups of pictures of a source, and where they lie on the timeline."""

    start: int
    """Frame of the timeline."""
    end: int
    source: FilmSource
    first: int
    """Frame of the source that is seen at `start`, counted from its first."""
    config: str
    """Decoder configuration (avcC) of the source, in hexadecimal digits."""

    @property
    def frames(self) -> int:
        """How many there are."""
        return self.end - self.start
