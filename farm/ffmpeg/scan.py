"""Read through a media file once, mostly without decoding, and note the times."""

from __future__ import annotations

import struct
from array import array
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING

import av.error
from av.audio.stream import AudioStream
from av.stream import DataStream, Discard
from av.subtitles.stream import SubtitleStream
from av.video.stream import VideoStream

from farm.ffmpeg.avc import is_idr, read_config

if TYPE_CHECKING:
    from av.audio.frame import AudioFrame
    from av.codec import CodecContext
    from av.container import InputContainer
    from av.packet import Packet
    from av.stream import Stream
    from av.video.frame import VideoFrame

    from farm.ffmpeg.avc import AvcConfig

#: A stream of which nothing was decoded after this many packets is given up.
MOST_PACKETS_DECODED = 2000
_PROFILE_3 = 0x30
_SUPERFRAME_MARK = 0b110


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """When a stream starts and ends by the header, in seconds."""

    start: Fraction
    stop: Fraction


@dataclass(slots=True, kw_only=True)
class StreamScan:
    """What one pass over the packets tells of one stream."""

    stream: Stream
    codec: str
    tick: Fraction
    times: array[int] = field(default_factory=lambda: array("q"))
    """Time of each shown packet in ticks, in the order of the file."""
    untimed: int = 0
    """Shown packets without a time."""
    all_bytes: int = 0
    """Size of all packets together, of those that are not shown, too."""
    last: int | None = None
    """Time of the packet that is shown last, in ticks; ``None`` without times."""
    last_duration: int = 0
    """Its duration, in ticks."""
    longest_duration: int = 0
    """Duration of the longest packet, in ticks."""
    skipped_samples: int = 0
    """Samples to be dropped at the start."""
    padding_samples: int = 0
    """Samples to be dropped at the end."""
    first_time: int | None = None
    """Time of the first packet, also if it is not shown (an encoder's run-in)."""
    keys: array[int] = field(default_factory=lambda: array("q"))
    """Time of each key frame in ticks."""
    starts: array[int] = field(default_factory=lambda: array("q"))
    """Places in `times` of pictures that decoding can start with (H.264)."""
    breaks: set[int] = field(default_factory=set)
    """Places in `times` before which a packet is hidden or has no time."""
    size_bytes: int = 0
    """Of all shown packets."""
    config: AvcConfig | None = None
    """Of H.264 in MP4, MOV and Matroska."""
    longest_run: int = 0
    """Longest time from one key frame to the next, in ticks."""
    has_alpha_data: bool = False
    """Whether packets carry a second picture with the transparency (WebM)."""
    first: VideoFrame | AudioFrame | None = None
    """The first frame that could be decoded."""
    why_not: str = "no part of it is whole"
    """What the decoder said last, where nothing could be decoded."""
    _tried: int = 0

    @property
    def end(self) -> Fraction | None:
        """Time at which the last packet ends, in seconds."""
        if self.last is None:
            return None
        return (self.last + self.last_duration) * self.tick

    @property
    def promised(self) -> Promise | None:
        """When the stream should start and end; ``None`` where nothing says so."""
        start, duration = self.stream.start_time, self.stream.duration
        if duration is None:
            return None
        first = (start or 0) * self.tick
        return Promise(start=first, stop=first + duration * self.tick)

    @property
    def key_distance(self) -> Fraction:
        """Longest time from a key frame to the next or to the last frame, in seconds.

        A file that marks no key frames counts as one that has but one.
        """
        first = self.times[0] if self.times else 0
        last_key = self.keys[-1] if self.keys else first
        tail = 0 if self.last is None else self.last - last_key
        return max(self.longest_run, tail) * self.tick

    @property
    def count(self) -> int:
        """Shown packets: for pictures, frames."""
        return len(self.times) + self.untimed

    def see(self, packet: Packet[Stream]) -> None:
        """Take the next packet of the stream."""
        if self.first is None and self._tried < MOST_PACKETS_DECODED:
            self._tried += 1
            self.decode(packet)
        self.all_bytes += packet.size
        if packet.has_sidedata("skip_samples"):
            self._see_skip(bytes(packet.get_sidedata("skip_samples")))
        if not self.count:
            self.has_alpha_data = packet.has_sidedata("matroska_block_additional")
        time = packet.dts if packet.pts is None else packet.pts
        if self.first_time is None:
            self.first_time = time
        if packet.is_discard or is_hidden(packet, self.codec):
            self.breaks.add(len(self.times))
            return
        if time is None:
            self.untimed += 1
            self.breaks.add(len(self.times))
            return
        self.size_bytes += packet.size
        if self.config and packet.is_keyframe and is_idr(bytes(packet)):
            self.starts.append(len(self.times))
        self.times.append(time)
        if packet.is_keyframe:
            before = self.keys[-1] if self.keys else time
            self.longest_run = max(self.longest_run, time - before)
            self.keys.append(time)
        duration = packet.duration or 0
        self.longest_duration = max(duration, self.longest_duration)
        if self.last is None or time >= self.last:
            self.last, self.last_duration = time, duration

    def decode(self, packet: Packet[Stream] | None) -> None:
        """Try to get the first frame; ``None`` asks for what the decoder holds back."""
        if not self.codec or not isinstance(self.stream, VideoStream | AudioStream):
            return
        try:
            frames = self.stream.codec_context.decode(packet)
        except av.error.FFmpegError as error:
            self.why_not = error.strerror or self.why_not
            return
        self.first = frames[0] if frames else None

    def _see_skip(self, data: bytes) -> None:
        start, end = struct.unpack_from("<II", data)
        if not self.times:
            self.skipped_samples += start
        self.padding_samples = end


