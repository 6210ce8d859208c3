"""Join whole files by stream copy, and see by decoding that nothing was lost."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from farm.errors import OutputWrong
from farm.ffmpeg.copy import build_copy_command
from farm.ffmpeg.verify import scan_picture, scan_sound
from farm.kinds.payload import CopyPayload

if TYPE_CHECKING:
    from pydantic import JsonValue

    from farm.kinds.context import TaskContext

#: A coder's run-in and its last block, of each file.
_BLOCK_SAMPLES = 2 * 2048
#: Containers whose clock ticks in milliseconds move a frame by less than this.
_CLOCK_SECONDS = 0.0011


def copy(context: TaskContext) -> JsonValue:
    """Join, decode all of it, and keep the result."""
    payload = CopyPayload.model_validate(context.payload)
    pieces = []
    for number, piece in enumerate(payload.pieces):
        link = context.scratch / f"piece-{number:04}{Path(piece.path).suffix.lower()}"
        link.symlink_to(piece.path)
        pieces.append((link.name, piece.seconds))
    made = context.run(
        build_copy_command(
            pieces,
            suffix=payload.suffix,
            sources=[piece.path for piece in payload.pieces],
        )
    )
    try:
        facts = _check(made, payload)
    except OutputWrong as error:
        message = (
            f"the files cannot be joined by copying: {error.message}; "
            "render them instead (--copy off)"
        )
        raise OutputWrong(message) from error
    return {"file": context.keep(made), "facts": facts}


def _check(made: Path, payload: CopyPayload) -> JsonValue:
    """Compare with what the files hold.

    Raises:
        OutputWrong: with everything that differs.
    """
    picture = scan_picture(made, decode=True)
    step, wrong = 1 / payload.rate, []
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
        "audio": None,
    }
    if payload.samples:
        sound = scan_sound(made)
        if abs(sound.samples - payload.samples) > _BLOCK_SAMPLES * len(payload.pieces):
            had = f"{sound.samples} samples instead of {payload.samples}"
            wrong.append(f"it has {had}")
        facts["audio"] = {
            "codec": sound.codec,
            "sample_rate": sound.sample_rate,
            "channels": sound.channels,
            "samples": sound.samples,
        }
    if wrong:
        raise OutputWrong("; ".join(wrong))
    return facts
