"""Mix and encode the sound of a whole timeline."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import TypeAdapter

from farm.ffmpeg.box import Box
from farm.ffmpeg.mix import build_mix_commands
from farm.kinds.fragment import fragment_sound
from farm.kinds.loudness import mix_to_loudness
from farm.kinds.payload import MixPayload
from farm.kinds.reuse import Made, make_or_reuse
from farm.kinds.runs import check_silent_runs
from farm.kinds.stems import with_stems
from farm.timeline.slice import SoundSlice

if TYPE_CHECKING:
    from pydantic import JsonValue

    from farm.kinds.context import TaskContext

_SOUND = TypeAdapter(SoundSlice)


def mix(context: TaskContext) -> JsonValue:
    """Take the sound from the cache, or mix and encode it."""
    payload = MixPayload.model_validate(context.payload)
    payload = payload.model_copy(update={"sound": with_stems(context, payload.sound)})
    description: dict[str, JsonValue] = {
        "sound": _SOUND.dump_python(payload.sound, mode="json"),
        "audio": payload.preset.audio.model_dump(mode="json"),
    }
    if payload.loudness is not None:
        description["loudness"] = payload.loudness.model_dump(mode="json")
    result = make_or_reuse(
        context,
        description if payload.use_cache else None,
        lambda: _mix(context, payload),
        sources=() if context.needs else payload.sound.sources(),
    )
    return fragment_sound(context, result, payload.ends) if payload.ends else result


def _mix(context: TaskContext, payload: MixPayload) -> Made:
    if payload.loudness is not None:
        return mix_to_loudness(context, payload, target=payload.loudness)
    commands = build_mix_commands(payload.sound, payload.preset.audio)
    made = [context.run(command) for command in commands][-1]
    check_silent_runs(made, payload.sound, box=Box.of(context.settings))
    return Made(path=made)
