"""Take groups of pictures out of a source as they are, and see that they are whole."""

from __future__ import annotations

import hashlib
from contextlib import closing
from typing import TYPE_CHECKING, NamedTuple

import av
from av.video.codeccontext import VideoCodecContext
from av.video.stream import VideoStream

from farm.ffmpeg.avc import changes_sets, is_idr, is_well_formed, read_config
from farm.ffmpeg.open import open_media
from farm.ffmpeg.verify import STRICT, strict, undamaged

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from fractions import Fraction

    from av.container import InputContainer
    from av.packet import Packet

    from farm.timeline.copy import CopyRange

#: Reading starts so much before the first picture: seeking goes by the time of storing.
_HEAD_SECONDS = 2


class CopyFound(NamedTuple):
    """What was seen of a copy."""

    delay: int
    """How many frames later than it is stored a picture is shown, at most."""
    digest: str
    """Of all its packets."""


class NotCopyableError(Exception):
    """The source does not hold the groups of pictures that its facts promise."""


def read_copied(copy: CopyRange) -> Iterator[tuple[int, Packet[VideoStream]]]:
    """Yield the packets of a copy as they are stored, each with its frame from 0.

    Raises:
        NotCopyableError: when they are not the frames that were planned.
    """
    try:
        with closing(open_media(copy.source.path)) as container:
            stream = container.streams[copy.source.video.index]
            if not isinstance(stream, VideoStream):
                message = f"stream {stream.index} is no picture"
                raise NotCopyableError(message)
            yield from _read(container, stream, copy)
    except (av.FFmpegError, OSError, IndexError, ValueError) as error:
        raise NotCopyableError(str(error)) from error


def check_copied(copy: CopyRange) -> CopyFound:
    """See that a copy is whole, from its first packet to its last.

    All frames of the first and the last group are decoded, which lie at joins; of the
    others those that more is predicted from. Of the rest it is seen that each is there,
    and that its units are well formed.

    Raises:
        NotCopyableError: when a frame is missing or damaged.
    """
    inner = _open_decoder(copy)
    inner.skip_frame = "NONREF"  # half of the work
    delay, held = 0, None
    digest = new_digest()
    try:
        with strict():
            for number, (late, group) in enumerate(_groups(copy)):
                delay = max(delay, late)
                for packet in group:
                    digest.update(bytes(packet))
                if number == 0:
                    _decode_all(copy, group)
                elif held is not None:
                    _decode(inner, held)
                held = group if number else None
            if held is not None:
                _decode_all(copy, held)
            _count(undamaged(inner.decode(None)))
    except av.FFmpegError as error:
        raise NotCopyableError(str(error)) from error
    return CopyFound(delay=delay, digest=digest.hexdigest())


def new_digest() -> hashlib.blake2b:
    """Return what packets are hashed with, to know them again when they are copied."""
    return hashlib.blake2b(digest_size=16)


def _groups(copy: CopyRange) -> Iterator[tuple[int, list[Packet[VideoStream]]]]:
    """Yield groups of pictures, each with the longest delay of any of its frames."""
    group: list[Packet[VideoStream]] = []
    delay = 0
    for stored, (frame, packet) in enumerate(read_copied(copy)):
        if group and packet.is_keyframe and is_idr(bytes(packet)):
            yield delay, group
            group, delay = [], 0
        delay = max(delay, stored - frame)
        group.append(packet)
    yield delay, group


def _open_decoder(copy: CopyRange) -> VideoCodecContext:
    decoder = av.CodecContext.create(copy.source.video.codec, "r")
    assert isinstance(decoder, VideoCodecContext)  # noqa: S101  # PyAV's are
    decoder.extradata = bytes.fromhex(copy.config)
    decoder.thread_count = 1
    decoder.options = STRICT
    return decoder


def _decode_all(copy: CopyRange, group: list[Packet[VideoStream]]) -> None:
    decoder = _open_decoder(copy)
    frames = _decode(decoder, group) + _count(undamaged(decoder.decode(None)))
    if frames != len(group):
        message = f"{frames} frames of {len(group)} of a group can be decoded"
        raise NotCopyableError(message)


def _decode(decoder: VideoCodecContext, group: list[Packet[VideoStream]]) -> int:
    return sum(_count(undamaged(decoder.decode(packet))) for packet in group)


def _count(frames: Iterable[object]) -> int:
    return sum(1 for _ in frames)


def _read(
    container: InputContainer, stream: VideoStream, copy: CopyRange
) -> Iterator[tuple[int, Packet[VideoStream]]]:
    video = copy.source.video
    tick = stream.time_base
    config = read_config(stream.codec_context.extradata or b"")
    wanted = read_config(bytes.fromhex(copy.config))
    if config is None or config != wanted or tick is None:
        message = "its decoder configuration is another one"
        raise NotCopyableError(message)
    start = video.start + copy.first / video.rate
    container.seek(int((start - _HEAD_SECONDS) / tick), stream=stream, backward=True)
    seen: set[int] = set()
    for packet in container.demux(stream):
        if packet.pts is None or not packet.size:
            continue
        frame = _frame(packet.pts * tick, video.start, video.rate) - copy.first
        if not seen and not (frame == 0 and packet.is_keyframe):
            continue
        data = bytes(packet)
        if not seen and not is_idr(data):
            message = "decoding cannot start with its first picture"
            raise NotCopyableError(message)
        if not 0 <= frame < copy.frames or frame in seen or packet.is_discard:
            message = f"frame {frame + copy.first} is not where it should be"
            raise NotCopyableError(message)
        if not is_well_formed(data):
            message = f"frame {frame + copy.first} is damaged"
            raise NotCopyableError(message)
        if changes_sets(data, config):
            message = f"its parameter sets change at frame {frame + copy.first}"
            raise NotCopyableError(message)
        seen.add(frame)
        yield frame, packet
        if len(seen) == copy.frames:
            return
    message = f"{len(seen)} frames of {copy.frames} are there"
    raise NotCopyableError(message)


def _frame(time: Fraction, start: Fraction, rate: Fraction) -> int:
    return round((time - start) * rate)
