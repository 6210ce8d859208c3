"""Cut what was made into segments that players get."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from farm.ffmpeg.cmaf import cut_picture, cut_sound
from farm.ffmpeg.verify import scan_sound

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from fractions import Fraction

    from pydantic import JsonValue

    from farm.kinds.context import TaskContext
    from farm.kinds.payload import Place, SegmentPayload


def fragment_picture(
    context: TaskContext,
    made: Mapping[str, JsonValue],
    payload: SegmentPayload,
    place: Place,
) -> JsonValue:
    """Return the result of a piece with the segment in the place of its file.

    The piece itself is in the cache, if anywhere: nothing but the segment is needed.
    """
    cut = cut_picture(
        context.stored(str(made["file"])),
        number=place.number,
        first=place.first,
        frames=payload.picture.frames,
        rate=payload.picture.rate,
    )
    (fragment,) = cut.fragments
    result = {name: each for name, each in made.items() if name != "artifact"}
    result |= {
        "file": _keep(context, fragment.data, ".m4s"),
        "size_bytes": len(fragment.data),
        "codec": cut.codec,
        "init_digest": hashlib.sha256(cut.init).hexdigest(),
    }
    if place.number == 1:
        result["init"] = _keep(
            context, cut.init, ".mp4", label=f"{_name(context)}.init"
        )
    return result


def fragment_sound(
    context: TaskContext, made: Mapping[str, JsonValue], ends: Sequence[Fraction]
) -> JsonValue:
    """Return the result of a mix with its segments in the place of its file."""
    path = context.stored(str(made["file"]))
    found = scan_sound(path)
    cut = cut_sound(path, ends)
    result = {name: each for name, each in made.items() if name != "artifact"}
    pieces: list[JsonValue] = [
        {
            "file": _keep(context, fragment.data, ".m4s", label=f"sound-{number:05}"),
            "size_bytes": len(fragment.data),
            "ticks": fragment.ticks,
        }
        for number, fragment in enumerate(cut.fragments, start=1)
    ]
    return {
        **result,
        "file": _keep(context, cut.init, ".mp4", label="sound.init"),
        "codec": cut.codec,
        "sample_rate": found.sample_rate,
        "channels": found.channels,
        "samples": found.samples,
        "pieces": pieces,
    }


def _name(context: TaskContext) -> str:
    return context.claim.task.name


def _keep(
    context: TaskContext, data: bytes, suffix: str, *, label: str | None = None
) -> str:
    path = context.scratch / f"kept{suffix}"
    path.write_bytes(data)
    return context.keep(path, label=label)
