"""Items of a track: clips with their media, gaps and transitions."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from farm.timeline.base import Color, Finite, Model, Text
from farm.timeline.cell import Cell
from farm.timeline.keyframe import Keyframes  # pydantic reads it
from farm.timeline.sound_effect import SoundEffectUse
from farm.timeline.template import TemplateMedia
from farm.timeline.time import Seconds, Speed
from farm.timeline.title import TitleMedia

if TYPE_CHECKING:
    from collections.abc import Mapping

Volume = Annotated[
    Finite, Field(ge=0, le=16, description="Factor of the sound's level; 1 keeps it.")
]
Pan = Annotated[
    Finite, Field(ge=-1, le=1, description="Balance: -1 left, 0 both sides, 1 right.")
]


class FileMedia(Model):
    """A film, sound or picture file."""

    type: Literal["file"] = "file"
    path: Text = Field(
        min_length=1,
        description="Path, relative to the folder of the document; or s3://bucket/key.",
    )
    video_stream: int | None = Field(
        default=None, ge=0, description="Which picture stream of the file, from 0."
    )
    audio_stream: int | None = Field(
        default=None, ge=0, description="Which sound stream of the file, from 0."
    )
    timecode: bool = Field(
        default=False,
        description="Whether times of the file count by its timecode, not from its "
        "start.",
    )


class ColorMedia(Model):
    """A plain colour, as large as the picture."""

    type: Literal["color"] = "color"
    color: Color = "#000000"


class BarsMedia(Model):
    """Colour bars, as large as the picture."""

    type: Literal["bars"] = "bars"
    kind: Literal["smpte", "smpte_hd", "ebu", "full"] = Field(
        default="smpte",
        description=(
            "Those of SMPTE EG 1, of RP 219 for high definition, of the EBU (75 %), "
            "or eight of 100 %."
        ),
    )


Media = Annotated[
    FileMedia | ColorMedia | BarsMedia | TitleMedia | TemplateMedia,
    Field(discriminator="type", description="What the clip shows or plays."),
]


class SourceRange(Model):
    """The part of the media that a clip shows, half-open; 0 is the file's start."""

    start: Seconds = Field(
        default=Fraction(0), ge=0, description="Seconds from the start of the file."
    )
    duration: Seconds = Field(gt=0, description="Seconds of the file, before `speed`.")


class Transform(Model):
    """Where the clip lies in the picture."""

    x: Finite = Field(
        default=0.5, ge=-10, le=10, description="Centre of the clip, 0 left to 1 right."
    )
    y: Finite = Field(
        default=0.5, ge=-10, le=10, description="Centre of the clip, 0 top to 1 bottom."
    )
    scale: Finite = Field(
        default=1, gt=0, le=50, description="Times the size that `fit` gives."
    )
    rotation: Finite = Field(
        default=0, ge=-3600, le=3600, description="Degrees, clockwise."
    )


class Crop(Model):
    """Pixels cut off the source, as displayed."""

    left: int = Field(default=0, ge=0)
    top: int = Field(default=0, ge=0)
    right: int = Field(default=0, ge=0)
    bottom: int = Field(default=0, ge=0)


class EffectUse(Model):
    """An effect of the catalogue, by name, with its parameters."""

    name: Text = Field(description="Name in the catalogue of effects.")
    enabled: bool = Field(
        default=True, description="An effect that is switched off does nothing."
    )
    start: Seconds | None = Field(
        default=None,
        ge=0,
        description="Seconds of the clip after which it begins; by default at once.",
    )
    end: Seconds | None = Field(
        default=None,
        gt=0,
        description="Seconds of the clip after which it ends; by default with it.",
    )
    parameters: dict[str, bool | Finite | Text] = Field(
        default={}, description="By name; the catalogue has the usual values."
    )
    keyframes: dict[str, Keyframes] = Field(
        default={}, description="Numbers that change over time, by parameter."
    )
    content: Text = Field(
        default="",
        description="Digest of the file that a parameter names; the farm writes it.",
    )


class Animation(Model):
    """How a clip moves: each replaces the constant of its name from start to end."""

    x: Keyframes | None = Field(default=None, description="As `transform.x`.")
    y: Keyframes | None = Field(default=None, description="As `transform.y`.")
    scale: Keyframes | None = Field(default=None, description="As `transform.scale`.")
    rotation: Keyframes | None = Field(
        default=None, description="As `transform.rotation`."
    )
    opacity: Keyframes | None = Field(default=None, description="As `opacity`.")
    volume: Keyframes | None = Field(default=None, description="As `volume`.")


