"""Play a whole timeline faster or slower: the same films, each in less or more time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from farm.timeline.clip import Animation, Clip, FileMedia
from farm.timeline.item import Gap
from farm.timeline.timeline import Timeline

if TYPE_CHECKING:
    from fractions import Fraction

    from farm.timeline.clip import EffectUse
    from farm.timeline.item import Transition
    from farm.timeline.keyframe import Keyframe

#: Lengths and places on the timeline; a source range is a time of the source.
_CLIP_TIMES = (
    *("start", "duration", "video_fade_in", "video_fade_out"),
    *("fade_in", "fade_out"),
)
_TRANSITION_TIMES = ("duration", "in_offset", "out_offset")
_TRACK_TIMES = ("fade_in", "fade_out")


def play_faster(timeline: Timeline, speed: Fraction) -> Timeline:
    """Return a timeline that shows everything `speed` times as fast.

    Sound keeps its pitch where its clip does. Raises `ValueError` where a clip would
    be played faster or slower than a clip can be.
    """
    tracks = [
        track.model_copy(
            update={
                **_shorter(track, _TRACK_TIMES, speed),
                "items": tuple(_faster(item, speed) for item in track.items),
            }
        )
        for track in timeline.tracks
    ]
    faster = timeline.model_copy(update={"tracks": tuple(tracks)})
    return Timeline.model_validate(faster.model_dump())


def _faster(item: Clip | Gap | Transition, speed: Fraction) -> Clip | Gap | Transition:
    if isinstance(item, Gap):
        return item.model_copy(update={"duration": item.duration / speed})
    if not isinstance(item, Clip):
        return item.model_copy(update=_shorter(item, _TRANSITION_TIMES, speed))
    update = _shorter(item, _CLIP_TIMES, speed)
    update["effects"] = tuple(_faster_effect(use, speed) for use in item.effects)
    moved = {
        name: _sooner(keys, speed)
        for name in Animation.model_fields
        if (keys := getattr(item.animation, name))
    }
    update["animation"] = item.animation.model_copy(update=moved)
    if item.ramp is not None:
        update["ramp"] = tuple(
            key.model_copy(
                update={"time": key.time / speed, "value": key.value * float(speed)}
            )
            for key in item.ramp
        )
    elif isinstance(item.media, FileMedia) and item.freeze is None:
        update["speed"] = item.speed * speed
    return item.model_copy(update=update)


def _faster_effect(use: EffectUse, speed: Fraction) -> EffectUse:
    keyframes = {name: _sooner(keys, speed) for name, keys in use.keyframes.items()}
    times = _shorter(use, ("start", "end"), speed)
    return use.model_copy(update={**times, "keyframes": keyframes})


def _sooner(keys: tuple[Keyframe, ...], speed: Fraction) -> tuple[Keyframe, ...]:
    return tuple(key.model_copy(update={"time": key.time / speed}) for key in keys)


def _shorter(model: object, names: tuple[str, ...], speed: Fraction) -> dict[str, Any]:
    times = {name: getattr(model, name) for name in names}
    return {name: time / speed for name, time in times.items() if time is not None}
