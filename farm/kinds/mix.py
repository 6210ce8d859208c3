"""Mix and encode the sound of a whole timeline."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import TypeAdapter

from farm.ffmpeg.mix import build_mix_commands
from farm.kinds.payload import MixPayload
from farm.kinds.reuse import Made, make_or_reuse
from farm.timeline.slice import SoundSlice

if TYPE_CHECKING:
    from pydantic import JsonValue

    from farm.kinds.context import TaskContext

_SOUND = TypeAdapter(SoundSlice)


def mix(context: TaskContext) -> JsonValue:
    """Take the sound from the cache, or mix and encode it."""
    payload = MixPayload.model_validate(context.payload)
    description: dict[str, JsonValue] = {
        "sound": _SOUND.dump_python(payload.sound, mode="json"),
        "audio": payload.preset.audio.model_dump(mode="json"),
    }
    return make_or_reuse(
        context,
        description if payload.use_cache else None,
        lambda: _mix(context, payload),
        sources=payload.sound.sources(),
    )


def _mix(context: TaskContext, payload: MixPayload) -> Made:
    commands = build_mix_commands(payload.sound, payload.preset.audio)
    made = [context.run(command) for command in commands]
    return Made(path=made[-1])
