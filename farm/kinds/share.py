"""Share the bytes that a file may have out among its segments."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from farm.errors import InvalidOption
from farm.ffmpeg.crf import find_crf_scale
from farm.ffmpeg.shares import container_bytes, least_bytes, share_out
from farm.ffmpeg.verify import count_bytes
from farm.kinds.payload import SharePayload

if TYPE_CHECKING:
    from pydantic import JsonValue

    from farm.kinds.context import TaskContext


def share(context: TaskContext) -> JsonValue:
    """Return how many bytes each segment may have.

    Raises:
        InvalidOption: when the file cannot be as small.
    """
    payload = SharePayload.model_validate(context.payload)
    scale = find_crf_scale(payload.preset.video)
    assert scale is not None  # noqa: S101  # the plan saw that it has one
    weights = [
        {int(number): int(size) for number, size in _need(context, name).items()}
        for name in payload.weights
    ]
    taken, packets = 0, 0
    if payload.sound is not None:
        result: Any = context.needs[payload.sound]
        counted = count_bytes(context.stored(str(result["file"])), "audio")
        taken, packets = counted.size, counted.packets
    taken += container_bytes(frames=payload.frames, sound_packets=packets)
    found = share_out(weights, payload.max_bytes - taken, scale=scale)
    if found is None:
        least = least_bytes(weights, scale=scale) + taken
        message = (
            f"it cannot be kept within {payload.max_bytes} bytes: with the lowest "
            f"quality of the preset {payload.preset.name} it has about {least}; "
            "allow more bytes, or make it smaller or shorter"
        )
        raise InvalidOption(message)
    number, shares = found
    return {
        "number": number,
        "shares": dict(zip(payload.weights, shares, strict=True)),
    }


def _need(context: TaskContext, name: str) -> dict[str, Any]:
    result = context.needs[name]
    assert isinstance(result, dict)  # noqa: S101  # written by kinds/weigh.py
    sizes = result["sizes"]
    assert isinstance(sizes, dict)  # noqa: S101
    return sizes
