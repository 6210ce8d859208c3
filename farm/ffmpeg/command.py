"""An FFmpeg command as a value."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """What FFmpeg is called with, run in a scratch folder of its own."""

    arguments: tuple[str, ...]
    """All arguments but the program and the global options of the runner."""
    output: str
    """Name of the file it makes, relative to the scratch folder."""
    files: Mapping[str, str] = field(default_factory=dict)
    """Text files to be written in the scratch folder before, by name."""
    sources: tuple[str, ...] = ()
    """Paths of the media it reads, to say which one is bad."""
    frames: int | None = None
    """Frames that it will write, for the progress; ``None`` when not known."""
    log: str | None = None
    """Name of a file for the last lines of its log, where they tell what it found."""
    seconds: float | None = None
    """Length of what it will write, for the progress of sound."""
