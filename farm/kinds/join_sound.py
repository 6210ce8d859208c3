"""Join the sound of files, encoded anew, and see that all of it is there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from farm.errors import OutputWrong
from farm.ffmpeg.join_sound import build_sound_join_commands
from farm.ffmpeg.verify import scan_sound
from farm.kinds.facts import file_facts
from farm.kinds.payload import JoinSoundPayload
from farm.kinds.reuse import Made, make_or_reuse

if TYPE_CHECKING:
    from pydantic import JsonValue

    from farm.kinds.context import TaskContext

#: A coder's run-in and its last block, of each file and of the whole.
_BLOCK_SAMPLES = 2 * 2048


def join_sound(context: TaskContext) -> JsonValue:
    """Take the joined sound from the cache, or make it."""
    payload = JoinSoundPayload.model_validate(context.payload)
    return make_or_reuse(
        context,
        payload.model_dump(mode="json"),
        lambda: _make(context, payload),
        sources=[piece.path for piece in payload.pieces],
    )


def _make(context: TaskContext, payload: JoinSoundPayload) -> Made:
    commands = build_sound_join_commands(
        [(piece.path, piece.stream) for piece in payload.pieces],
        payload.encoding,
        sample_rate=payload.sample_rate,
        channels=payload.channels,
        seconds=payload.samples / payload.sample_rate,
    )
    made = [context.run(command) for command in commands][-1]
    found = scan_sound(made)
    more = abs(found.samples - payload.samples)
    wrong = []
    if more > _BLOCK_SAMPLES * (len(payload.pieces) + 1):
        wrong.append(f"it has {found.samples} samples instead of {payload.samples}")
    if (found.codec, found.channels) != (payload.encoding.codec, payload.channels):
        wrong.append(f"it is {found.codec} of {found.channels} channels")
    if wrong:
        message = f"the joined file is wrong: {'; '.join(wrong)}"
        raise OutputWrong(message)
    return Made(path=made, facts={"facts": file_facts(made, sound=found)})
