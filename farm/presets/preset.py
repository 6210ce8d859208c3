"""A preset: how a picture and its sound are encoded."""

from __future__ import annotations

from typing import Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, model_validator

from farm.timeline.media import Light  # pydantic reads it

#: Dynamic range of a picture: SDR in BT.709; PQ and HLG in BT.2020 (ITU-R BT.2100).
Range: TypeAlias = Literal["sdr", "pq", "hlg"]


class VideoEncoding(BaseModel):
    """How the picture is encoded."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    encoder: str = Field(description="FFmpeg's name of the encoder.")
    codec: str = Field(description="FFmpeg's name of the codec, as read back.")
    pix_fmt: Literal["yuv420p", "yuv420p10le", "yuv422p10le", "yuv444p"]
    options: dict[str, str] = Field(
        default={}, description="Options of the encoder, by FFmpeg's names."
    )
    keyframe_seconds: float = Field(
        default=2.0, ge=0, description="Distance of key frames; 0: every frame is one."
    )
    piece_suffix: str = Field(description="Container of the pieces, such as .mp4.")
    range: Range = Field(
        default="sdr",
        description="Dynamic range: sdr (BT.709), or pq or hlg (BT.2020).",
    )
    light: Light | None = Field(
        default=None,
        description="What PQ tells of its light; unset: what the sources tell.",
    )

    @model_validator(mode="after")
    def _has_bits_for_its_range(self) -> VideoEncoding:
        if self.range != "sdr" and not self.pix_fmt.endswith("10le"):
            message = f"the range {self.range} needs 10 bits, {self.pix_fmt} has 8"
            raise ValueError(message)
        return self


class AudioEncoding(BaseModel):
    """How the sound is encoded."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    encoder: str
    codec: str
    bitrate_kbps: int | None = Field(default=None, gt=0)
    piece_suffix: str
    sample_rates: tuple[int, ...] = Field(
        default=(), description="What the encoder takes; empty: any."
    )
    exact_samples: bool = Field(
        description="Whether decoding gives exactly the samples that went in."
    )


class Limits(BaseModel):
    """What a platform takes; the result is measured against it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    seconds: float | None = Field(default=None, gt=0)
    megabytes: float | None = Field(default=None, gt=0, description="1,000,000 bytes.")
    width: int | None = Field(default=None, gt=0)
    height: int | None = Field(default=None, gt=0)
    kbps: float | None = Field(
        default=None, gt=0, description="Mean of the whole file, 1,000 bits a second."
    )
    fps: float | None = Field(default=None, gt=0)


class Preset(BaseModel):
    """Named encode settings."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    what: str
    lines: int | None = Field(
        default=None,
        gt=0,
        description="Length of the shorter side in pixels; unset: the timeline's.",
    )
    containers: tuple[str, ...] = Field(
        min_length=1, description="Suffixes of the output, the usual one first."
    )
    container_options: dict[str, str] = Field(
        default={}, description="Options of the container, by FFmpeg's names."
    )
    limits: Limits = Limits()
    video: VideoEncoding
    audio: AudioEncoding
