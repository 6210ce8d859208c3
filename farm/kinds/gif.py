"""Make a moving picture; where its bytes are bounded, the best that fits."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING

from farm.errors import InvalidOption, OutputWrong
from farm.ffmpeg.gif import (
    Look,
    build_decode_command,
    build_frames_command,
    build_gif_command,
    read_frames,
    smaller_looks,
)
from farm.kinds.fonts import link_fonts
from farm.kinds.payload import GifPayload
from farm.kinds.reuse import Made, make_or_reuse
from farm.kinds.stabilise import steady

if TYPE_CHECKING:
    from pathlib import Path

    from pydantic import JsonValue

    from farm.kinds.context import TaskContext

#: Players tell time in hundredths of a second.
_CLOCK_SECONDS = Fraction(1, 50)


def gif(context: TaskContext) -> JsonValue:
    """Take the moving picture from the cache, or make it."""
    payload = GifPayload.model_validate(context.payload)
    return make_or_reuse(
        context,
        payload.model_dump(mode="json"),
        lambda: _make(context, payload),
        sources=payload.picture.sources(),
        with_fonts=payload.picture.has_text,
    )


def _make(context: TaskContext, payload: GifPayload) -> Made:
    """Compose the frames once, then make the picture as often as needed."""
    command = build_frames_command(
        steady(context, payload.picture, threads=payload.threads),
        size=payload.size,
        fps=payload.fps,
        threads=payload.threads,
    )
    if command.files:
        link_fonts(context.scratch, context.settings, command.files.values())
    context.run(command)
    width, height = payload.size
    first = Look(width=width, height=height, fps=payload.fps)
    look, made = first, _encode(context, payload, first)
    if payload.max_bytes is not None and made.stat().st_size > payload.max_bytes:
        look, made = _search(context, payload, first)
    facts = _check(context, made, payload, look)
    return Made(path=made, facts={"facts": facts})


def _encode(context: TaskContext, payload: GifPayload, look: Look) -> Path:
    return context.run(
        build_gif_command(
            look,
            suffix=payload.suffix,
            frames=_frames(payload, look),
            loop=payload.loop,
            threads=payload.threads,
        )
    )


def _frames(payload: GifPayload, look: Look) -> int:
    return math.ceil(payload.picture.frames / payload.picture.rate * look.fps)


def _search(
    context: TaskContext, payload: GifPayload, first: Look
) -> tuple[Look, Path]:
    """Return the first of smaller and smaller looks that fits, by trying half of them.

    Raises:
        InvalidOption: when the smallest does not fit.
    """
    assert payload.max_bytes is not None  # noqa: S101  # the caller looked
    looks = smaller_looks(first, suffix=payload.suffix)
    low, high = 1, len(looks) - 1
    kept = context.scratch / f"kept{payload.suffix}"
    best: Look | None = None
    least = None
    while low <= high:
        # the smallest is tried first: where it is too large, all are
        at = high if least is None else (low + high) // 2
        made = _encode(context, payload, looks[at])
        size = made.stat().st_size
        least = size if least is None else least
        if size <= payload.max_bytes:
            made.replace(kept)
            best, high = looks[at], at - 1
        elif best is None:
            break
        else:
            low = at + 1
    if best is None:
        smallest = looks[-1]
        message = (
            f"it cannot be kept within {payload.max_bytes} bytes: {smallest.width} "
            f"pixels wide with {float(smallest.fps):g} frames a second it has {least}; "
            "allow more bytes, or make it shorter"
        )
        raise InvalidOption(message)
    how = (
        f"{best.colors} colours"
        if payload.suffix == ".gif"
        else f"quality {best.quality}"
    )
    context.warnings.append(
        f"to be kept within {payload.max_bytes} bytes it is {best.width}x{best.height} "
        f"with {float(best.fps):g} frames a second and {how}"
    )
    return best, kept


def _check(
    context: TaskContext, made: Path, payload: GifPayload, look: Look
) -> dict[str, JsonValue]:
    """Decode it to the end; return its facts.

    Frames that are the same as the one before may be left out of a file.
    """
    seconds = payload.picture.frames / payload.picture.rate
    wanted = _frames(payload, look)
    listed = context.run(build_decode_command(made.name))
    size, times = read_frames(listed.read_text(encoding="ascii"))
    last = float(max(times, default=0))
    if size != (look.width, look.height) or not 0 < len(times) <= wanted:
        message = (
            f"the moving picture has {len(times)} frames of {size[0]}x{size[1]}, "
            f"should have {wanted} of {look.width}x{look.height}"
        )
        raise OutputWrong(message)
    if last > seconds + _CLOCK_SECONDS:
        raise OutputWrong(f"its last frame is at {last:.3f} s of {float(seconds):.3f}")
    return {
        "container": payload.suffix.removeprefix("."),
        "size_bytes": made.stat().st_size,
        "duration": str(seconds),
        "width": look.width,
        "height": look.height,
        "rate": str(look.fps),
        "frames": len(times),
    }
