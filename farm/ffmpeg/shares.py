"""Share bytes out among segments, so that all of them have about one quality.

Each segment was encoded with two CRFs. Between and beyond these, the logarithm of its
size is about a straight line; the lowest CRF is found with which the sum of all fits.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from farm.ffmpeg.crf import CrfScale

#: What a container needs beside the packets, in bytes: at all, of each frame, of each
#: packet of sound. MP4 lists sizes, times and parameter sets, Matroska heads blocks.
_CONTAINER, _FRAME, _SOUND_PACKET = 4096, 16, 12
#: Least fall of the logarithm of a size from one CRF to the next.
_LEAST_FALL = 1e-4


def container_bytes(*, frames: int, sound_packets: int) -> int:
    """Return how many bytes are kept for the container itself."""
    return _CONTAINER + _FRAME * frames + _SOUND_PACKET * sound_packets


def share_out(
    weights: Sequence[Mapping[int, int]], budget: int, *, scale: CrfScale
) -> tuple[int, list[int]] | None:
    """Return the number of the common CRF, and the bytes that each segment may have.

    Args:
        weights: sizes in bytes of each segment, by the numbers of two CRFs, of which
            the higher one is the last of the scale.
        budget: bytes of all of them.
        scale: of the CRF.

    ``None``: they do not fit with the lowest quality.
    """
    if least_bytes(weights, scale=scale) > budget:
        return None
    low, high = 0, scale.last
    while low < high:
        middle = (low + high) // 2
        if sum(_sizes(weights, middle)) <= budget:
            high = middle
        else:
            low = middle + 1
    sizes = _sizes(weights, high)
    factor = max(1.0, budget / sum(sizes))
    return high, [math.floor(size * factor) for size in sizes]


def least_bytes(weights: Sequence[Mapping[int, int]], *, scale: CrfScale) -> int:
    """Return the size of all segments with the lowest quality."""
    return sum(each[scale.last] for each in weights)


def _sizes(weights: Sequence[Mapping[int, int]], number: int) -> list[float]:
    return [_size(each, number) for each in weights]


def _size(weight: Mapping[int, int], number: int) -> float:
    (first, large), (last, small) = sorted(weight.items())
    fall = math.log(max(1, large) / max(1, small)) / max(1, last - first)
    fall = max(fall, _LEAST_FALL)
    return small * math.exp(fall * (last - number))
