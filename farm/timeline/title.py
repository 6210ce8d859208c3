"""Titles: text in the picture, its look and how it moves."""

from __future__ import annotations

from fractions import Fraction
from typing import Annotated, Literal

from pydantic import Field

from farm.timeline.base import Color, Finite, Model, Text
from farm.timeline.time import Seconds

Pixels = Annotated[Finite, Field(ge=0, le=1000)]
Offset = Annotated[Finite, Field(ge=-1000, le=1000)]

AnimationKind = Literal[
    "fade-in", "fade-out", "slide-in", "slide-out", "scale-in", "scale-out",
    "typewriter", "wave", "bounce", "shake", "blink", "dissolve", "scale",
]  # fmt: skip
Easing = Literal[
    "linear", "ease", "ease-in", "ease-out", "ease-in-out", "elastic", "bounce"
]
Side = Literal["left", "right", "top", "bottom", "center"]


class TextAnimation(Model):
    """A movement of text."""

    kind: AnimationKind = Field(
        description="`fade-in`, `slide-in`, `scale-in`, `typewriter` and `bounce` "
        "happen at the start; `fade-out`, `slide-out`, `scale-out` and `dissolve` at "
        "the end; `wave`, `shake`, `blink` and `scale` from the start on."
    )
    duration: Seconds = Field(
        default=Fraction(1, 2), gt=0, le=3600, description="Length in seconds."
    )
    delay: Seconds = Field(
        default=Fraction(0),
        ge=0,
        le=3600,
        description="Seconds after the start of the text, or before its end.",
    )
    easing: Easing = Field(
        default="ease-in-out", description="How the movement begins and ends."
    )
    side: Side = Field(
        default="left",
        description="Where a slide comes from or goes to; `center` slides nowhere, "
        "but fades.",
    )


class TextLook(Model):
    """How text looks; lengths are pixels of the timeline."""

    font: Text = Field(
        default="Noto Sans",
        min_length=1,
        max_length=200,
        description="Family of the font.",
    )
    size: Finite = Field(
        default=64, gt=0, le=4000, description="Height of a line in pixels."
    )
    weight: int = Field(
        default=400,
        ge=100,
        le=900,
        description="Of the strokes: 100 thin, 400 normal, 700 bold, 900 black.",
    )
    italic: bool = False
    color: Color = "#ffffff"
    color_end: Color | None = Field(
        default=None,
        description="Colour of the last letter: those between run from one to the "
        "other. By default all have one.",
    )
    opacity: Finite = Field(
        default=1, ge=0, le=1, description="Of the letters: 0 is invisible."
    )
    spacing: Offset = Field(default=0, description="Pixels more between letters.")
    align: Literal[
        "top-left", "top", "top-right",
        "left", "center", "right",
        "bottom-left", "bottom", "bottom-right",
    ] = Field(default="center", description="Where in the picture.")  # fmt: skip
    margin: Finite = Field(
        default=40, ge=0, le=4000, description="Distance to the edges in pixels."
    )
    max_width: Finite = Field(
        default=1,
        gt=0,
        le=1,
        description="Part of the width between the margins at which lines are broken.",
    )
    outline: Pixels = Field(default=0, description="Width of the outline in pixels.")
    outline_color: Color = "#000000"
    shadow_x: Offset = Field(default=0, description="Pixels to the right.")
    shadow_y: Offset = Field(default=0, description="Pixels down.")
    shadow_blur: Finite = Field(
        default=0, ge=0, le=100, description="How soft the shadow is, in pixels."
    )
    shadow_color: Color = "#000000"
    shadow_opacity: Finite = Field(
        default=0,
        ge=0,
        le=1,
        description="0: no shadow. With neither offset nor blur it is a glow's core.",
    )
    box_color: Color | None = Field(
        default=None, description="Colour of a box behind the text; by default none."
    )
    box_opacity: Finite = Field(default=1, ge=0, le=1, description="Of the box.")
    box_padding: Pixels = Field(
        default=8, description="Pixels from the letters to the edge of the box."
    )
    animations: tuple[TextAnimation, ...] = Field(
        default=(), max_length=8, description="How the text moves."
    )


class TitleMedia(TextLook):
    """A title on a transparent ground; newlines break lines."""

    type: Literal["title"] = "title"
    text: Text = Field(min_length=1, max_length=10_000, description="What it says.")
