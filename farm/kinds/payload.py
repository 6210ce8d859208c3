"""What the plan wrote for each kind of task, as records."""

from __future__ import annotations

from fractions import Fraction  # pydantic reads the annotations

from pydantic import BaseModel, ConfigDict

from farm.ffmpeg.encode import SET_NUMBER
from farm.presets.preset import Preset
from farm.timeline.analysis import Measure, Thresholds
from farm.timeline.copy import CopyRange
from farm.timeline.media import MediaFacts
from farm.timeline.slice import PictureSlice, SoundSlice


class _Payload(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class SegmentPayload(_Payload):
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


class MixPayload(_Payload):
    """A mix to be made."""

    sound: SoundSlice
    preset: Preset
    use_cache: bool = True


class ConcatPayload(_Payload):
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


class FramePayload(_Payload):
    """One picture to be made."""

    picture: PictureSlice
    size: tuple[int, int]
    suffix: str
    threads: int


class ReportPayload(_Payload):
    """A file of which all is to be told."""

    path: str
    keyframes: bool = False
    decode: bool = False


class AnalysePayload(_Payload):
    """A file to be measured."""

    source: MediaFacts
    reference: MediaFacts | None
    what: tuple[Measure, ...]
    thresholds: Thresholds
    threads: int
