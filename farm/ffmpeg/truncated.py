"""Tell whether a file ends before what its header promises."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from av.audio.stream import AudioStream
from av.video.stream import VideoStream

from farm.ffmpeg.facts import is_cover

if TYPE_CHECKING:
    from pathlib import Path

    from av.container import InputContainer

    from farm.ffmpeg.scan import StreamScan


#: Formats whose header tells the length; that of others is guessed by the reader.
TELLS_LENGTH = frozenset(
    {"mp4", "matroska", "webm", "avi", "wav", "w64", "flac", "mxf", "flv", "asf", "caf"}
)
#: A file is truncated if more than this is missing, and more than two frames.
MISSING_SECONDS = Fraction(1, 4)
#: Programs that write to a pipe put a large number there.
_LENGTH_NOT_KNOWN = 0x7FFF0000
MICROSECOND = Fraction(1, 1_000_000)


def is_short_of_bytes(path: Path, size: int) -> bool:
    """Whether a WAV or AVI file says that it is longer than it is.

    FFmpeg takes the length of sound from the bytes that are there.
    """
    with path.open("rb") as file:
        head = file.read(8)
    promised = int.from_bytes(head[4:], "little")
    return head.startswith(b"RIFF") and size < promised + 8 < _LENGTH_NOT_KNOWN


def is_truncated(
    container: InputContainer, scans: dict[int, StreamScan], *, longest: Fraction
) -> bool:
    """Whether data is missing that the header promises, at the end of any stream."""
    names = set(container.format.name.split(","))
    if not names & TELLS_LENGTH:
        return False
    allowed = max(MISSING_SECONDS, 2 * longest)
    seen = [found for found in scans.values() if is_film_or_sound(found)]
    promises = [found.promised for found in seen]
    if None not in promises:
        # the length of the container may be that of a track nobody needs
        return any(
            promise.stop - (found.end or promise.start) > allowed
            for found, promise in zip(seen, promises, strict=True)
            if promise is not None
        )
    if container.duration is None:
        return False
    promised = ((container.start_time or 0) + container.duration) * MICROSECOND
    ends = [found.end for found in scans.values() if found.end is not None]
    return bool(ends) and promised - max(ends) > allowed


def is_film_or_sound(found: StreamScan) -> bool:
    """Whether a stream is played: a picture that is no cover, or sound."""
    if isinstance(found.stream, VideoStream):
        return not is_cover(found.stream)
    return isinstance(found.stream, AudioStream)