class Clip(Model):
    """A piece of media on a track."""

    type: Literal["clip"] = "clip"
    name: Text = Field(default="", description="What messages call it.")
    media: Media
    start: Seconds | None = Field(
        default=None,
        ge=0,
        description="Place on the timeline in seconds; by default the end of the item "
        "before. A later start leaves a gap.",
    )
    source_range: SourceRange | None = Field(
        default=None, description="By default all of the media."
    )
    duration: Seconds | None = Field(
        default=None,
        gt=0,
        description="Length on the timeline in seconds, for pictures, colours and "
        "titles; of film and sound it follows from `source_range` and `speed`.",
    )
    speed: Speed = Field(
        default=Fraction(1),
        ge=Fraction(1, 1000),
        le=100,
        description="Times as fast: 2 shows twice as much in the same time.",
    )
    reverse: bool = Field(
        default=False,
        description="Whether its picture plays backwards; it is silent then.",
    )
    freeze: Seconds | None = Field(
        default=None,
        ge=0,
        description="Seconds from the start of the file: this one frame is shown for "
        "`duration`, in silence.",
    )
    ramp: Keyframes | None = Field(
        default=None,
        description="Speeds over the time of the clip, `linear` or `hold`, instead of "
        "`speed`; needs a `duration`, and is silent.",
    )
    keep_pitch: bool = Field(
        default=True, description="Whether sound keeps its pitch at another speed."
    )
    fit: Literal["fit", "fill", "stretch", "none"] = Field(
        default="fit",
        description="Into the picture: whole, with free edges (`fit`); filling it, "
        "with edges cut off (`fill`); filling it distorted (`stretch`); pixel for "
        "pixel (`none`).",
    )
    transform: Transform = Transform()
    cell: Cell | None = Field(
        default=None,
        description="The part of the picture that the clip is laid into, and cut off "
        "at; by default all of it. `fit`, `transform` and titles go by the cell.",
    )
    crop: Crop = Crop()
    opacity: Finite = Field(default=1, ge=0, le=1, description="0 is invisible.")
    video_fade_in: Seconds = Field(
        default=Fraction(0), ge=0, description="Seconds in which the picture appears."
    )
    video_fade_out: Seconds = Field(
        default=Fraction(0), ge=0, description="Seconds in which the picture vanishes."
    )
    volume: Volume = 1
    pan: Pan = 0
    muted: bool = Field(default=False, description="Silences the clip's sound.")
    fade_in: Seconds = Field(
        default=Fraction(0), ge=0, description="Seconds in which the sound rises."
    )
    fade_out: Seconds = Field(
        default=Fraction(0), ge=0, description="Seconds in which the sound falls."
    )
    enabled: bool = Field(
        default=True, description="A clip that is switched off leaves a gap."
    )
    effects: tuple[EffectUse, ...] = Field(
        default=(), description="Applied to the picture, one after the other."
    )
    audio_effects: tuple[SoundEffectUse, ...] = Field(
        default=(),
        max_length=32,
        description="Applied to the clip's sound, one after the other.",
    )
    animation: Animation = Field(
        default=Animation(), description="How it moves, by keyframes."
    )

    @property
    def is_warped(self) -> bool:
        """Whether it plays in another way than forwards at one speed."""
        return self.reverse or self.freeze is not None or self.ramp is not None

    @property
    def paths(self) -> tuple[str, ...]:
        """The files that it shows or plays."""
        if isinstance(self.media, FileMedia):
            return (self.media.path,)
        return self.media.paths() if isinstance(self.media, TemplateMedia) else ()

    def with_paths(self, found: Mapping[str, str | None]) -> Clip | None:
        """Return it with other files; `None` where it has nothing left to show."""
        media: FileMedia | TemplateMedia | None = None
        if isinstance(self.media, FileMedia):
            path = found[self.media.path]
            media = self.media.model_copy(update={"path": path}) if path else None
        elif isinstance(self.media, TemplateMedia):
            media = self.media.with_paths(found)
        return self.model_copy(update={"media": media}) if media else None

    @property
    def label(self) -> str:
        """What to call the clip in a message."""
        if self.name:
            return f"clip {self.name!r}"
        if isinstance(self.media, FileMedia):
            return f"clip of {self.media.path!r}"
        return f"{self.media.type} clip"
