"""All that can be told of a media file: the facts of the plan, and what people ask.

The records of `farm.timeline.media` hold what a plan needs and no more; these hold
them and the rest, so that the result of a probe is flat.
Times are exact seconds on the file's own clock, unless a field says otherwise.
"""

from __future__ import annotations

from fractions import Fraction  # pydantic reads the annotations
from typing import Literal

from pydantic.dataclasses import dataclass

from farm.timeline.media import AudioFacts, MediaFacts, SubtitleFacts, VideoFacts

FOR_PLANS = frozenset({"gops", "key_times", "setups", "content"})
"""Fields of `MediaFacts` that only a plan reads; they are not told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoded:
    """What came out when a stream was decoded to its end."""

    count: int
    """Frames of a picture; samples of one channel of a sound."""
    start: Fraction
    """Time of the first that came out, in seconds."""
    end: Fraction
    """Time at which the last one ends, in seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HdrFacts:
    """What a high dynamic range picture says about its brightness."""

    formats: tuple[str, ...]
    """Of ``PQ``, ``HLG``, ``HDR10`` (PQ that tells its display), ``HDR10+`` and
    ``Dolby Vision``."""
    max_luminance: float | None = None
    """Of the display it was made on, in candela per square metre (SMPTE ST 2086)."""
    min_luminance: float | None = None
    """Of the same display, in candela per square metre."""
    primaries: tuple[tuple[float, float], ...] | None = None
    """Of the same display: x and y of red, green, blue and white (CIE 1931)."""
    max_content_light: int | None = None
    """MaxCLL: brightest pixel, in candela per square metre (CTA-861.3)."""
    max_frame_light: int | None = None
    """MaxFALL: brightest mean of a frame, in candela per square metre."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chapter:
    """A chapter."""

    start: Fraction
    end: Fraction
    title: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherStream:
    """A stream that is neither picture, sound nor subtitles."""

    index: int
    kind: str
    """``data`` or ``attachment``."""
    name: str | None = None
    """Name of an attached file, or what wrote the data."""
    mime_type: str | None = None
    timecode: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoReport(VideoFacts):
    """A picture stream, and all that is said about it."""

    display_width: int
    """Width in square pixels as it is shown: after rotation and pixel shape."""
    display_height: int
    display_aspect: Fraction
    """Shown width divided by shown height, exact."""
    duration: Fraction
    """Measured on packets, in seconds."""
    claimed_rate: Fraction | None
    """Frame rate that the header names; ``None`` where it names none."""
    bit_rate: int | None
    """Bits a second, measured on packets; ``None`` for a single picture."""
    level: str | None
    """As the codec's standard writes it, such as ``4.1``."""
    codec_tag: str | None
    """Four characters by which the container names the codec, such as ``avc1``."""
    chroma: str | None
    """How colour is sampled: ``4:2:0``, ``4:2:2``, ``4:4:4``, ``rgb``, ``gray`` …"""
    field_order: str
    """``progressive``, ``tff`` or ``bff``."""
    reorders_frames: bool
    """Whether frames are stored in another order than shown (B-frames)."""
    key_frames: int
    """How many packets are marked as key frames."""
    keyframes: tuple[Fraction, ...] | None = None
    """Times of the key frames, in order; ``None`` where nobody asked for them."""
    hdr: HdrFacts | None = None
    title: str | None = None
    dispositions: tuple[str, ...] = ()
    """Roles: ``default``, ``forced``, ``attached_pic`` …"""
    tags: dict[str, str]
    decoded: Decoded | None = None
    """``None`` where nobody asked for it, or nothing came out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AudioReport(AudioFacts):
    """A sound stream, and all that is said about it."""

    duration: Fraction
    """Measured on packets, in seconds."""
    bit_rate: int | None
    """Bits a second, measured on packets."""
    profile: str | None
    codec_tag: str | None
    sample_format: str
    """As decoded, by FFmpeg's name: ``fltp``, ``s16`` …"""
    bits_per_sample: int | None
    """As stored; ``None`` for codecs that do not store samples."""
    title: str | None = None
    dispositions: tuple[str, ...] = ()
    tags: dict[str, str]
    decoded: Decoded | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SubtitleReport(SubtitleFacts):
    """A subtitle stream, and all that is said about it."""

    packets: int
    """How many there are: of text, one a cue."""
    is_text: bool
    """Whether it holds text and not pictures of it."""
    title: str | None = None
    dispositions: tuple[str, ...] = ()
    tags: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaReport(MediaFacts):
    """A media file, and all that is said about it."""

    format: Literal["farm-media/1"] = "farm-media/1"
    container_name: str
    """Name of the container in words."""
    bit_rate: int | None
    """Bits a second of the whole file over its measured length."""
    decoded_duration: Fraction | None = None
    """Length in seconds of what can be decoded; ``None`` where nobody asked for it."""
    timecode: str | None = None
    """Of the first frame, wherever the file tells it."""
    title: str | None = None
    created: str | None = None
    """When it was made, as the file says it."""
    tags: dict[str, str]
    chapters: tuple[Chapter, ...] = ()
    video: tuple[VideoReport, ...]
    """Pictures, attached ones (covers) among them."""
    audio: tuple[AudioReport, ...]
    subtitles: tuple[SubtitleReport, ...] = ()
    others: tuple[OtherStream, ...] = ()
