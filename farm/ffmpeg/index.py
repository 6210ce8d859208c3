"""When each frame of a film is shown, and which are key frames: read off its packets.

Nothing is decoded. Times are on the file's own clock.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING

import av.error
from av.stream import Discard

from farm.ffmpeg.exit import unreadable
from farm.ffmpeg.open import open_media
from farm.ffmpeg.scan import is_hidden

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from av.packet import Packet
    from av.stream import Stream

    from farm.ffmpeg.box import Box
    from farm.timeline.media import VideoFacts


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameIndex:
    """The frames of a film in the order in which they are shown, counted from 0."""

    tick: Fraction
    """Unit of `times`, in seconds."""
    times: Sequence[int]
    keys: Sequence[int]
    """Numbers of the key frames; the first frame always counts as one."""
    is_timed: bool = True
    """Whether the file itself says the times; else they follow from the rate."""

    def __len__(self) -> int:
        return len(self.times)

    def time(self, number: int) -> Fraction:
        """Return when a frame is shown, in seconds."""
        return self.times[number] * self.tick

    def shown_at(self, time: Fraction) -> int:
        """Return the frame that is seen at a time; before the first, the first."""
        return max(0, bisect_right(self.times, time / self.tick) - 1)

    def first_from(self, time: Fraction) -> int:
        """Return the first frame that is shown at a time or later; may be past all."""
        return bisect_left(self.times, time / self.tick)

    def key_before(self, number: int) -> int:
        """Return the last key frame up to a frame: decoding it can start there."""
        return self.keys[max(0, bisect_right(self.keys, number) - 1)]

    def is_key(self, number: int) -> bool:
        """Whether a frame can be decoded by itself."""
        return self.key_before(number) == number

    def keys_between(self, first: int, last: int) -> Sequence[int]:
        """Return the key frames from a frame up to another, without that one."""
        return self.keys[bisect_left(self.keys, first) : bisect_left(self.keys, last)]


def read_index(path: Path, video: VideoFacts, *, box: Box | None = None) -> FrameIndex:
    """Read all packets of a film.

    Raises:
        MediaUnreadable: when there is no frame.
    """
    seen = _Seen()
    try:
        with open_media(path, box=box) as container:
            stream = container.streams[video.index]
            for other in container.streams:
                if other is not stream:
                    other.discard = Discard.all
            tick = stream.time_base or Fraction(1)
            for packet in container.demux(stream):
                seen.see(packet, video.codec)
    except av.error.FFmpegError as error:
        if not seen.count:  # else damaged from here on: what came before counts
            raise unreadable(path, error.strerror or "it cannot be read") from error
    if not seen.count:
        raise unreadable(path, "there is no frame in it")
    if len(seen.times) * 2 < seen.count:
        return _by_rate(seen, video)
    times = sorted(seen.times)
    keys = [number for number, time in enumerate(times) if seen.times[time]]
    return FrameIndex(tick=tick, times=times, keys=_with_first(keys))


@dataclass(slots=True, kw_only=True)
class _Seen:
    """The packets of frames that are shown."""

    count: int = 0
    keys: list[int] = field(default_factory=list)
    """Key frames, counted in the order of the file."""
    times: dict[int, bool] = field(default_factory=dict)
    """Whether there is a key frame at a time."""

    def see(self, packet: Packet[Stream], codec: str) -> None:
        if not packet.size or packet.is_discard or is_hidden(packet, codec):
            return
        if packet.is_keyframe:
            self.keys.append(self.count)
        self.count += 1
        time = packet.dts if packet.pts is None else packet.pts
        if time is not None:
            self.times[time] = packet.is_keyframe or self.times.get(time, False)


def _by_rate(seen: _Seen, video: VideoFacts) -> FrameIndex:
    """Return the index of a bare stream, which holds frames but no times."""
    rate = video.rate or Fraction(25)
    return FrameIndex(
        tick=1 / rate,
        times=range(seen.count),
        keys=_with_first(seen.keys),
        is_timed=False,
    )


def _with_first(keys: list[int]) -> list[int]:
    return keys if keys[:1] == [0] else [0, *keys]
