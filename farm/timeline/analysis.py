"""What an analysis finds in a media file: measured, as plain records.

Times are exact seconds from the start of the file, as ``--at`` and ``--range`` take
them; a range is half-open.
"""

from __future__ import annotations

from dataclasses import field
from enum import StrEnum
from fractions import Fraction  # pydantic reads the annotations
from typing import Literal

from pydantic import Field
from pydantic.dataclasses import dataclass


class Measure(StrEnum):
    """What can be measured."""

    SCENES = "scenes"
    SILENCE = "silence"
    BLACK = "black"
    FREEZE = "freeze"
    LOUDNESS = "loudness"
    KEYFRAMES = "keyframes"
    MOTION = "motion"
    QUALITY = "quality"
    INTERLACE = "interlace"
    CROP = "crop"


#: Measured on the sound; all others are measured on the picture.
OF_SOUND = frozenset({Measure.SILENCE, Measure.LOUDNESS})


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    """From where on something counts."""

    scene_score: float = Field(default=10, gt=0, le=100)
    """Change from one frame to the next that is a cut, 0 to 100 (``scdet``)."""
    silence_db: float = Field(default=-50, ge=-120, lt=0)
    """Samples below this level are silent, in dB of full scale."""
    silence_seconds: float = Field(default=0.5, ge=0.01, le=3600)
    """Shorter silences are not told."""
    black_seconds: float = Field(default=0.1, ge=0, le=3600)
    """Shorter black parts are not told."""
    freeze_seconds: float = Field(default=0.5, ge=0.01, le=3600)
    """Shorter still parts are not told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """A part of a film between two cuts."""

    start: Fraction
    end: Fraction
    score: float | None
    """How much the picture changes at its start, 0 to 100; ``None``: of the first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A part of a file."""

    start: Fraction
    end: Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class Loudness:
    """How loud a sound is (ITU-R BS.1770-4, EBU R 128, EBU Tech 3341 and 3342)."""

    stream: int
    """Number of the stream in the file."""
    integrated: float | None
    """In LUFS; ``None`` for a sound that is silent or shorter than 0.4 seconds."""
    range: float
    """Loudness range in LU."""
    range_low: float | None
    """Its lower end, in LUFS."""
    range_high: float | None
    """Its upper end, in LUFS."""
    true_peak: float | None
    """Of the loudest channel, in dBTP; ``None`` for digital silence."""
    sample_peak: float | None
    """Of the loudest channel, in dBFS; ``None`` for digital silence."""
    max_momentary: float | None
    """Loudest 0.4 seconds, in LUFS; ``None`` where all are below -70."""
    max_short_term: float | None
    """Loudest 3 seconds, in LUFS; ``None`` where all are below -70."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Keyframes:
    """Where the picture can be entered without decoding what came before."""

    times: tuple[Fraction, ...]
    mean_seconds: float | None
    """Mean distance of two; ``None`` where there is but one."""
    longest: Fraction
    """Longest time from one to the next or to the last frame, in seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Motion:
    """How much the picture moves: mean absolute difference of two frames in a row.

    In percent of full scale, on luma and chroma of a picture at most 640 wide; cuts
    do not count.
    """

    mean: float
    highest: float
    """Of all seconds."""
    seconds: tuple[float, ...]
    """Mean of each second from the start of the file; 0 where it shows no frame."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """A measure of likeness, over all frames that were compared."""

    mean: float | None
    """``None`` where PSNR is infinite: the pictures are alike."""
    lowest: float | None
    """Of the worst frame; ``None`` where PSNR is infinite in all of them."""
    low: float | None
    """Five percent of the frames are below this (fifth percentile)."""
    worst: Fraction
    """When the worst frame is shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    """How like a reference the picture is."""

    frames: int
    """How many were compared."""
    width: int
    """Size at which they were compared: that of the reference, upright."""
    height: int
    model: str
    """The model of VMAF."""
    vmaf: Score
    """0 to 100."""
    vmaf_harmonic_mean: float
    ssim: Score
    """0 to 1, of luma and chroma together."""
    psnr: Score
    """In dB, of luma and chroma together; the mean is that of the mean error."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Interlace:
    """Whether frames are woven of two fields, by what they show (``idet``)."""

    verdict: Literal["progressive", "tff", "bff", "mixed", "unknown"]
    """What most frames are that show it; unknown where nothing moves."""
    declared: Literal["progressive", "tff", "bff"]
    """What the file says of itself."""
    top_first: int
    """Frames whose top field is first."""
    bottom_first: int
    progressive: int
    undetermined: int
    repeated_fields: int
    """Frames with a field that was shown before: film that was pulled down."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Crop:
    """The part of the upright picture inside its black borders, in pixels."""

    x: int
    y: int
    width: int
    height: int
    has_borders: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Analysis:
    """What was measured; ``None`` for what nobody asked for."""

    format: Literal["farm-analysis/1"] = "farm-analysis/1"
    path: str
    reference: str | None = None
    duration: Fraction
    """Length of the file in seconds."""
    thresholds: Thresholds = field(default_factory=Thresholds)
    scenes: tuple[Scene, ...] | None = None
    silence: tuple[Span, ...] | None = None
    """Where all channels of the first sound are silent."""
    black: tuple[Span, ...] | None = None
    """Where at least 98 percent of the picture are black."""
    freeze: tuple[Span, ...] | None = None
    """Where the picture stands still."""
    loudness: Loudness | None = None
    keyframes: Keyframes | None = None
    motion: Motion | None = None
    quality: Quality | None = None
    interlace: Interlace | None = None
    crop: Crop | None = None
    """``None`` also where all of the picture is black."""
