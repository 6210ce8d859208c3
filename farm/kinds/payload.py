"""What the plan wrote for tasks that make films, sound and reports, as records."""

from __future__ import annotations

from fractions import Fraction  # pydantic reads the annotations

from pydantic import BaseModel, ConfigDict

from farm.ffmpeg.encode import SET_NUMBER
from farm.ffmpeg.gpu import GpuUse
from farm.manifest.package import Package
from farm.presets.preset import AudioEncoding, Preset
from farm.timeline.analysis import Measure, Thresholds
from farm.timeline.copy import CopyRange
from farm.timeline.loudness import LoudnessTarget
from farm.timeline.media import MediaFacts
from farm.timeline.slice import PictureSlice, SoundSlice
from farm.timeline.steady import ShakyFilm


class Payload(BaseModel):
    """Plain data of a task, read strictly: no field more."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Place(Payload):
    """Where a segment lies among those that a player gets."""

    number: int
    """From 1."""
    first: int
    """Frames before it."""


class SegmentPayload(Payload):
    """A slice to be encoded."""

    picture: PictureSlice
    preset: Preset
    size: tuple[int, int]
    threads: int
    use_cache: bool = True
    copied: CopyRange | None = None
    """Groups of pictures of a source that are these frames."""
    set_number: int = SET_NUMBER
    """Number of the parameter sets of what is encoded (H.264)."""
    not_copied: str = ""
    """Why an untouched source is encoded."""
    gpu: GpuUse | None = None
    """What a GPU does of it; ``None``: the CPU makes all of it."""
    not_gpu: str = ""
    """Why no GPU makes it, where there is one."""
    place: Place | None = None
    """Where it is played; ``None``: it is joined with others."""
    vmaf: float | None = None
    """The quality that is wanted; ``None``: that of the preset's CRF."""
    share: str | None = None
    """The task that says how many bytes it may have; ``None``: as many as it gets."""
    weight: str = ""
    """The task that weighed it, by whose name its share is found."""

    @property
    def has_titles(self) -> bool:
        """Whether text is seen."""
        return self.picture.has_text


class StabilisePayload(Payload):
    """A clip whose camera is to be steadied."""

    film: ShakyFilm
    threads: int
    use_cache: bool = True


class SharePayload(Payload):
    """Bytes to be shared out."""

    weights: tuple[str, ...]
    """Tasks that weighed the segments, in order."""
    sound: str | None
    preset: Preset
    frames: int
    max_bytes: int
    """Of the whole file."""


class MixPayload(Payload):
    """A mix to be made."""

    sound: SoundSlice
    preset: Preset
    use_cache: bool = True
    ends: tuple[Fraction, ...] = ()
    """When each segment ends that players get of it, in seconds; none: it is joined."""
    loudness: LoudnessTarget | None = None
    """How loud it shall be; its `sound` is a finished sum then."""


class PackagePayload(Payload):
    """Segments to be listed for players."""

    package: Package


class SubtitlesPayload(Payload):
    """Subtitles that become a stream of the file."""

    language: str
    name: str
    cues: tuple[tuple[int, int, str], ...]
    """First frame, the frame after the last, and text."""


class ConcatPayload(Payload):
    """Pieces to be joined, and what the result must be."""

    pieces: tuple[str, ...]
    """Names of the tasks that made them, in order."""
    copies: dict[str, CopyRange] = {}
    """Of pieces that were planned to be copied, by their names."""
    sound: str | None
    rate: Fraction
    size: tuple[int, int]
    frames: int
    samples: int
    sample_rate: int
    preset: Preset
    suffix: str
    subtitles: tuple[SubtitlesPayload, ...] = ()
    vmaf: float | None = None
    """The quality that was wanted of each piece."""
    max_bytes: int | None = None
    """How many bytes it may have."""


class EffectPreviewPayload(Payload):
    """A frame or a short clip to be made."""

    picture: PictureSlice
    size: tuple[int, int]
    suffix: str
    threads: int
    subtitles: str | None
    start: Fraction
    """Time of the first frame, by the clock of the subtitles."""


class ReportPayload(Payload):
    """A file of which all is to be told."""

    path: str
    keyframes: bool = False
    decode: bool = False


class AnalysePayload(Payload):
    """A file to be measured."""

    source: MediaFacts
    reference: MediaFacts | None
    what: tuple[Measure, ...]
    thresholds: Thresholds
    threads: int


class WaveformPayload(Payload):
    """Sound to be looked at."""

    path: str | None
    """A file; ``None``: what the task `sound` made."""
    sound: str
    suffix: str
    levels: tuple[int, ...]
    """Samples per pixel of each file; none for a drawing."""
    many: bool
    """Whether the files go to a folder."""
    bits: int
    split_channels: bool
    width: int
    height: int
    color: tuple[int, int, int]


class GifPayload(Payload):
    """A moving picture to be made."""

    picture: PictureSlice
    size: tuple[int, int]
    fps: Fraction
    loop: int
    max_bytes: int | None
    suffix: str
    threads: int


class CopyPiece(Payload):
    """A file that is taken over whole."""

    path: str
    seconds: Fraction


class CopyPayload(Payload):
    """Files to be joined by stream copy, and what the result must be."""

    pieces: tuple[CopyPiece, ...]
    suffix: str
    rate: Fraction
    """Of frames; of sound alone 1."""
    frames: int
    """0 of sound alone."""
    samples: int
    """Of each channel, by the times of the packets; 0 without sound."""
    is_exact: bool = False
    """Whether the samples are all as they were, as those of PCM."""
    instead: str
    """Name of the task that makes the output where what was copied is not right."""


class JoinSoundPiece(Payload):
    """A file of which the sound is taken, from its start on."""

    path: str
    content: str
    stream: int


class JoinSoundPayload(Payload):
    """Sounds to be joined and encoded, and what the result must be."""

    pieces: tuple[JoinSoundPiece, ...]
    encoding: AudioEncoding
    sample_rate: int
    channels: int
    samples: int
