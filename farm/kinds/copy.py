"""Join whole files by stream copy, and see by decoding that nothing was lost."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from farm.errors import FFmpegFailed, OutputWrong
from farm.ffmpeg.copy import build_copy_command
from farm.ffmpeg.verify import scan_picture, scan_sound
from farm.jobs.records import INSTEAD
from farm.kinds.compare import CLOCK_SECONDS
from farm.kinds.context import KeyAsked
from farm.kinds.facts import file_facts
from farm.kinds.payload import CopyPayload

if TYPE_CHECKING:
    from pydantic import JsonValue

    from farm.ffmpeg.verify import PictureFound
    from farm.kinds.context import TaskContext

#: A coder's run-in and its last block, of each file.
_BLOCK_SAMPLES = 2 * 2048


def copy(context: TaskContext) -> JsonValue:
    """Join, decode all of it, and keep the result; or name what makes it instead."""
    if context.only_key:
        raise KeyAsked(None)
    payload = CopyPayload.model_validate(context.payload)
    pieces = []
    for number, piece in enumerate(payload.pieces):
        link = context.scratch / f"piece-{number:04}{Path(piece.path).suffix.lower()}"
        link.symlink_to(piece.path)
        pieces.append((link.name, piece.seconds))
    command = build_copy_command(
        pieces,
        suffix=payload.suffix,
        has_picture=payload.frames > 0,
        sources=[piece.path for piece in payload.pieces],
    )
    try:
        made = context.run(command)
        facts = _check(made, payload)
    except FFmpegFailed as error:
        if type(error) is not FFmpegFailed:  # the machine is to blame, not the files
            raise
        return {INSTEAD: payload.instead, "why": error.message}
    except OutputWrong as error:
        return {INSTEAD: payload.instead, "why": error.message}
    context.warnings.append(
        "the streams of the files were copied: all files fit together"
    )
    return {"file": context.keep(made), "facts": facts}


def _check(made: Path, payload: CopyPayload) -> dict[str, JsonValue]:
    """Compare with what the files hold.

    Raises:
        OutputWrong: with everything that differs.
    """
    picture = scan_picture(made, decode=True) if payload.frames else None
    sound = scan_sound(made) if payload.samples else None
    wrong: list[str] = []
    if picture is not None:
        wrong += _picture_problems(picture, payload)
    if sound is not None:
        loose = 0 if payload.is_exact else _BLOCK_SAMPLES * len(payload.pieces)
        if abs(sound.samples - payload.samples) > loose:
            had = f"{sound.samples} samples instead of {payload.samples}"
            wrong.append(f"it has {had}")
    if wrong:
        raise OutputWrong("; ".join(wrong))
    return file_facts(made, picture=picture, rate=payload.rate, sound=sound)


def _picture_problems(found: PictureFound, payload: CopyPayload) -> list[str]:
    step = 1 / payload.rate
    wrong: list[str] = []
    if found.frames != payload.frames:
        wrong.append(f"it has {found.frames} frames instead of {payload.frames}")
    if found.frames > 1 and (
        found.shortest_step < step / 2 - CLOCK_SECONDS
        or found.longest_step > 2 * step + CLOCK_SECONDS
    ):
        wrong.append("its frames are not evenly apart")
    return wrong
