"""Lowest and highest samples of sound: gathered while it is decoded.

Samples come in any number at a time and are thrown away: what is kept is two numbers
for each *pixel*, a fixed number of samples.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Samples: TypeAlias = NDArray[np.int16]


@dataclass(slots=True, kw_only=True)
class Peaks:
    """Lowest and highest samples of each pixel and channel."""

    samples_per_pixel: int
    channels: int
    samples: int = 0
    """Samples that were seen, of each channel."""
    _low: list[list[Samples]] = field(default_factory=list)
    _high: list[list[Samples]] = field(default_factory=list)
    _rest: list[Samples] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._low = [[] for _ in range(self.channels)]
        self._high = [[] for _ in range(self.channels)]
        self._rest = [np.zeros(0, np.int16) for _ in range(self.channels)]

    def see(self, lanes: Sequence[Samples]) -> None:
        """Take the next samples, those of each channel by themselves."""
        self.samples += len(lanes[0])
        for number, lane in enumerate(lanes):
            rest = self._rest[number]
            data = np.concatenate([rest, lane]) if len(rest) else lane
            whole = len(data) // self.samples_per_pixel
            cut = whole * self.samples_per_pixel
            pixels = data[:cut].reshape(whole, self.samples_per_pixel)
            if whole:
                self._low[number].append(pixels.min(axis=1))
                self._high[number].append(pixels.max(axis=1))
            self._rest[number] = data[cut:].copy()

    def pairs(self) -> Samples:
        """Return them as an array: pixel, channel, lowest and highest.

        The last pixel may stand for fewer samples.
        """
        lanes = []
        for number in range(self.channels):
            low, high = [*self._low[number]], [*self._high[number]]
            if len(rest := self._rest[number]):
                low.append(rest.min(keepdims=True))
                high.append(rest.max(keepdims=True))
            empty = np.zeros(0, np.int16)
            lanes.append(
                np.stack(
                    [np.concatenate([empty, *low]), np.concatenate([empty, *high])],
                    axis=1,
                )
            )
        return np.stack(lanes, axis=1)


def split_channels(data: bytes | bytearray, channels: int) -> list[Samples]:
    """Return the samples of each channel of interleaved 16-bit little-endian PCM."""
    both = np.frombuffer(data, dtype="<i2").reshape(-1, channels)
    return [np.ascontiguousarray(both[:, number]) for number in range(channels)]


def mix_channels(data: bytes | bytearray, channels: int) -> list[Samples]:
    """Return the mean of all channels of interleaved 16-bit little-endian PCM.

    As audiowaveform does it: the sum, divided by the channels, rounded to 0.
    """
    both = np.frombuffer(data, dtype="<i2").reshape(-1, channels)
    if channels == 1:
        return [both[:, 0]]
    if channels == 2:  # noqa: PLR2004  # two samples are one number: several times faster
        pairs = np.frombuffer(data, dtype="<i4")
        total = (pairs << 16) >> 16
        total += pairs >> 16
        total += total < 0
        total >>= 1
        return [total.astype(np.int16)]
    total = both.sum(axis=1, dtype=np.int32)
    total += (total < 0) * np.int32(channels - 1)
    return [(total // channels).astype(np.int16)]


def fit_columns(pairs: Samples, columns: int) -> Samples:
    """Return as many pixels as a picture has columns, evenly from finer ones.

    Of fewer pixels than columns, some are repeated.
    """
    count = len(pairs)
    starts = np.arange(columns) * count // columns
    if count >= columns:
        low = np.minimum.reduceat(pairs[:, :, 0], starts, axis=0)
        high = np.maximum.reduceat(pairs[:, :, 1], starts, axis=0)
        return np.stack([low, high], axis=2)
    return pairs[starts]
