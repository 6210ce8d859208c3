"""The timeline document, ``farm-timeline/1``."""

from __future__ import annotations

from fractions import Fraction
from typing import Final, Literal

from pydantic import Field

from farm.timeline.base import Color, Model, Text
from farm.timeline.clip import Pan, Volume
from farm.timeline.item import Item
from farm.timeline.sound_effect import SoundEffectUse
from farm.timeline.subtitles import Subtitles
from farm.timeline.time import (  # pydantic reads them  # pydantic reads them
    Rate,
    Seconds,
)

FORMAT: Final = "farm-timeline/1"


class Track(Model):
    """Items one after the other; tracks are listed from bottom to top."""

    kind: Literal["video", "audio"] = Field(
        description="Video is seen and heard, audio heard."
    )
    name: Text = ""
    enabled: bool = Field(
        default=True, description="A track that is switched off is not there."
    )
    muted: bool = Field(default=False, description="Silences the track's sound.")
    volume: Volume = 1
    pan: Pan = 0
    fade_in: Seconds = Field(
        default=Fraction(0),
        ge=0,
        description="Seconds in which the track's sound rises, from the start of the "
        "timeline.",
    )
    fade_out: Seconds = Field(
        default=Fraction(0),
        ge=0,
        description="Seconds in which the track's sound falls, to the end of its last "
        "clip.",
    )
    audio_effects: tuple[SoundEffectUse, ...] = Field(
        default=(),
        max_length=32,
        description="Applied to the track's sound, one after the other.",
    )
    items: tuple[Item, ...] = Field(
        default=(), description="One after the other, without overlap."
    )


class Timeline(Model):
    """Everything that is to be seen and heard."""

    format: Literal["farm-timeline/1"] = FORMAT
    name: Text = ""
    rate: Rate = Fraction(25)
    width: int = Field(default=1920, ge=2, le=16384, description="Pixels.")
    height: int = Field(default=1080, ge=2, le=16384, description="Pixels.")
    sample_rate: int = Field(default=48000, ge=8000, le=192000, description="Hz.")
    channels: Literal[1, 2, 6] = Field(default=2, description="Mono, stereo or 5.1.")
    subtitles: tuple[Subtitles, ...] = Field(
        default=(), max_length=64, description="Languages of subtitles."
    )
    background: Color = Field(
        default="#000000", description="Colour (#rrggbb) where no clip is seen."
    )
    audio_effects: tuple[SoundEffectUse, ...] = Field(
        default=(),
        max_length=32,
        description="Applied to the whole sound, one after the other.",
    )
    tracks: tuple[Track, ...] = Field(default=(), description="From bottom to top.")
