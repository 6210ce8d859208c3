"""Look at a finished file: what is in it, and does it decode to the end."""

from __future__ import annotations

import errno
import hashlib
import itertools
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeVar

import av
import av.logging

from farm.errors import OutputWrong
from farm.ffmpeg.color import PRIMARIES, SPACES, TRANSFERS
from farm.ffmpeg.light import read_light, read_side_data
from farm.ffmpeg.open import open_media

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from pydantic import JsonValue

    from farm.timeline.media import Light

_Frame = TypeVar("_Frame", av.VideoFrame, av.AudioFrame)
#: Decoders hide damage by themselves: they shall say so instead. Smoothing the edges
#: of blocks reads nothing from the file, and is a sixth of the work.
STRICT = {
    "err_detect": "crccheck+bitstream+buffer+explode",
    "skip_loop_filter": "all",
}


#: So many frames after a join are decoded: more than a decoder holds back.
_FRAMES_AFTER = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureFound:
    """The picture of a file."""

    codec: str
    width: int
    height: int
    pix_fmt: str
    frames: int
    first: Fraction
    """Time of the first frame in seconds."""
    primaries: str | None
    """As FFmpeg names them; likewise transfer and matrix."""
    transfer: str | None
    matrix: str | None
    shortest_step: Fraction
    longest_step: Fraction
    """Shortest and longest time from one frame to the next, in seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SoundFound:
    """The sound of a file."""

    codec: str
    sample_rate: int
    channels: int
    samples: int


class Counted(NamedTuple):
    """What the packets of a stream take."""

    size: int
    packets: int


def check_subtitles(path: Path, wanted: Sequence[tuple[str, int]]) -> list[JsonValue]:
    """Compare the subtitles of a file with language and number of cues of each stream.

    Raises:
        OutputWrong: when they differ.
    """
    with open_media(path) as container:
        streams = container.streams.subtitles
        counts = dict.fromkeys((stream.index for stream in streams), 0)
        for packet in container.demux(streams) if counts else ():
            # MP4 fills the time between two cues with empty ones
            empty = packet.stream.codec_context.name == "mov_text" and packet.size <= 2  # noqa: PLR2004  # a length of 0
            counts[packet.stream.index] += bool(packet.size and not empty)
        found = [
            (stream.metadata.get("language", "und"), counts[stream.index])
            for stream in streams
        ]
        codecs = [stream.codec_context.name for stream in streams]
    if found != list(wanted):
        message = f"its subtitles are {found} instead of {list(wanted)}"
        raise OutputWrong(message)
    return [
        {"language": language, "cues": cues, "codec": codec}
        for (language, cues), codec in zip(found, codecs, strict=True)
    ]


def count_bytes(path: Path, kind: Literal["video", "audio"]) -> Counted:
    """Add up the packets of the first picture or sound of a file."""
    with open_media(path) as container:
        stream = (
            container.streams.video[0]
            if kind == "video"
            else container.streams.audio[0]
        )
        sizes = [packet.size for packet in container.demux(stream) if packet.size]
    return Counted(sum(sizes), len(sizes))


def read_header(path: Path) -> str:
    """Return a digest of what a decoder of the picture needs before its first frame.

    Pieces whose headers differ cannot be joined: a file has one for all of them.
    """
    with open_media(path) as container:
        header = container.streams.video[0].codec_context.extradata
    return hashlib.sha256(header or b"").hexdigest()


def find_light(path: Path) -> Light | None:
    """Return what the first frame of a file tells of its light; `None`: nothing.

    Raises:
        OutputWrong: when it does not decode.
    """
    try:
        with open_media(path) as container:
            stream = container.streams.video[0]
            frame = next(container.decode(stream))
            codec = stream.codec_context.codec.canonical_name
            return read_light(read_side_data(frame, codec))
    except (av.FFmpegError, IndexError, StopIteration) as error:
        raise OutputWrong(f"{path.name} does not decode: {error}") from error


def scan_picture(
    path: Path, *, decode: bool, see: Callable[[av.VideoFrame], None] | None = None
) -> PictureFound:
    """Count the frames of a file, decoded or by packets; show each that is decoded.

    Raises:
        OutputWrong: when it has no picture or does not decode to the end.
    """
    try:
        with strict(), open_media(path) as container:
            stream = container.streams.video[0]
            stream.thread_count = 1
            stream.codec_context.options = STRICT
            clock = stream.time_base or Fraction(1)
            if decode:
                times = []
                for frame in undamaged(container.decode(stream)):
                    times.append(frame.pts)
                    if see is not None:
                        see(frame)
            else:
                times = [p.pts for p in container.demux(stream) if p.size]
            context = stream.codec_context
            return PictureFound(
                codec=context.codec.canonical_name,
                width=context.width,
                height=context.height,
                pix_fmt=context.pix_fmt or "",
                frames=len(times),
                primaries=PRIMARIES.get(context.color_primaries),
                transfer=TRANSFERS.get(context.color_trc),
                matrix=SPACES.get(context.colorspace),
                **_steps([time for time in times if time is not None], clock),
            )
    except (av.FFmpegError, IndexError) as error:
        message = f"{path.name} does not decode to the end: {error}"
        raise OutputWrong(message) from error


def scan_sound(path: Path) -> SoundFound:
    """Decode the sound of a file and count its samples.

    Raises:
        OutputWrong: when it has no sound or does not decode to the end.
    """
    try:
        with strict(), open_media(path) as container:
            stream = container.streams.audio[0]
            stream.codec_context.options = STRICT
            samples = sum(f.samples for f in undamaged(container.decode(stream)))
            context = stream.codec_context
            return SoundFound(
                codec=context.codec.canonical_name,
                sample_rate=context.sample_rate,
                channels=context.channels,
                samples=samples,
            )
    except (av.FFmpegError, IndexError) as error:
        message = f"the sound of {path.name} does not decode to the end: {error}"
        raise OutputWrong(message) from error


def check_joins(path: Path, joins: Iterable[int], *, rate: Fraction) -> None:
    """Decode across joins: from the key frame before each to some frames after it.

    Args:
        path: of the finished file.
        joins: frames that pieces begin at.
        rate: frames a second.

    Raises:
        OutputWrong: when a frame is missing, out of order or damaged there.
    """
    try:
        with strict(), open_media(path) as container:
            stream = container.streams.video[0]
            stream.thread_count = 1
            stream.codec_context.options = STRICT
            tick = stream.time_base or Fraction(1)
            for join in joins:
                time = (join - 1) / rate
                container.seek(round(time / tick), stream=stream, backward=True)
                frames = undamaged(container.decode(stream))
                seen = _frames_to(frames, join + _FRAMES_AFTER, tick * rate)
                if not seen or seen[0] >= join or seen != _row(seen[0], len(seen)):
                    message = f"{path.name} does not run on at frame {join}"
                    raise OutputWrong(message)
    except av.FFmpegError as error:
        message = f"{path.name} does not decode across its joins: {error}"
        raise OutputWrong(message) from error


def _frames_to(frames: Iterable[av.VideoFrame], last: int, beat: Fraction) -> list[int]:
    """Return the numbers of frames up to one, or to the end."""
    seen = []
    for frame in frames:
        seen.append(round((frame.pts or 0) * beat))
        if seen[-1] >= last:
            break
    return seen


def _row(first: int, count: int) -> list[int]:
    return list(range(first, first + count))


@contextmanager
def strict() -> Iterator[None]:
    """Raise what decoders only log, as that of FFV1 does of a wrong checksum.

    It is for decoding in this thread alone: logs of others would wait for Python.
    """
    before = av.logging.get_level()
    av.logging.set_level(av.logging.ERROR)
    try:
        with av.logging.Capture() as errors:
            yield
    finally:
        av.logging.set_level(before)
    if errors:
        raise av.InvalidDataError(errno.EINVAL, errors[0][2].strip())


def undamaged(frames: Iterable[_Frame]) -> Iterator[_Frame]:
    """Yield all frames; raise at the first that a decoder had to mend."""
    for frame in frames:
        if frame.is_corrupt:
            message = f"the frame at {frame.time} s is damaged"
            raise av.InvalidDataError(errno.EINVAL, message)
        yield frame


def _steps(times: list[int], clock: Fraction) -> dict[str, Fraction]:
    ordered = sorted(times)
    steps = [later - earlier for earlier, later in itertools.pairwise(ordered)]
    return {
        "first": (ordered[0] if ordered else 0) * clock,
        "shortest_step": min(steps, default=0) * clock,
        "longest_step": max(steps, default=0) * clock,
    }
