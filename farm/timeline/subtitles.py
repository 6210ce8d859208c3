"""Subtitles of a timeline: cues, how they look, and whether they are burnt in."""

from __future__ import annotations

from fractions import Fraction
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    Field,
    ValidationError,
    WithJsonSchema,
    model_validator,
)

from farm.timeline.base import Model, Text
from farm.timeline.subtitle_styles import STYLES, StyleName
from farm.timeline.time import Seconds
from farm.timeline.title import TextLook

#: Fields of a look that are lengths: in named styles, of a picture of 1080 lines.
_LENGTHS = (
    "size", "spacing", "margin", "outline", "shadow_x", "shadow_y", "shadow_blur",
    "box_padding",
)  # fmt: skip
STYLE_LINES = 1080
#: Languages of two letters (ISO 639-1) by the three that files store (ISO 639-2/T).
_LANGUAGES = {
    "ar": "ara", "bg": "bul", "bn": "ben", "ca": "cat", "cs": "ces", "da": "dan",
    "de": "deu", "el": "ell", "en": "eng", "es": "spa", "et": "est", "fa": "fas",
    "fi": "fin", "fr": "fra", "he": "heb", "hi": "hin", "hr": "hrv", "hu": "hun",
    "id": "ind", "is": "isl", "it": "ita", "ja": "jpn", "ko": "kor", "lt": "lit",
    "lv": "lav", "ms": "msa", "nb": "nob", "nl": "nld", "no": "nor", "pl": "pol",
    "pt": "por", "ro": "ron", "ru": "rus", "sk": "slk", "sl": "slv", "sr": "srp",
    "sv": "swe", "ta": "tam", "th": "tha", "tr": "tur", "uk": "ukr", "ur": "urd",
    "vi": "vie", "zh": "zho",
}  # fmt: skip
MOST_CUES = 20_000
MOST_SCRIPT = 5_000_000
LookFields = Annotated[dict[str, Any], WithJsonSchema({"type": "object"})]
"""Some fields of a title's look, by name."""


def _check_language(name: str) -> str:
    first = name.lower().replace("_", "-").partition("-")[0]
    if first in _LANGUAGES:
        return _LANGUAGES[first]
    if len(first) == 3 and first.isascii() and first.isalpha():  # noqa: PLR2004
        return first
    message = "should be a language as ISO 639 has it, such as en, eng or pt-BR"
    raise ValueError(message)


class Cue(Model):
    """What is read for a while; newlines break lines."""

    start: Seconds = Field(ge=0, description="Seconds from the start of the timeline.")
    end: Seconds = Field(gt=0, description="Seconds, after `start`.")
    text: Text = Field(min_length=1, max_length=10_000, description="What it says.")
    look: LookFields = Field(
        default={}, description="Fields of a title's look that are of this cue alone."
    )

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.end <= self.start:
            message = "the cue ends before it starts"
            raise ValueError(message)
        return self


class Subtitles(Model):
    """Subtitles in one language."""

    path: Text | None = Field(
        default=None,
        min_length=1,
        description="File of them: SubRip, WebVTT, ASS; relative to the folder of the "
        "document.",
    )
    cues: tuple[Cue, ...] | None = Field(
        default=None, max_length=MOST_CUES, description="Them themselves."
    )
    script: Text | None = Field(
        default=None,
        min_length=1,
        max_length=MOST_SCRIPT,
        description="A document of ASS that is burnt in as it is, instead of cues.",
    )
    name: Text = Field(default="", max_length=200, description="What players call it.")
    language: Annotated[str, AfterValidator(_check_language)] = Field(
        default="und", description="Language as ISO 639 has it: en, eng, pt-BR."
    )
    show: Literal["burn", "stream"] = Field(
        default="burn",
        description="`burn`: part of the picture; `stream`: a stream of the file that "
        "players switch on and off.",
    )
    offset: Seconds = Field(
        default=Fraction(0), description="Seconds by which all are shown later."
    )
    enabled: bool = Field(default=True, description="Off: as if they were not there.")
    style: StyleName = Field(
        default="basic-white", description="How they look, by the name of a style."
    )
    look: LookFields = Field(
        default={}, description="Fields of a title's look that differ from the style."
    )

    @model_validator(mode="after")
    def _check(self) -> Self:
        given = (self.path, self.cues, self.script)
        if sum(each is not None for each in given) != 1:
            message = "needs either the path of a file or cues"
            raise ValueError(message)
        if self.script is not None and self.show != "burn":
            message = "a script is burnt in; a stream has cues or a path"
            raise ValueError(message)
        check_look(self.style, self.look, {})
        for number, cue in enumerate(self.cues or ()):
            if cue.look:
                check_look(self.style, self.look, cue.look, f"cues[{number}].")
        return self


def check_look(
    style: str, look: dict[str, Any], own: dict[str, Any], place: str = ""
) -> None:
    """Raise `ValueError` with the first field of a look that is not as it should be."""
    try:
        find_look(style, look, own, lines=STYLE_LINES)
    except ValidationError as error:
        detail = error.errors(include_url=False)[0]
        field = ".".join(str(step) for step in detail["loc"])
        message = f"{place}look.{field}: {detail['msg']}"
        raise ValueError(message) from error


def find_look(
    style: str, look: dict[str, Any], own: dict[str, Any], *, lines: int
) -> TextLook:
    """Return how a cue looks in a picture of so many lines.

    Args:
        style: name of a style; its lengths are of 1080 lines.
        look: what differs for all cues, in pixels of the timeline.
        own: what differs for this one, likewise.
        lines: height of the timeline in pixels.
    """
    scale = lines / STYLE_LINES
    styled = STYLES[style].model_dump()
    styled |= {name: round(styled[name] * scale, 2) for name in _LENGTHS}
    return TextLook.model_validate({**styled, **look, **own})
