"""What the header of a file says of its sound, without reading all of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from farm.errors import MediaUnreadable
from farm.ffmpeg.box import Box
from farm.ffmpeg.exit import unreadable
from farm.ffmpeg.source import open_source
from farm.ffmpeg.truncated import MICROSECOND

if TYPE_CHECKING:
    from fractions import Fraction
    from pathlib import Path

    from av.audio.codeccontext import AudioCodecContext
    from av.audio.stream import AudioStream


@dataclass(frozen=True, slots=True, kw_only=True)
class SoundHeader:
    """The first sound stream of a file that can be decoded."""

    index: int
    """Number of the stream in the file."""
    sample_rate: int
    channels: int
    seconds: Fraction | None
    """Length of the file by its header; ``None`` where it says nothing."""


def read_sound_header(path: Path, *, box: Box | None = None) -> SoundHeader:
    """Return what a file says of its sound.

    Raises:
        MediaMissing: when it is not there.
        MediaUnreadable: when it is no media, or holds no sound.
    """
    with open_source(path, box=box or Box()) as (_, container):
        streams = container.streams.audio
        known = [each for each in streams if _has_context(each)]
        if not known and streams:
            raise unreadable(path, "its sound has a codec that is not known")
        if not known:
            raise MediaUnreadable(f"{path} holds no sound", path=str(path))
        stream = known[0]
        if not stream.sample_rate or not stream.channels:
            raise unreadable(path, "nothing of its sound can be decoded")
        duration = container.duration
        return SoundHeader(
            index=stream.index,
            sample_rate=stream.sample_rate,
            channels=stream.channels,
            seconds=None if duration is None else duration * MICROSECOND,
        )


def _has_context(stream: AudioStream) -> bool:
    """Whether the codec is known; else there is none, whatever PyAV's types say."""
    context: AudioCodecContext | None = stream.codec_context
    return context is not None
