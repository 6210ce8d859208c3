"""What is known about a media file: plain facts, read elsewhere."""

from __future__ import annotations

from fractions import Fraction  # pydantic reads the annotations

from pydantic.dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Light:
    """What a picture of high dynamic range tells of its light (HDR10)."""

    primaries: tuple[tuple[float, float], ...] | None = None
    """Of the display it was made on: x and y of red, green, blue and white."""
    min_luminance: float | None = None
    """Of the same display, in cd/m² (SMPTE ST 2086); likewise the next."""
    max_luminance: float | None = None
    max_content_light: int | None = None
    """MaxCLL: brightest pixel, in cd/m² (CTA-861.3)."""
    max_frame_light: int | None = None
    """MaxFALL: brightest mean of a frame, in cd/m²."""

    @property
    def tells_display(self) -> bool:
        """Whether all is told of the display."""
        told = self.primaries, self.min_luminance, self.max_luminance
        return None not in told


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoFacts:
    """A picture stream."""

    index: int
    """Number of the stream in the file."""
    codec: str
    width: int
    """Coded width in pixels, before rotation and pixel shape."""
    height: int
    pix_fmt: str | None
    sample_aspect: Fraction
    """Width of a pixel divided by its height; 1 where the file says nothing."""
    rotation: int
    """Clockwise turn that shows the picture upright: 0, 90, 180 or 270 degrees."""
    flipped: bool = False
    """Whether it is also mirrored left to right (after the turn)."""
    rate: Fraction
    """Mean frame rate, measured on packet times; 0 for a single picture."""
    variable_rate: bool = False
    longest_frame: Fraction
    """Longest time from one frame to the next, in seconds."""
    key_distance: Fraction = Fraction(0)
    """Longest time from one key frame to the next or the end, in seconds."""
    frames: int | None
    """Packets counted; ``None`` where they were not."""
    start: Fraction
    """Time of the first frame, seconds on the file's own clock."""
    end: Fraction
    """Time at which the last frame ends, measured, seconds on the file's own clock."""
    tick: Fraction = Fraction(1, 1_000_000)
    """The unit that the stream's times are counted in, in seconds."""
    bit_depth: int
    has_alpha: bool
    interlaced: bool
    top_field_first: bool = True
    color_range: str | None = None
    """``tv`` or ``pc``."""
    color_space: str | None = None
    """Matrix, as FFmpeg names it (``bt709``, ``smpte170m``, ``bt2020nc``)."""
    color_primaries: str | None = None
    color_transfer: str | None = None
    is_hdr: bool = False
    """Whether the transfer is PQ or HLG."""
    light: Light | None = None
    """What the first frame of HDR tells of its light; ``None``: nothing."""
    is_image: bool = False
    """Whether the file is a still picture (or one frame)."""
    is_cover: bool = False
    """Whether it is an attached picture, which does not count as film."""
    profile: str | None = None
    language: str | None = None
    timecode: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AudioFacts:
    """A sound stream."""

    index: int
    codec: str
    sample_rate: int
    channels: int
    layout: str
    start: Fraction
    end: Fraction
    """Measured, seconds on the file's own clock."""
    language: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SubtitleFacts:
    """A subtitle stream."""

    index: int
    codec: str
    language: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GopFacts:
    """Groups of pictures of a stream that can be copied into another file."""

    index: int
    """Number of the stream in the file."""
    config: str
    """Decoder configuration (avcC) in hexadecimal digits."""
    bytes_per_frame: float
    """Mean over the stream."""
    runs: tuple[tuple[int, ...], ...]
    """Of each run of closed groups, where they start and last where it ends, in frames
    from the first that is shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaFacts:
    """A media file."""

    path: str
    container: str
    size_bytes: int
    modified_ns: int
    start: Fraction
    """Start time of the container in seconds; source time 0 of a clip is here."""
    duration: Fraction
    """Measured length in seconds: the end of the last stream less `start`."""
    claimed_duration: Fraction | None
    """What the header says; ``None`` where it says nothing."""
    truncated: bool
    """Whether the file ends well before its header says."""
    video: tuple[VideoFacts, ...]
    audio: tuple[AudioFacts, ...]
    subtitles: tuple[SubtitleFacts, ...] = ()
    unreadable: tuple[str, ...] = ()
    """Streams of picture or sound of which nothing can be decoded, in words."""
    key_times: tuple[tuple[int, tuple[Fraction, ...]], ...] = ()
    """Of picture streams in which key frames are far apart, number and times of those,
    in seconds on the file's own clock."""
    gops: tuple[GopFacts, ...] = ()
    """Of picture streams of which parts can be copied (H.264)."""
    setups: tuple[tuple[int, str], ...] = ()
    """Of each stream of picture or sound, number and SHA-256 of what its decoder is
    set up with (extradata)."""
    content: str = ""
    """SHA-256 of the file's bytes; empty where nobody asked for it."""
