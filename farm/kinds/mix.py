"""Mix and encode the sound of a whole timeline."""

from __future__ import annotations

from typing import TYPE_CHECKING

from farm.ffmpeg.mix import build_mix_commands
from farm.kinds.payload import MixPayload

if TYPE_CHECKING:
    from pydantic import JsonValue

    from farm.kinds.context import TaskContext


def mix(context: TaskContext) -> JsonValue:
    """Run FFmpeg and keep what it made."""
    payload = MixPayload.model_validate(context.payload)
    commands = build_mix_commands(payload.sound, payload.preset.audio)
    made = [context.run(command) for command in commands]
    return {"file": context.keep(made[-1])}