def scan(container: InputContainer) -> dict[int, StreamScan]:
    """Read all packets of a file; return what they tell, by number of the stream."""
    scans: dict[int, StreamScan] = {}
    for stream in container.streams:
        if isinstance(stream, VideoStream | AudioStream | SubtitleStream):
            scans[stream.index] = _new_scan(stream)
        elif isinstance(stream, DataStream):
            stream.discard = Discard.all
    try:
        for packet in container.demux():
            found = scans.get(packet.stream_index)
            if found is not None and packet.size:
                found.see(packet)
    except av.error.FFmpegError:
        pass  # damaged from here on: what came before counts
    for found in scans.values():
        if found.first is None:
            found.decode(None)
    return scans


def _new_scan(stream: Stream) -> StreamScan:
    codec = _codec(stream)
    if isinstance(stream, VideoStream) and codec:
        stream.codec_context.thread_count = 1  # threads delay the first frame
    return StreamScan(
        stream=stream,
        codec=codec,
        tick=stream.time_base or Fraction(1),
        config=_config(stream) if codec == "h264" else None,
    )


def _config(stream: Stream) -> AvcConfig | None:
    context = _context(stream)
    return None if context is None else read_config(context.extradata or b"")


def _codec(stream: Stream) -> str:
    """Return the name of the codec; empty where FFmpeg knows none."""
    context: CodecContext | None = _context(stream)
    return "" if context is None else context.codec.canonical_name


def _context(stream: Stream) -> CodecContext | None:
    """Return the context, which may be missing whatever PyAV's types say."""
    return stream.codec_context


def is_hidden(packet: Packet[Stream], codec: str) -> bool:
    """Whether the packet holds but a frame for reference, which is never shown."""
    if codec == "vp8":  # frame tag: key frame, version (3 bits), show frame
        return not memoryview(packet)[0] & 0x10
    if codec != "vp9":
        return False
    data = memoryview(packet)
    if _is_superframe(data):  # its last frame is shown
        return False
    # marker (2 bits), profile (2 bits), a reserved bit in profile 3,
    # show existing frame, frame type, show frame
    has_profile_3 = data[0] & _PROFILE_3 == _PROFILE_3
    bits = data[0] << 1 if has_profile_3 else data[0]
    return not bits & 0x08 and not bits & 0x02


def _is_superframe(data: memoryview) -> bool:
    """Whether the packet ends with the index of a VP9 superframe."""
    mark = data[-1]
    if mark >> 5 != _SUPERFRAME_MARK:
        return False
    size = 2 + (1 + (mark & 7)) * (1 + (mark >> 3 & 3))
    return len(data) >= size and data[-size] == mark
