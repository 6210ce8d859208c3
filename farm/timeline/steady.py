"""Clips whose camera shall be steadied: what of their source is analysed for that.

How a camera moved is known from all frames that a clip shows, one after the other: so
a slice says which those are, and a task of its own looks at them once. What it found
is given to every piece, so that pieces equal the whole.
"""

from __future__ import annotations

from fractions import Fraction  # pydantic reads the annotations
from typing import TYPE_CHECKING, TypeAlias

from pydantic import ConfigDict
from pydantic.dataclasses import dataclass

from farm.timeline.clip import Crop
from farm.timeline.composition import FilmSource
from farm.timeline.keyframe import Keyframe

if TYPE_CHECKING:
    from collections.abc import Sequence

    from farm.timeline.clip import EffectUse
    from farm.timeline.composition import Shot

_CONFIG = ConfigDict(extra="forbid")
STABILISE = "stabilise"
"""Name of the effect in the catalogue."""
SHAKINESS = 5
"""Usual value of its parameter."""

Motion: TypeAlias = tuple[float, float, float]
"""What brings a frame onto the one before: right and down as shares of the picture's
width and height, and the turn against the clock in radians."""


@dataclass(frozen=True, slots=True, kw_only=True, config=_CONFIG)
class SteadyRange:
    """The frames that a clip shows, of which a slice has some."""

    source_start: Fraction
    """Time on the file's own clock that is seen at the first."""
    frames: int
    passed: int
    """Frames of it before the first of the slice."""
    shakiness: int
    """1 little and fast, 10 much and slow."""
    age: int = 0
    """Number of the first in its clip, where its speed changes; else 0."""
    motions: tuple[Motion, ...] = ()
    """Of each frame; it is empty in a plan, and found before frames are composed."""


@dataclass(frozen=True, slots=True, kw_only=True, config=_CONFIG)
class ShakyFilm:
    """All that the motions of a camera are found from."""

    source: FilmSource
    source_start: Fraction
    """Time on the file's own clock that is seen at the first frame."""
    frames: int
    rate: Fraction
    """Frames a second of the timeline."""
    speed: Fraction
    crop: Crop
    shakiness: int
    age: int = 0
    ramp: tuple[Keyframe, ...] = ()


def find_stabilise(uses: Sequence[EffectUse]) -> EffectUse | None:
    """Return the use that steadies a clip; `None` where none does."""
    return next(
        (
            use
            for use in uses
            if use.name == STABILISE
            and use.enabled
            and use.parameters.get("smoothing") != 0
        ),
        None,
    )


def steady_range(shot: Shot, first: int, rate: Fraction) -> SteadyRange | None:
    """Return which frames are analysed for a slice of a shot.

    Args:
        shot: the whole of it.
        first: frame of the timeline at which the slice begins.
        rate: frames a second of the timeline.
    """
    use = find_stabilise(shot.look.effects)
    if use is None or not _can_be_shaky(shot):
        return None
    edge = shot.start if shot.edge is None else shot.edge
    return SteadyRange(
        source_start=shot.time_at(shot.shown_start, rate),
        frames=shot.shown_end - shot.shown_start,
        passed=first - shot.shown_start,
        shakiness=round(float(use.parameters.get("shakiness", SHAKINESS))),
        age=shot.shown_start - edge if shot.ramp else 0,
    )


def _can_be_shaky(shot: Shot) -> bool:
    """Whether it shows more than one frame of a film."""
    source = shot.source
    is_film = isinstance(source, FilmSource) and not source.video.is_image
    return is_film and (bool(shot.ramp) or shot.speed != 0)
