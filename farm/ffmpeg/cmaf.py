"""Cut finished pieces and sound into segments of CMAF, by stream copy.

FFmpeg's MP4 muxer writes each; times are counted here, in whole frames and samples.
A segment starts where the one before it ends, by its *tfdt*.
"""

from __future__ import annotations

import io
from contextlib import closing
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from farm.errors import OutputWrong
from farm.ffmpeg.boxes import find_boxes, read_fragment
from farm.ffmpeg.open import open_media, open_output

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from av.audio.stream import AudioStream
    from av.packet import Packet
    from av.video.stream import VideoStream

    from farm.ffmpeg.boxes import FragmentTime

_FLAGS = "cmaf+frag_custom+delay_moov+skip_trailer"
#: `frag_discont`: what comes first does not start at 0, others were before it.
_LATER_FLAGS = f"{_FLAGS}+frag_discont"
#: A segment of its own: brands of DASH and of CMAF (ISO/IEC 23000-19, 7.2).
_STYP = b"".join((b"\0\0\0\x18styp", b"msdh", b"\0\0\0\0", b"msdh", b"cmfs"))
_HEAD = {b"ftyp", b"moov"}
#: Object types of AAC above this are written otherwise (ISO/IEC 14496-3, 1.6.2.1).
_ESCAPED_TYPE = 31


@dataclass(frozen=True, slots=True, kw_only=True)
class Fragment:
    """A segment as it is played after its track's first bytes."""

    data: bytes
    start: int
    """By its clock, in ticks."""
    ticks: int
    """How long it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """Segments of a track."""

    init: bytes
    """What a decoder must know before the first of them."""
    codec: str
    """As RFC 6381 writes it."""
    fragments: tuple[Fragment, ...]


def cut_picture(
    path: Path, *, number: int, first: int, frames: int, rate: Fraction
) -> Cut:
    """Return all of a piece (H.264) as one segment.

    Args:
        path: of the piece, an MP4 that begins with a key frame.
        number: of the segment, from 1.
        first: frames before it.
        frames: how many it has.
        rate: frames a second.

    Raises:
        OutputWrong: when the piece is not that.
    """
    with closing(open_media(path)) as container:
        stream = container.streams.video[0]
        tick = (stream.time_base or Fraction(1)) * rate
        packets = [packet for packet in container.demux(stream) if packet.size]
        for packet in packets:
            packet.pts = first + round((packet.pts or 0) * tick)
            packet.dts = first + round((packet.dts or 0) * tick)
            packet.time_base = 1 / rate
            packet.duration = 1
        init, data = _mux(
            stream, packets, number=number, flags=_LATER_FLAGS, clock=rate.numerator
        )
        codec = _avc_name(stream.codec_context.extradata or b"")
        is_closed = bool(packets) and packets[0].is_keyframe
    fragment = _read(data)
    beat = rate.denominator
    found = fragment.start, fragment.ticks, fragment.samples
    if not is_closed or found != (first * beat, frames * beat, frames):
        message = (
            f"segment {number} lasts {fragment.ticks} ticks from {fragment.start} on, "
            f"should last {frames * beat} from {first * beat} on, from a key frame"
        )
        raise OutputWrong(message)
    return Cut(
        init=init,
        codec=codec,
        fragments=(Fragment(data=data, start=fragment.start, ticks=fragment.ticks),),
    )


def cut_sound(path: Path, ends: Sequence[Fraction]) -> Cut:
    """Return the sound of a file (AAC) in segments of whole blocks.

    The blocks are those of the file, which was encoded in one go. Those before its
    start, from which a decoder settles, are in the first segment, and an edit list
    says that they are not played.

    Args:
        path: of the sound, an MP4.
        ends: when each segment should end, in seconds.

    Raises:
        OutputWrong: when there is a segment without any block.
    """
    with closing(open_media(path)) as container:
        stream = container.streams.audio[0]
        samples = stream.codec_context.sample_rate
        packets = [packet for packet in container.demux(stream) if packet.size]
        early = max(0, -(packets[0].pts or 0)) if packets else 0
        groups = _share_out(packets, [*(end * samples for end in ends[:-1])])
        if not all(groups):
            message = f"{path.name} is too short for {len(ends)} segments"
            raise OutputWrong(message)
        init, codec = b"", _aac_name(stream.codec_context.extradata or b"")
        fragments: list[Fragment] = []
        for number, group in enumerate(groups, start=1):
            # after the first, times are those of the track, not of what is played
            for packet in group if number > 1 else ():
                packet.pts = packet.dts = (packet.pts or 0) + early
            head, data = _mux(
                stream,
                group,
                number=number,
                flags=_LATER_FLAGS if number > 1 else _FLAGS,
                clock=samples,
            )
            init = init or head
            fragments.append(_follow(data, fragments, early=early))
    return Cut(init=init, codec=codec, fragments=tuple(fragments))


def _follow(data: bytes, before: Sequence[Fragment], *, early: int) -> Fragment:
    """Return a segment of sound, which must begin where the one before it ends."""
    found = _read(data)
    start = before[-1].start + before[-1].ticks if before else 0
    if not before:
        return Fragment(data=data, start=early, ticks=found.ticks - early)
    if found.start != start:
        message = f"the sound goes on at {found.start} instead of {start}"
        raise OutputWrong(message)
    return Fragment(data=data, start=start, ticks=found.ticks)


def _share_out(
    packets: Sequence[Packet[AudioStream]], ends: Sequence[Fraction]
) -> list[list[Packet[AudioStream]]]:
    """Put each block where the middle of it lies."""
    groups: list[list[Packet[AudioStream]]] = [[]]
    for packet in packets:
        middle = (packet.pts or 0) + Fraction(packet.duration or 0, 2)
        if len(groups) <= len(ends) and middle >= ends[len(groups) - 1]:
            groups.append([])
        groups[-1].append(packet)
    return groups + [[] for _ in range(len(ends) + 1 - len(groups))]


def _mux(
    stream: VideoStream | AudioStream,
    packets: Sequence[Packet[VideoStream]] | Sequence[Packet[AudioStream]],
    *,
    number: int,
    flags: str,
    clock: int,
) -> tuple[bytes, bytes]:
    """Return the first bytes of a track, and a segment of these packets."""
    made = io.BytesIO()
    options = {
        "movflags": flags,
        "fragment_index": str(number),
        "write_btrt": "0",  # bits a second of this segment, where all shall be alike
        "video_track_timescale": str(clock),
    }
    with closing(open_output(made, form="mp4", options=options)) as output:
        track = output.add_stream_from_template(stream)
        for packet in packets:
            packet.stream = track
            output.mux(packet)
    data = made.getvalue()
    boxes = list(find_boxes(data))
    init = b"".join(data[start:end] for name, start, end in boxes if name in _HEAD)
    rest = b"".join(data[start:end] for name, start, end in boxes if name not in _HEAD)
    return init, _STYP + rest


def _read(data: bytes) -> FragmentTime:
    try:
        return read_fragment(data)
    except ValueError as error:
        message = f"a segment cannot be read: {error}"
        raise OutputWrong(message) from error


def _avc_name(avcc: bytes) -> str:
    """Return profile, constraints and level (ISO/IEC 14496-15, annex E)."""
    return f"avc1.{avcc[1:4].hex().upper()}"


def _aac_name(config: bytes) -> str:
    """Return the object type of a decoder configuration (ISO/IEC 14496-3)."""
    kind = config[0] >> 3
    if kind == _ESCAPED_TYPE:
        kind = 32 + ((config[0] & 7) << 3 | config[1] >> 5)
    return f"mp4a.40.{kind}"
