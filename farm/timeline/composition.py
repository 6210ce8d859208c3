"""A placed timeline: whole frames and samples, nothing left to look up."""

from __future__ import annotations

from fractions import Fraction
from typing import Annotated, Literal

from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass

from farm.timeline.cell import PlacedCell
from farm.timeline.clip import (
    Animation,
    BarsMedia,
    ColorMedia,
    Crop,
    EffectUse,
    Transform,
)
from farm.timeline.element import Element
from farm.timeline.keyframe import Keyframe
from farm.timeline.media import AudioFacts, VideoFacts
from farm.timeline.ramp import passed_time
from farm.timeline.sound_effect import SoundEffectUse
from farm.timeline.title import TitleMedia

_CONFIG = ConfigDict(extra="forbid")


@dataclass(frozen=True, slots=True, kw_only=True, config=_CONFIG)
class FilmSource:
    """A picture stream of a file; times are on the file's own clock."""

    type: Literal["film"] = "film"
    path: str
    container: str
    container_start: Fraction
    """Start time of the container, which ``-ss`` counts from."""
    video: VideoFacts
    content: str = ""
    """Identity of what is in the file, wherever it lies; empty where not known."""


@dataclass(frozen=True, slots=True, kw_only=True, config=_CONFIG)
class MovingTitle:
    """A title with animations, which end with it."""

    type: Literal["moving"] = "moving"
    title: TitleMedia
    frames: int
    """How long it is shown; time 0 is its first frame."""


@dataclass(frozen=True, slots=True, kw_only=True, config=_CONFIG)
class Scene:
    """Elements of a template that are drawn; times are those of the clip."""

    type: Literal["scene"] = "scene"
    elements: tuple[Element, ...]
    background: str | None
    frames: int
    """How long it is shown; time 0 is its first frame."""


@dataclass(frozen=True, slots=True, kw_only=True, config=_CONFIG)
class Script:
    """Lines of a document of ASS; times are those of the document."""

    type: Literal["script"] = "script"
    text: str
    start: Fraction
    """Time of its first frame, in seconds of the document."""
    history: tuple[int, ...] = ()
    """Frames from its first that must be drawn before any later one."""


Source = Annotated[
    FilmSource | ColorMedia | BarsMedia | TitleMedia | MovingTitle | Scene | Script,
    Field(discriminator="type"),
]


@dataclass(frozen=True, slots=True, kw_only=True, config=_CONFIG)
class Look:
    """How a clip is laid into the picture."""

    fit: Literal["fit", "fill", "stretch", "none"]
    transform: Transform
    crop: Crop
    opacity: float
    effects: tuple[EffectUse, ...] = ()
    cell: PlacedCell | None = None
    """What it is laid into instead of the whole picture."""
    animation: Animation | None = None
    """``None``: nothing of it moves."""

    @property
    def is_timed(self) -> bool:
        """Whether it says what happens at which time of the clip."""
        return self.animation is not None or any(
            use.keyframes or use.start is not None or use.end is not None
            for use in self.effects
        )


@dataclass(frozen=True, slots=True, kw_only=True, config=_CONFIG)
class Shot:
    """A clip on a video track, as it is shown.

    ```
    ...........┌──────────────────┐........
    shown_start start            end  shown_end      frames of the timeline
    ```
    Between `shown_start` and `start`, and between `end` and `shown_end`, it is
    shown within a transition.
    """

    label: str
    source: Source
    start: int
    end: int
    shown_start: int
    shown_end: int
    source_start: Fraction
    """Time on the file's own clock that is seen at frame `start`."""
    speed: Fraction
    """How many times as fast; below 0 backwards, at 0 one frame is held."""
    look: Look
    edge: int | None = None
    """Frame of the timeline from which the times of its look count: where it starts
    by itself, whatever is laid over its edges. ``None``: at `start`."""
    ramp: tuple[Keyframe, ...] = ()
    """Speeds over the time of the clip, instead of `speed`."""

    def time_at(self, frame: int, rate: Fraction) -> Fraction:
        """Return the time on the file's own clock that is seen at a frame."""
        if not self.ramp:
            return self.source_start + (frame - self.start) / rate * self.speed
        edge = self.start if self.edge is None else self.edge
        passed = [
            passed_time(self.ramp, (at - edge) / rate) for at in (frame, self.start)
        ]
        return self.source_start + passed[0] - passed[1]


@dataclass(frozen=True, slots=True, kw_only=True, config=_CONFIG)
class Change:
    """A transition on a video track: both shots are seen from start to end."""

    kind: str
    start: int
    end: int
    before: int | None
    """Number of the shot that leaves; ``None``: nothing was there."""
    after: int | None


@dataclass(frozen=True, slots=True, kw_only=True, config=_CONFIG)
class Layer:
    """A video track: shots in order of time, and the changes between them."""

    shots: tuple[Shot, ...]
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True, kw_only=True, config=_CONFIG)
class Sound:
    """A piece of sound on a track, in samples of the timeline."""

    label: str
    path: str
    container_start: Fraction
    audio: AudioFacts
    start: int
    end: int
    source_start: Fraction
    """Time on the file's own clock that is heard at `start`."""
    speed: Fraction
    keep_pitch: bool
    volume: float
    pan: float
    fade_in: int
    """Samples; likewise the others."""
    fade_out: int
    cross_in: int = 0
    """Samples of a crossfade at the start (equal power)."""
    cross_out: int = 0
    effects: tuple[SoundEffectUse, ...] = ()
    content: str = ""
    """Identity of what is in the file, wherever it lies; empty where not known."""
    volume_keys: tuple[Keyframe, ...] = ()
    """The level over the time of the clip, instead of `volume`."""
    edge: int = 0
    """Samples of the sound before the clip's own start."""


@dataclass(frozen=True, slots=True, kw_only=True, config=_CONFIG)
class Strip:
    """All sound of a track."""

    sounds: tuple[Sound, ...]
    volume: float
    pan: float
    fade_in: int
    fade_out: int
    end: int
    """Sample at which the track ends (its fade-out ends there)."""
    name: str = ""
    """Of the track, by which others are ducked."""
    effects: tuple[SoundEffectUse, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, config=_CONFIG)
class Composition:
    """Everything to be seen and heard, placed."""

    rate: Fraction
    width: int
    height: int
    sample_rate: int
    channels: int
    background: str
    frames: int
    layers: tuple[Layer, ...]
    """Bottom to top."""
    strips: tuple[Strip, ...]
    has_sound: bool
    audio_effects: tuple[SoundEffectUse, ...] = ()
    """Of the sum of all tracks."""

    @property
    def samples(self) -> int:
        """Length of the sound."""
        exact = self.frames / self.rate * self.sample_rate
        return (2 * exact.numerator + exact.denominator) // (2 * exact.denominator)
