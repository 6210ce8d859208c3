"""Join whole files by stream copy, and see by decoding that nothing was lost."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from farm.errors import FFmpegFailed, OutputWrong
from farm.ffmpeg.copy import build_copy_command
from farm.ffmpeg.verify import scan_picture, scan_sound
from farm.jobs.records import INSTEAD
from farm.kinds.context import KeyAsked
from farm.kinds.join_sound import sound_facts
from farm.kinds.payload import CopyPayload

if TYPE_CHECKING:
    from pydantic import JsonValue

    from farm.kinds.context import TaskContext

#: A coder's run-in and its last block, of each file.
_BLOCK_SAMPLES = 2 * 2048
#: Containers whose clock ticks in milliseconds move a frame by less than this.
_CLOCK_SECONDS = 0.0011


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
    wrong: list[str] = []
    facts: dict[str, JsonValue] = {}
    if payload.frames:
        facts |= _check_picture(made, payload, wrong)
    if payload.samples:
        sound = scan_sound(made)
        loose = 0 if payload.is_exact else _BLOCK_SAMPLES * len(payload.pieces)
        if abs(sound.samples - payload.samples) > loose:
            had = f"{sound.samples} samples instead of {payload.samples}"
            wrong.append(f"it has {had}")
        facts = {**sound_facts(made, sound), **facts}
    if wrong:
        raise OutputWrong("; ".join(wrong))
    return facts


def _check_picture(
    made: Path, payload: CopyPayload, wrong: list[str]
) -> dict[str, JsonValue]:
    """Add what is wrong with the picture; return the facts of the file."""
    picture = scan_picture(made, decode=True)
    step = 1 / payload.rate
    if picture.frames != payload.frames:
        wrong.append(f"it has {picture.frames} frames instead of {payload.frames}")
    if picture.frames > 1 and (
        picture.shortest_step < step / 2 - _CLOCK_SECONDS
        or picture.longest_step > 2 * step + _CLOCK_SECONDS
    ):
        wrong.append("its frames are not evenly apart")
    facts: dict[str, JsonValue] = {
        "container": payload.suffix.removeprefix("."),
        "size_bytes": made.stat().st_size,
        "duration": str(picture.frames / payload.rate),
        "video": {
            "codec": picture.codec,
            "width": picture.width,
            "height": picture.height,
            "pix_fmt": picture.pix_fmt,
            "rate": str(payload.rate),
            "frames": picture.frames,
        },
    }
    return facts if payload.samples else {**facts, "audio": None}
