"""Elements of style templates: what is drawn, where, when, and how it moves."""

from __future__ import annotations

from fractions import Fraction
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from farm.timeline.base import Color, Finite, Model, Text
from farm.timeline.time import Seconds
from farm.timeline.title import Offset, Pixels

ElementKind = Literal[
    "text", "shape", "line", "icon", "particles", "image", "video"
]  # fmt: skip
Shape = Literal[
    "rectangle", "circle", "ellipse", "triangle", "star", "polygon", "line", "arrow"
]
ElementAnimationKind = Literal[
    "fade-in", "fade-out", "slide", "scale", "rotate", "bounce", "shake", "pulse",
    "flicker", "typewriter", "motion-path", "morph", "parallax", "dissolve",
]  # fmt: skip
ElementEasing = Literal[
    "linear", "ease", "ease-in", "ease-out", "ease-in-out", "quad", "cubic", "quart",
    "quint", "sine", "expo", "circ", "elastic", "back", "bounce",
]  # fmt: skip
Course = Literal["normal", "reverse", "alternate", "alternate-reverse"]
PICTURES = ("image", "video")
_Part = Annotated[Finite, Field(ge=-10, le=10)]


class ElementAnimation(Model):
    """A movement of an element."""

    kind: ElementAnimationKind = Field(
        description="`fade-out` and `dissolve` happen at the end of the element, the "
        "others from its start on."
    )
    duration: Seconds = Field(
        default=Fraction(1), gt=0, le=3600, description="Seconds that it takes, once."
    )
    delay: Seconds = Field(
        default=Fraction(0),
        ge=0,
        le=3600,
        description="Seconds after the start of the element, or before its end.",
    )
    easing: ElementEasing = Field(
        default="ease-out", description="How the movement begins and ends."
    )
    repeat: int = Field(
        default=1, ge=0, le=10_000, description="How many times; 0: to the end."
    )
    course: Course = Field(
        default="normal",
        description="`reverse`: backwards; `alternate`: every second time backwards.",
    )
    side: Literal["left", "right", "top", "bottom"] = Field(
        default="left", description="Where a `slide` comes from."
    )
    amount: Annotated[Finite, Field(ge=-3600, le=3600)] | None = Field(
        default=None,
        description="Of `slide`, `bounce`, `shake` and `parallax` how far, as a part "
        "of the picture; of `scale` the size it starts at; of `pulse` how much it "
        "grows; of `rotate` degrees; of `flicker` how much it darkens.",
    )
    path: tuple[tuple[_Part, _Part], ...] = Field(
        default=(),
        max_length=1000,
        description="Of `motion-path`: points that it goes through, as parts of the "
        "picture from its own place.",
    )
    shape: Shape | None = Field(
        default=None, description="Of `morph`: what a shape becomes."
    )

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.kind == "motion-path" and not self.path:
            message = "a motion-path needs a path"
            raise ValueError(message)
        if self.kind == "morph" and self.shape is None:
            message = "a morph needs the shape that it ends as"
            raise ValueError(message)
        return self


class Element(Model):
    """A part of a template; lengths are pixels of a picture of 1080 lines."""

    kind: ElementKind = Field(
        description="Text; an icon is one too (a symbol or emoji); a shape, a line, "
        "particles; an image or a film, from a file."
    )
    name: Text = Field(
        default="", max_length=200, description="By which a clip changes it."
    )
    x: _Part = Field(default=0, description="Left edge, 0 to 1 of the picture.")
    y: _Part = Field(default=0, description="Top edge, 0 to 1 of the picture.")
    width: Annotated[Finite, Field(gt=0, le=10)] = Field(
        default=1, description="As a part of the picture's width."
    )
    height: Annotated[Finite, Field(gt=0, le=10)] = Field(
        default=1, description="As a part of the picture's height."
    )
    start: Seconds = Field(
        default=Fraction(0), ge=0, description="Seconds after which it appears."
    )
    end: Seconds | None = Field(
        default=None,
        gt=0,
        description="Seconds after which it is gone; by default with the template.",
    )
    text: Text = Field(
        default="", max_length=10_000, description="What it says; of text and icons."
    )
    path: Text | None = Field(
        default=None, min_length=1, description="File of an image or a film."
    )
    fit: Literal["fit", "fill", "stretch", "none"] = Field(
        default="fit", description="An image or a film into its box, as of clips."
    )
    shape: Shape = Field(default="rectangle", description="Of a shape: its form.")
    points: int = Field(
        default=5, ge=3, le=64, description="Of a star or a polygon: its corners."
    )
    radius: Pixels = Field(
        default=0, description="Of a rectangle's corners, or of particles."
    )
    count: int = Field(default=40, ge=1, le=300, description="Of particles.")
    color: Color = "#ffffff"
    stroke: Pixels = Field(default=0, description="Width of the outline, or of a line.")
    stroke_color: Color = "#000000"
    opacity: Finite = Field(default=1, ge=0, le=1, description="0 is invisible.")
    rotation: Finite = Field(
        default=0, ge=-3600, le=3600, description="Degrees, clockwise."
    )
    scale: Finite = Field(
        default=1, gt=0, le=50, description="Times as large, from the middle."
    )
    blur: Finite = Field(default=0, ge=0, le=100, description="How soft it is.")
    font: Text = Field(
        default="Noto Sans",
        min_length=1,
        max_length=200,
        description="Family of the font.",
    )
    size: Finite = Field(default=64, gt=0, le=4000, description="Height of a line.")
    weight: int = Field(
        default=400, ge=100, le=900, description="Of the strokes: 400 normal, 700 bold."
    )
    italic: bool = False
    spacing: Offset = Field(default=0, description="More between letters.")
    align: Literal["left", "center", "right"] = Field(
        default="center", description="Where lines stand in the box."
    )
    shadow_x: Offset = Field(default=0, description="To the right.")
    shadow_y: Offset = Field(default=0, description="Down.")
    shadow_blur: Finite = Field(
        default=0, ge=0, le=100, description="How soft the shadow is."
    )
    shadow_color: Color = "#000000"
    shadow_opacity: Finite = Field(default=0, ge=0, le=1, description="0: no shadow.")
    animations: tuple[ElementAnimation, ...] = Field(
        default=(), max_length=8, description="How it moves."
    )

    @property
    def is_picture(self) -> bool:
        """Whether it comes from a file."""
        return self.kind in PICTURES

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.is_picture and self.path is None:
            message = f"an element of the kind {self.kind} needs a path"
            raise ValueError(message)
        if not self.is_picture and self.path is not None:
            message = f"an element of the kind {self.kind} has no path"
            raise ValueError(message)
        if self.end is not None and self.end <= self.start:
            message = "the element ends before it starts"
            raise ValueError(message)
        if self.kind != "shape" and any(a.kind == "morph" for a in self.animations):
            message = "only shapes can morph"
            raise ValueError(message)
        return self
