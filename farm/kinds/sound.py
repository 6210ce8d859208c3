"""Render a stem, or the sum of all, to float PCM.

A stem is made of sounds that lie side by side on a track.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import TypeAdapter

from farm.ffmpeg.box import Box
from farm.ffmpeg.mix import build_stem_commands
from farm.kinds.payload import MixPayload
from farm.kinds.reuse import Made, make_or_reuse
from farm.kinds.runs import check_silent_runs
from farm.kinds.stems import with_stems
from farm.timeline.slice import SoundSlice

if TYPE_CHECKING:
    from pydantic import JsonValue

    from farm.kinds.context import TaskContext

_SOUND = TypeAdapter(SoundSlice)


def sound(context: TaskContext) -> JsonValue:
    """Take the stem from the cache, or render it."""
    payload = MixPayload.model_validate(context.payload)
    payload = payload.model_copy(update={"sound": with_stems(context, payload.sound)})
    description: dict[str, JsonValue] = {
        "sound": _SOUND.dump_python(payload.sound, mode="json")
    }
    return make_or_reuse(
        context,
        description if payload.use_cache else None,
        lambda: _render(context, payload),
        sources=() if context.needs else payload.sound.sources(),
    )


def _render(context: TaskContext, payload: MixPayload) -> Made:
    made = [context.run(command) for command in build_stem_commands(payload.sound)][-1]
    check_silent_runs(made, payload.sound, box=Box.of(context.settings))
    return Made(path=made)
