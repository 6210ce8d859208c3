"""Slices of a composition, described relative to their own start.

A slice says everything that its pixels depend on and nothing else: an edit before it
on the timeline moves it, but does not change it.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import replace
from fractions import Fraction  # pydantic reads the annotations

from pydantic import ConfigDict
from pydantic.dataclasses import dataclass

from farm.timeline.composition import (
    Change,
    Composition,
    FilmSource,
    Layer,
    Look,
    MovingTitle,
    Scene,
    Script,
    Shot,
    Source,
    Strip,
)
from farm.timeline.keyframe import Keyframe
from farm.timeline.sound_effect import SoundEffectUse
from farm.timeline.steady import SteadyRange, steady_range
from farm.timeline.time import to_samples
from farm.timeline.title import TitleMedia

_CONFIG = ConfigDict(extra="forbid")
LONGEST_REACH = 250
"""Frames before or after a frame that the effects of a shot may look at."""


@dataclass(frozen=True, slots=True, kw_only=True, config=_CONFIG)
class ShotSlice:
    """A shot within a slice; frames count from the slice's start."""

    label: str
    source: Source
    source_start: Fraction
    """Time on the file's own clock that is seen at frame `start`."""
    speed: Fraction
    start: int
    end: int
    alone_start: int
    """It is shown by itself from here to `alone_end`, else within a change."""
    alone_end: int
    look: Look
    lead: int = 0
    """Frames of the shot before `start`, outside the slice, for effects that look
    back; no more are told of than any effect needs."""
    tail: int = 0
    """Likewise after `end`."""
    age: int = 0
    """Number of frame `start` in the clip, below 0 in a transition into it; always 0
    where nothing of the look depends on it."""
    ramp: tuple[Keyframe, ...] = ()
    """Speeds over the time of the clip, instead of `speed`."""
    steady: SteadyRange | None = None
    """What its camera is steadied by; ``None``: it is not."""


@dataclass(frozen=True, slots=True, kw_only=True, config=_CONFIG)
class ChangeSlice:
    """A transition within a slice."""

    kind: str
    start: int
    end: int
    passed: int
    """Frames of the change that lie before `start`."""
    length: int
    """Frames of the whole change."""
    before: int | None
    after: int | None


@dataclass(frozen=True, slots=True, kw_only=True, config=_CONFIG)
class LayerSlice:
    """A video track within a slice."""

    shots: tuple[ShotSlice, ...]
    changes: tuple[ChangeSlice, ...]


@dataclass(frozen=True, slots=True, kw_only=True, config=_CONFIG)
class PictureSlice:
    """What is to be seen in some frames of a timeline."""

    frames: int
    rate: Fraction
    width: int
    height: int
    background: str
    layers: tuple[LayerSlice, ...]

    @property
    def has_text(self) -> bool:
        """Whether text is seen."""
        return any(
            isinstance(shot.source, TitleMedia | MovingTitle | Scene | Script)
            for layer in self.layers
            for shot in layer.shots
        )

    def sources(self) -> tuple[str, ...]:
        """Return the paths of all files that are seen."""
        paths = [
            shot.source.path
            for layer in self.layers
            for shot in layer.shots
            if isinstance(shot.source, FilmSource)
        ]
        return tuple(dict.fromkeys(paths))

    def files(self) -> tuple[str, ...]:
        """Return the paths of all files that are read: sources, tables of colours."""
        tables = [
            str(use.parameters["file"])
            for layer in self.layers
            for shot in layer.shots
            for use in shot.look.effects
            if use.content
        ]
        return tuple(dict.fromkeys([*self.sources(), *tables]))


