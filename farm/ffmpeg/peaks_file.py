"""Peaks as files that players read, in the format of the BBC's audiowaveform.

Version 2 of https://github.com/bbc/audiowaveform/blob/master/doc/DataFormat.md; what
peaks.js and wavesurfer read:

```
byte   0  4      8            12                 16      20        24
       2  flags  sample rate  samples per pixel  length  channels  pairs ...
```
All little-endian; bit 0 of the flags: 8 bits, else 16. A pair is the lowest and the
highest sample of a pixel, of each channel in turn. (The table of pairs on that page
begins at byte 20, as in version 1; the program writes them, and all readers want them,
behind the channels.)
"""

from __future__ import annotations

import json
import struct
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from farm.ffmpeg.peaks import Samples

_HEADER = struct.Struct("<iIiiIi")
_VERSION = 2
_8_BITS = 1


def write_dat(
    pairs: Samples, *, sample_rate: int, samples_per_pixel: int, bits: int
) -> bytes:
    """Return the binary form.

    Args:
        pairs: pixel, channel, lowest and highest (`farm.ffmpeg.peaks.Peaks.pairs`).
        sample_rate: in Hz.
        samples_per_pixel: of each pair.
        bits: 8 or 16.
    """
    length, channels, _ = pairs.shape
    flags = _8_BITS if bits == 8 else 0  # noqa: PLR2004
    header = _HEADER.pack(
        _VERSION, flags, sample_rate, samples_per_pixel, length, channels
    )
    kind = "<i1" if bits == 8 else "<i2"  # noqa: PLR2004
    return header + _scale(pairs, bits).astype(kind).tobytes()


def write_json(
    pairs: Samples, *, sample_rate: int, samples_per_pixel: int, bits: int
) -> bytes:
    """Return the same as JSON; the arguments are those of `write_dat`."""
    length, channels, _ = pairs.shape
    document = {
        "version": _VERSION,
        "channels": channels,
        "sample_rate": sample_rate,
        "samples_per_pixel": samples_per_pixel,
        "bits": bits,
        "length": length,
        "data": _scale(pairs, bits).reshape(-1).tolist(),
    }
    return json.dumps(document, separators=(",", ":")).encode("ascii") + b"\n"


def draw(pairs: Samples, *, height: int, color: tuple[int, int, int]) -> bytes:
    """Draw one column for each pixel, one row of the picture for each channel.

    Returns a picture in the format PAM: the colour on a transparent ground. The middle
    of each row is 0, its edges are full scale; silence is a line.
    """
    columns, channels, _ = pairs.shape
    picture = np.zeros((height, columns, 4), np.uint8)
    picture[:, :, :3] = color
    edges = [height * number // channels for number in range(channels + 1)]
    for number in range(channels):
        top, bottom = edges[number], edges[number + 1]
        rows = bottom - top
        low, high = (pairs[:, number, which].astype(np.int32) for which in (0, 1))
        # a sample of +32767 lies in the first line, one of −32768 in the last
        first = (32767 - high) * rows >> 16
        last = (32767 - low) * rows >> 16
        line = np.arange(rows)[:, None]
        seen = (line >= first[None, :]) & (line <= last[None, :])
        picture[top:bottom, :, 3] = seen * np.uint8(255)
    header = (
        f"P7\nWIDTH {columns}\nHEIGHT {height}\nDEPTH 4\nMAXVAL 255\n"
        "TUPLTYPE RGB_ALPHA\nENDHDR\n"
    )
    return header.encode("ascii") + picture.tobytes()


def _scale(pairs: Samples, bits: int) -> Samples:
    """Bring samples to so many bits, rounded to 0 as audiowaveform does it."""
    if bits == 16:  # noqa: PLR2004
        return pairs
    return (pairs + (pairs < 0) * np.int32(255) >> 8).astype(np.int16)
