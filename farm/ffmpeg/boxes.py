"""Read boxes of MP4 (ISO/IEC 14496-12): what a fragment says of its time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_HEAD_BYTES = 8
_LARGE = 1
#: Flags of *tfhd* and *trun* that say which fields there are (8.8.7, 8.8.8).
_TFHD_FIELDS = ((0x01, 8), (0x02, 4))
_TFHD_DURATION = 0x08
_TRUN_FIELDS = ((0x01, 4), (0x04, 4))
_TRUN_DURATION = 0x100
_TRUN_EACH = (0x100, 0x200, 0x400, 0x800)


@dataclass(frozen=True, slots=True, kw_only=True)
class FragmentTime:
    """When a fragment of one track is decoded."""

    number: int
    """Of the fragment in its file or stream."""
    start: int
    """Of its first sample, in ticks of its track."""
    ticks: int
    """How long all of its samples are."""
    samples: int


def find_boxes(
    data: bytes, start: int = 0, end: int | None = None
) -> Iterator[tuple[bytes, int, int]]:
    """Yield name, start and end of each box on one level.

    Raises:
        ValueError: when their lengths do not add up.
    """
    last = len(data) if end is None else end
    while start < last:
        size, head = _number(data, start, 4), _HEAD_BYTES
        if size == _LARGE:
            size, head = _number(data, start + head, 8), 2 * _HEAD_BYTES
        if size < head or start + size > last:
            message = f"the box at byte {start} does not end"
            raise ValueError(message)
        yield data[start + 4 : start + _HEAD_BYTES], start, start + size
        start += size


def read_fragment(data: bytes) -> FragmentTime:
    """Return the time of the fragment in a segment that has one.

    Raises:
        ValueError: when it has none.
    """
    moof = _inside(data, b"moof", 0, len(data))
    traf = _inside(data, b"traf", *moof)
    header, run = _inside(data, b"tfhd", *traf), _inside(data, b"trun", *traf)
    usual = _usual_duration(data, header[0])
    durations = _durations(data, run[0], usual)
    time = _inside(data, b"tfdt", *traf)[0]
    return FragmentTime(
        number=_number(data, _inside(data, b"mfhd", *moof)[0] + 4, 4),
        start=_number(data, time + 4, 8 if data[time] else 4),
        ticks=sum(durations),
        samples=len(durations),
    )


def _inside(data: bytes, name: bytes, start: int, end: int) -> tuple[int, int]:
    """Return where the content of the first box of a name begins and ends."""
    for found, first, last in find_boxes(data, start, end):
        if found == name:
            return first + _HEAD_BYTES, last
    message = f"there is no box {name.decode()}"
    raise ValueError(message)


def _usual_duration(data: bytes, at: int) -> int:
    flags, at = _number(data, at + 1, 3), at + 8
    at += sum(size for flag, size in _TFHD_FIELDS if flags & flag)
    return _number(data, at, 4) if flags & _TFHD_DURATION else 0


def _durations(data: bytes, at: int, usual: int) -> list[int]:
    flags, count = _number(data, at + 1, 3), _number(data, at + 4, 4)
    at += 8 + sum(size for flag, size in _TRUN_FIELDS if flags & flag)
    step = 4 * sum(bool(flags & flag) for flag in _TRUN_EACH)
    if not flags & _TRUN_DURATION:
        return [usual] * count
    return [_number(data, at + number * step, 4) for number in range(count)]


def _number(data: bytes, at: int, size: int) -> int:
    return int.from_bytes(data[at : at + size], "big")
