"""A timeline that was read, with what is to be told of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from farm.timeline.timeline import Timeline


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """A timeline with absolute media paths, and what of the file was not understood."""

    timeline: Timeline
    warnings: tuple[str, ...] = ()
