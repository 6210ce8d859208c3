"""Lay pieces whose parameter sets differ into one track (H.264).

FFmpeg's concat would put the sets of each piece before its pictures, which some players
refuse in MP4; here the track's decoder configuration lists them all.
Times are counted anew: pieces are closed, so that the n-th picture of the track is
stored n-th, and a picture is shown no earlier than it is stored when all are shown late
by the longest delay of any.
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, cast

from av.packet import Packet

from farm.errors import OutputWrong
from farm.ffmpeg.avc import read_config, unite_configs, without_sets, write_config
from farm.ffmpeg.copied import NotCopyableError, new_digest, read_copied
from farm.ffmpeg.open import open_media, open_output

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from av.container import InputContainer
    from av.video.stream import VideoStream

    from farm.ffmpeg.avc import AvcConfig
    from farm.timeline.copy import CopyRange


@dataclass(frozen=True, slots=True, kw_only=True)
class Encoded:
    """Frames in a file of their own."""

    path: Path
    frames: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Copied:
    """Frames that are taken out of a source."""

    copy: CopyRange
    delay: int
    """How many frames later than it is stored a picture is shown, at most."""
    digest: str
    """Of its packets, as they were looked through."""

    @property
    def frames(self) -> int:
        """How many there are."""
        return self.copy.frames


def unite(pieces: Sequence[Encoded | Copied], target: Path, *, rate: Fraction) -> None:
    """Write the picture of all pieces, in order, as one MP4.

    Raises:
        OutputWrong: when a piece is not what it should be.
        NotCopyableError: when a source has changed.
    """
    heads = [_read_head(piece, rate) for piece in pieces]
    config = unite_configs(head.config for head in heads)
    if config is None:
        message = "the parameter sets of its pieces do not go into one track"
        raise OutputWrong(message)
    delay = max(head.delay for head in heads)
    # what is encoded here says its colours
    models = sorted(pieces, key=lambda piece: isinstance(piece, Copied))
    model = models[0]
    with (
        closing(open_media(_path(model))) as first,
        closing(open_output(target, options=_clock(rate))) as output,
    ):
        track = output.add_stream_from_template(_track(first, model))
        track.codec_context.extradata = write_config(config)
        track.time_base = 1 / rate
        stored = start = 0
        for piece in pieces:
            for frame, packet in _packets(piece, rate):
                packet.stream = track
                packet.time_base = 1 / rate
                packet.pts, packet.dts = start + frame, stored - delay
                packet.duration = 1
                output.mux(packet)
                stored += 1
            start += piece.frames


def _path(piece: Encoded | Copied) -> Path:
    return piece.path if isinstance(piece, Encoded) else Path(piece.copy.source.path)


def _track(container: InputContainer, piece: Encoded | Copied) -> VideoStream:
    if isinstance(piece, Encoded):
        return container.streams.video[0]
    index = piece.copy.source.video.index
    return next(each for each in container.streams.video if each.index == index)


class _Head(NamedTuple):
    config: AvcConfig
    delay: int


def _read_head(piece: Encoded | Copied, rate: Fraction) -> _Head:
    if isinstance(piece, Copied):
        avcc, delay = bytes.fromhex(piece.copy.config), piece.delay
    else:
        with closing(open_media(piece.path)) as container:
            avcc = container.streams.video[0].codec_context.extradata or b""
        order = enumerate(frame for frame, _ in _packets(piece, rate))
        delay = max(stored - frame for stored, frame in order)
    config = read_config(avcc)
    if config is None:
        message = "the parameter sets of a piece cannot be read"
        raise OutputWrong(message)
    return _Head(config, delay)


def _packets(
    piece: Encoded | Copied, rate: Fraction
) -> Iterator[tuple[int, Packet[VideoStream]]]:
    """Yield the packets of a piece as they are stored, each with its frame from 0."""
    if isinstance(piece, Copied):
        yield from _copied_packets(piece)
        return
    with closing(open_media(piece.path)) as container:
        stream = container.streams.video[0]
        tick = stream.time_base or Fraction(1)
        for packet in container.demux(stream):
            if packet.size and packet.pts is not None:
                yield round(packet.pts * tick * rate), packet


def _copied_packets(piece: Copied) -> Iterator[tuple[int, Packet[VideoStream]]]:
    """Yield the packets of a copy; raise at the end where they are not those of before.

    Parameter sets stand in the decoder configuration alone.
    """
    digest = new_digest()
    for frame, packet in read_copied(piece.copy):
        data = bytes(packet)
        digest.update(data)
        plain = without_sets(data)
        if len(plain) == len(data):
            yield frame, packet
        else:
            other = cast("Packet[VideoStream]", Packet(plain))
            other.is_keyframe = packet.is_keyframe
            yield frame, other
    if digest.hexdigest() != piece.digest:
        message = "its pictures are not those that were looked through"
        raise NotCopyableError(message)


def _clock(rate: Fraction) -> dict[str, str]:
    """Let a frame be a whole number of ticks in the file."""
    return {"video_track_timescale": str(rate.numerator)}
