"""The sound of a track: pieces in samples, with their fades and crossfades."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from farm.timeline.composition import Sound, Strip
from farm.timeline.time import round_half_up, show_time

if TYPE_CHECKING:
    from collections.abc import Sequence

    from farm.timeline.placing.clips import PlacedClip
    from farm.timeline.placing.cuts import Cut
    from farm.timeline.placing.stage import Stage
    from farm.timeline.timeline import Track


def build_strip(
    stage: Stage, track: Track, clips: Sequence[PlacedClip], cuts: Sequence[Cut]
) -> Strip:
    """Turn the clips of a track that can be heard into pieces of sound."""
    into = {cut.after: cut for cut in cuts}
    out = {cut.before: cut for cut in cuts}
    for placed in clips:
        if placed.audio is not None and placed.clip.is_warped:
            _warn_of_silence(stage, placed)
    sounds = [
        _build_sound(stage, placed, into.get(number), out.get(number))
        for number, placed in enumerate(clips)
        if placed.audio is not None
        and not placed.clip.muted
        and not placed.clip.is_warped
    ]
    return Strip(
        sounds=tuple(sounds),
        volume=track.volume,
        pan=track.pan,
        fade_in=_samples_of(stage, track.fade_in),
        fade_out=_samples_of(stage, track.fade_out),
        end=max((sound.end for sound in sounds), default=0),
        name=track.name,
        effects=track.audio_effects,
    )


def _warn_of_silence(stage: Stage, placed: PlacedClip) -> None:
    clip = placed.clip
    if not clip.muted:
        how = "backwards" if clip.reverse else "frozen" if clip.freeze else "by a ramp"
        stage.warn(placed.path, f"{clip.label} is silent: it is played {how}")


def _build_sound(
    stage: Stage, placed: PlacedClip, into: Cut | None, out: Cut | None
) -> Sound:
    assert placed.audio is not None  # noqa: S101  # the caller looked
    assert placed.facts is not None  # noqa: S101  # sound comes from a file
    clip = placed.clip
    first = into.start if into else placed.start
    last = out.end if out else placed.end
    start, end = stage.samples(first), stage.samples(last)
    # a sample is played at its own time, which may be beside that of the frame: so
    # clips that follow on in a source do so to the sample
    played = Fraction(start, stage.timeline.sample_rate)
    moved = (played - placed.start / stage.timeline.rate) * clip.speed
    return Sound(
        label=clip.label,
        path=placed.facts.path,
        container_start=placed.facts.start,
        audio=placed.audio,
        start=start,
        end=end,
        source_start=placed.source_start + moved,
        speed=clip.speed,
        keep_pitch=clip.keep_pitch,
        volume=clip.volume,
        pan=clip.pan,
        fade_in=_fade(stage, placed, "fade_in", clip.fade_in, end - start),
        fade_out=_fade(stage, placed, "fade_out", clip.fade_out, end - start),
        cross_in=stage.samples(into.end) - start if into else 0,
        cross_out=end - stage.samples(out.start) if out else 0,
        effects=clip.audio_effects,
        content=placed.facts.content,
        volume_keys=clip.animation.volume or (),
        edge=stage.samples(placed.start) - start if clip.animation.volume else 0,
    )


def _fade(
    stage: Stage, placed: PlacedClip, field: str, time: Fraction, most: int
) -> int:
    """Return the samples of a fade, which is no longer than its sound."""
    samples = _samples_of(stage, time)
    if samples <= most:
        return samples
    length = show_time(Fraction(most, stage.timeline.sample_rate))
    message = f"the {field} of {placed.clip.label} is shortened to its {length}"
    stage.warn(placed.path, message)
    return most


def _samples_of(stage: Stage, time: Fraction) -> int:
    return round_half_up(time * stage.timeline.sample_rate)
