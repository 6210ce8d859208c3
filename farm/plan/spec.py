"""What was asked for, as records; the job table holds them as plain data."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from farm.timeline.time import Seconds  # pydantic reads the annotations
from farm.timeline.timeline import Timeline


class _Spec(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class RenderSpec(_Spec):
    """A whole timeline, or a range of it, as one file."""

    timeline: Timeline
    output: str
    preset: str | None = None
    range: tuple[Seconds, Seconds] | None = None
    device: Literal["auto", "cpu"] = "auto"
    segments: Literal["auto", "off"] | Seconds = "auto"
    use_cache: bool = True


class FrameSpec(_Spec):
    """One composed picture."""

    timeline: Timeline
    output: str
    at: Seconds
    width: int | None = Field(default=None, ge=2, le=16384)


class ProbeSpec(_Spec):
    """The facts of one file."""

    path: str
