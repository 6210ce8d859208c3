"""What an effect on sound is: its words, parameters and the filters it is made of."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from farm.effects.model import Filter, Given, Parameter, Value

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """Sound that is folded with the answer of a room (FFmpeg: afir)."""

    seconds: float
    """Until its echo is 60 dB quieter."""
    mix: float
    """Of the echo in the sum, 0 to 1."""
    damping: float
    """How much sooner high tones die away, 0 to 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ducked:
    """Sound that gets quieter while another track is heard."""

    by: str
    """Name of that track."""
    filter: Filter


@dataclass(frozen=True, slots=True, kw_only=True)
class Late:
    """A filter that gives its sound later than it got it."""

    filter: Filter
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Matrix:
    """Left and right as sums of left and right; other channels stay as they are."""

    left: tuple[float, float]
    right: tuple[float, float]


Step: TypeAlias = Filter | Room | Ducked | Late | Matrix
Steps: TypeAlias = tuple[Step, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SoundEffect:
    """An effect on sound."""

    what: str
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    neutral: Mapping[str, Value] | None = None
    """Parameters at which it changes nothing, and then adds no filter."""
    build: Callable[[Given, int], Steps]
    """From parameters and the sample rate in Hz."""
    of_tracks_only: bool = False
    """Whether a clip by itself cannot have it."""
    needs: tuple[str, ...] = ()
    """Parameters without a usual value."""
