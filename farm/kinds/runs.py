"""See that nothing is black, frozen or silent where the timeline has something."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from farm.errors import OutputWrong
from farm.ffmpeg.runs import (
    PictureWatch,
    Run,
    is_all_black,
    is_heard,
    is_lit,
    look_at_source,
    moves,
    silent_runs,
)
from farm.timeline.clip import Crop, Transform
from farm.timeline.composition import FilmSource, Look

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from farm.ffmpeg.box import Box
    from farm.timeline.composition import Sound, Strip
    from farm.timeline.slice import PictureSlice, ShotSlice, SoundSlice

_LOOKS = 5
"""Places of a source that are looked at for a run."""
_PLAIN_FITS = {"fit", "stretch"}
_LEAST_VOLUME = 0.1
_PLAIN = Look(fit="fit", transform=Transform(), crop=Crop(), opacity=1)
"""Whatever else is done to a clip may make it black or still."""


def check_picture_runs(
    made: Path, seen: PictureWatch, picture: PictureSlice, *, box: Box
) -> None:
    """Compare black and frozen runs with the film that is seen there by itself.

    Args:
        made: the finished segment.
        seen: what was noted while it was decoded.
        picture: what it was made of.
        box: rules for its sources.

    Raises:
        OutputWrong: with the place, where the film is neither black nor still.
    """
    rate = picture.rate
    for run in seen.black(rate):
        shot = _alone(picture, run)
        if shot is None or not is_lit(_look(shot, run, rate, box)):
            continue
        if is_all_black(made, run):
            raise _wrong("black", run, rate, shot, "is not")
    for run in seen.frozen(rate):
        shot = _alone(picture, run)
        if shot is not None and shot.speed and moves(_look(shot, run, rate, box)):
            raise _wrong("frozen", run, rate, shot, "moves")


def check_silent_runs(made: Path, sound: SoundSlice, *, box: Box) -> None:
    """Compare silent runs of a mix with the sound that is heard there by itself.

    Args:
        made: the finished mix or stem.
        sound: what it was made of.
        box: rules for its sources.

    Raises:
        OutputWrong: with the place, where the sound is not silent.
    """
    rate = sound.sample_rate
    for run in silent_runs(made, sample_rate=rate):
        at = Run(run.first + sound.first, run.end + sound.first)
        heard = _heard_alone(sound, at)
        if heard is None:
            continue
        start, end = (
            heard.source_start + Fraction(place - heard.start, rate) * heard.speed
            for place in (at.first, at.end)
        )
        if is_heard(heard.path, heard.audio.index, start, end, box=box):
            raise OutputWrong(
                f"the sound is silent from {at.first / rate:.2f} to "
                f"{at.end / rate:.2f} s, where {heard.path} is not"
            )


def _alone(picture: PictureSlice, run: Run) -> ShotSlice | None:
    """Return the film that alone decides what is seen in a run, as it is."""
    layers = _layers(picture, run)
    if not layers or len(layers[-1]) != 1:
        return None
    (shot,) = layers[-1]
    source, fit = shot.source, shot.look.fit
    is_plain = (
        isinstance(source, FilmSource)
        and not source.video.has_alpha
        and source.video.rate > 0
        and fit in _PLAIN_FITS
        and not shot.ramp
        and shot.look == replace(_PLAIN, fit=fit)
    )
    is_whole = shot.alone_start <= run.first and run.end <= shot.alone_end
    return shot if is_plain and is_whole else None


def _layers(picture: PictureSlice, run: Run) -> list[list[ShotSlice]]:
    found = [
        [shot for shot in layer.shots if shot.start < run.end and shot.end > run.first]
        for layer in picture.layers
    ]
    return [shots for shots in found if shots]


def _look(shot: ShotSlice, run: Run, rate: Fraction, box: Box) -> list[Sequence[int]]:
    """Look at a film at some places of a run, away from its ends."""
    if not isinstance(shot.source, FilmSource):
        return []
    places = [
        run.first + Fraction(run.length * (2 * number + 1), 2 * _LOOKS)
        for number in range(_LOOKS)
    ]
    times = [
        shot.source_start + (place - shot.start) / rate * shot.speed for place in places
    ]
    seen = look_at_source(shot.source.path, shot.source.video.index, times, box=box)
    return seen if len(seen) == _LOOKS else []


def _wrong(
    what: str, run: Run, rate: Fraction, shot: ShotSlice, source_does: str
) -> OutputWrong:
    path = shot.source.path if isinstance(shot.source, FilmSource) else shot.label
    return OutputWrong(
        f"the segment is {what} from its frame {run.first} to {run.end - 1} "
        f"({float(run.length / rate):.2f} s), where {path} {source_does}",
        log=[],
    )


def _heard_alone(sound: SoundSlice, run: Run) -> Sound | None:
    """Return the only sound that is heard in a run, where it surely is.

    The same sound may be on several tracks; others could cancel each other out.
    """
    if sound.has_memory:
        return None  # effects may silence it
    found = [
        (strip, each)
        for strip in sound.strips
        for each in strip.sounds
        if each.start < run.end and each.end > run.first
    ]
    if len({_content(each) for _, each in found}) != 1:
        return None
    return next((each for strip, each in found if _is_whole(strip, each, run)), None)


def _content(sound: Sound) -> tuple[object, ...]:
    return sound.path, sound.audio.index, sound.start, sound.source_start, sound.speed


def _is_whole(strip: Strip, sound: Sound, run: Run) -> bool:
    """Whether a sound is heard in all of a run, at its full level."""
    is_faded = (
        run.first < sound.start + max(sound.fade_in, sound.cross_in)
        or run.end > sound.end - max(sound.fade_out, sound.cross_out)
        or run.first < strip.fade_in
        or run.end > strip.end - strip.fade_out
    )
    is_loud = sound.volume * strip.volume >= _LEAST_VOLUME
    is_changed = bool(sound.effects or sound.volume_keys)
    return is_loud and not is_faded and not is_changed and sound.speed > 0
