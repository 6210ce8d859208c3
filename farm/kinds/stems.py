"""Put finished stems into a sound that is made of them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from farm.kinds.context import TaskContext
    from farm.timeline.composition import Sound
    from farm.timeline.slice import SoundSlice


def with_stems(context: TaskContext, sound: SoundSlice) -> SoundSlice:
    """Put the files of the stems in the place of their names."""
    if not context.needs:
        return sound
    strips = tuple(
        replace(strip, sounds=tuple(_stem(context, stem) for stem in strip.sounds))
        for strip in sound.strips
    )
    return replace(sound, strips=strips)


def _stem(context: TaskContext, stem: Sound) -> Sound:
    made = context.needs[stem.path]
    assert isinstance(made, dict)  # noqa: S101  # written by kinds/sound.py
    path = context.stored(str(made["file"]))
    return replace(stem, path=str(path), content=str(made.get("artifact", "")))
