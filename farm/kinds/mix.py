"""Mix and encode the sound of a whole timeline."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pydantic import TypeAdapter

from farm.ffmpeg.mix import build_mix_commands
from farm.kinds.fragment import fragment_sound
from farm.kinds.payload import MixPayload
from farm.kinds.reuse import Made, make_or_reuse
from farm.timeline.slice import SoundSlice

if TYPE_CHECKING:
    from pydantic import JsonValue

    from farm.kinds.context import TaskContext
    from farm.timeline.composition import Sound

_SOUND = TypeAdapter(SoundSlice)


def mix(context: TaskContext) -> JsonValue:
    """Take the sound from the cache, or mix and encode it."""
    payload = MixPayload.model_validate(context.payload)
    payload = payload.model_copy(update={"sound": _with_stems(context, payload.sound)})
    description: dict[str, JsonValue] = {
        "sound": _SOUND.dump_python(payload.sound, mode="json"),
        "audio": payload.preset.audio.model_dump(mode="json"),
    }
    result = make_or_reuse(
        context,
        description if payload.use_cache else None,
        lambda: _mix(context, payload),
        sources=() if context.needs else payload.sound.sources(),
    )
    return fragment_sound(context, result, payload.ends) if payload.ends else result


def _with_stems(context: TaskContext, sound: SoundSlice) -> SoundSlice:
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


def _mix(context: TaskContext, payload: MixPayload) -> Made:
    commands = build_mix_commands(payload.sound, payload.preset.audio)
    made = [context.run(command) for command in commands]
    return Made(path=made[-1])