@dataclass(frozen=True, slots=True, kw_only=True, config=_CONFIG)
class SoundSlice:
    """What is to be heard in some samples of a timeline."""

    sample_rate: int
    channels: int
    strips: tuple[Strip, ...]
    """Sample positions count from the start of the timeline."""
    first: int
    """The slice is cut out of the mix here, in samples."""
    samples: int
    effects: tuple[SoundEffectUse, ...] = ()
    """Of the sum of all tracks."""

    @property
    def has_memory(self) -> bool:
        """Whether what is heard depends on all that was heard before."""
        return bool(self.effects) or any(strip.effects for strip in self.strips)

    def sources(self) -> tuple[str, ...]:
        """Return the paths of all files that are heard."""
        paths = [sound.path for strip in self.strips for sound in strip.sounds]
        return tuple(dict.fromkeys(paths))


def slice_picture(composition: Composition, start: int, end: int) -> PictureSlice:
    """Cut frames `start` to `end` (half-open) out of a composition."""
    layers = [
        _slice_layer(layer, start, end, composition.rate)
        for layer in composition.layers
    ]
    return PictureSlice(
        frames=end - start,
        rate=composition.rate,
        width=composition.width,
        height=composition.height,
        background=composition.background,
        layers=tuple(layer for layer in layers if layer.shots),
    )


def slice_sound(composition: Composition, start: int, end: int) -> SoundSlice:
    """Cut the sound of frames `start` to `end` out of a composition.

    Sounds that reach into the slice stay whole, so that their fades stay as they are.
    """
    first, last = _sample(composition, start), _sample(composition, end)
    # what has effects on tracks echoes what was heard before
    has_memory = bool(composition.audio_effects) or any(
        strip.effects for strip in composition.strips
    )
    since = 0 if has_memory else first
    strips = [
        replace(
            strip,
            sounds=tuple(s for s in strip.sounds if s.start < last and s.end > since),
        )
        for strip in composition.strips
    ]
    return SoundSlice(
        sample_rate=composition.sample_rate,
        channels=composition.channels,
        strips=tuple(strip for strip in strips if strip.sounds),
        first=first,
        samples=last - first,
        effects=composition.audio_effects,
    )


def _sample(composition: Composition, frame: int) -> int:
    return to_samples(frame, rate=composition.rate, sample_rate=composition.sample_rate)


def _slice_layer(layer: Layer, start: int, end: int, rate: Fraction) -> LayerSlice:
    # Shots and changes are in order, by their starts and by their ends.
    low = bisect_right(layer.shots, start, key=lambda shot: shot.shown_end)
    high = bisect_left(layer.shots, end, key=lambda shot: shot.shown_start)
    first = bisect_right(layer.changes, start, key=lambda change: change.end)
    last = bisect_left(layer.changes, end, key=lambda change: change.start)
    return LayerSlice(
        shots=tuple(
            _slice_shot(shot, start, end, rate) for shot in layer.shots[low:high]
        ),
        changes=tuple(
            _slice_change(change, start, end, low)
            for change in layer.changes[first:last]
        ),
    )


def _slice_shot(shot: Shot, start: int, end: int, rate: Fraction) -> ShotSlice:
    first = max(shot.shown_start, start)
    last = min(shot.shown_end, end)
    alone_start = min(max(shot.start, start), end)
    reach = LONGEST_REACH if shot.look.effects else 0
    edge = shot.start if shot.edge is None else shot.edge
    is_timed = shot.look.is_timed or shot.speed == 0 or shot.ramp
    return ShotSlice(
        label=shot.label,
        source=shot.source,
        source_start=shot.time_at(first, rate),
        speed=shot.speed,
        start=first - start,
        end=last - start,
        alone_start=alone_start - start,
        alone_end=max(min(shot.end, end), alone_start) - start,
        look=shot.look,
        lead=min(first - shot.shown_start, reach),
        tail=min(shot.shown_end - last, reach),
        age=first - edge if is_timed else 0,
        ramp=shot.ramp,
        steady=steady_range(shot, first, rate),
    )


def _slice_change(change: Change, start: int, end: int, skipped: int) -> ChangeSlice:
    first = max(change.start, start)
    return ChangeSlice(
        kind=change.kind,
        start=first - start,
        end=min(change.end, end) - start,
        passed=first - change.start,
        length=change.end - change.start,
        before=None if change.before is None else change.before - skipped,
        after=None if change.after is None else change.after - skipped,
    )
