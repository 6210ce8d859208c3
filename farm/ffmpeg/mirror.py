"""Tell whether a picture is stored mirrored.

PyAV gives the turn of a display matrix, which is the same for a picture turned by 180
degrees and one mirrored left to right. (Its ``frame.side_data``, where the matrix is,
crashes on EXIF data in PyAV 18.1.) So this one bit is read from the file itself:
from EXIF, and from the boxes of MP4, QuickTime and AVIF.
"""

from __future__ import annotations

import re
import struct
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

#: EXIF orientations that are mirrored, then turned or not.
MIRRORED_ORIENTATIONS = frozenset({2, 4, 5, 7})
#: EXIF in JPEG, PNG and WebP: a mark, then a TIFF header.
_EXIF = re.compile(
    rb"(?:Exif\0\0|eXIf|EXIF....)(?:Exif\0\0)?(II\*\0|MM\0\*)", re.DOTALL
)
_ORIENTATION_TAG = 0x0112
#: EXIF is looked for this far into the file, or this near its end (WebP).
_EXIF_REACH = 1 << 18
#: An index larger than this is not read.
_LARGEST_BOX = 1 << 28
_CONTAINERS = frozenset({b"moov", b"trak"})


def is_mirrored(path: Path, *, container: str, stream: int) -> bool:
    """Whether the picture of a stream must be mirrored to be shown."""
    with path.open("rb") as file:
        if "mp4" in container.split(","):
            return _is_mirrored_in_boxes(file, stream)
        if container.endswith("_pipe") or container in {"image2", "webp"}:
            return _exif_orientation(file) in MIRRORED_ORIENTATIONS
    return False


def top_boxes(path: Path) -> list[bytes]:
    """Return the kinds of the outermost boxes of an MP4 or QuickTime file."""
    with path.open("rb") as file:
        end = file.seek(0, 2)
        return [kind for kind, _, _ in _boxes(file, start=0, end=end)]


def _exif_orientation(file: IO[bytes]) -> int:
    head = file.read(_EXIF_REACH)
    size = file.seek(0, 2)
    file.seek(max(len(head), size - _EXIF_REACH))
    for data in (head, file.read(_EXIF_REACH)):
        if found := _EXIF.search(data):
            return _orientation(data[found.start(1) :])
    return 1


def _orientation(tiff: bytes) -> int:
    """Read the orientation out of the first directory of a TIFF header."""
    order = "<" if tiff.startswith(b"II") else ">"
    try:
        (offset,) = struct.unpack_from(f"{order}I", tiff, 4)
        (count,) = struct.unpack_from(f"{order}H", tiff, offset)
        for entry in range(count):
            tag, _, _, value = struct.unpack_from(
                f"{order}HHIH", tiff, offset + 2 + 12 * entry
            )
            if tag == _ORIENTATION_TAG:
                return int(value)
    except struct.error:  # cut off, or not what it says it is
        return 1
    return 1


def _is_mirrored_in_boxes(file: IO[bytes], stream: int) -> bool:
    end = file.seek(0, 2)
    movie, tracks, still = 1.0, list[float](), False
    for kind, start, stop in _boxes(file, start=0, end=end, inside=_CONTAINERS):
        if kind == b"mvhd":
            movie = _determinant(_read(file, start, stop), offsets=(36, 48))
        elif kind == b"tkhd":
            tracks.append(_determinant(_read(file, start, stop), offsets=(40, 52)))
        elif kind == b"meta" and not tracks:  # a still: AVIF
            still = still or b"\x00\x00\x00\x09imir" in _read(file, start, stop)
    if not tracks:
        return still
    return stream < len(tracks) and movie * tracks[stream] < 0


def _boxes(
    file: IO[bytes], *, start: int, end: int, inside: frozenset[bytes] = frozenset()
) -> Iterator[tuple[bytes, int, int]]:
    """Walk boxes: the kind, and where the content starts and ends."""
    while start + 8 <= end:
        file.seek(start)
        size, kind = struct.unpack(">I4s", file.read(8))
        head = 8
        if size == 1:  # a 64 bit size follows
            head = 16
            size = int.from_bytes(file.read(8), "big")
        stop = end if size == 0 else start + size
        if stop < start + head or stop > end:
            yield kind, start + head, end
            return
        yield kind, start + head, stop
        if kind in inside:
            yield from _boxes(file, start=start + head, end=stop, inside=inside)
        start = stop


def _read(file: IO[bytes], start: int, stop: int) -> bytes:
    file.seek(start)
    return file.read(min(stop - start, _LARGEST_BOX))


def _determinant(header: bytes, *, offsets: tuple[int, int]) -> float:
    """Return the determinant of the matrix of a header: negative if it mirrors."""
    try:
        a, b, _, c, d = struct.unpack_from(">5i", header, offsets[header[0] == 1])
    except (struct.error, IndexError):
        return 1.0
    return float(a * d - b * c) or 1.0
