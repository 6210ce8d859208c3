"""A style template on a clip: a known one with texts and colours, or one of its own."""

from __future__ import annotations

from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING, Annotated, Literal, Self

from pydantic import AfterValidator, Field, WithJsonSchema, model_validator

from farm.timeline.base import Color, Model, Text
from farm.timeline.element import Element
from farm.timeline.near import check_name
from farm.timeline.templates import TEMPLATES
from farm.timeline.time import Seconds

if TYPE_CHECKING:
    from collections.abc import Mapping

_MOST_ELEMENTS = 100
_MOST_PARTICLES = 1000
_BACKGROUND = "background"
_USUAL_SECONDS = Fraction(5)


TemplateName = Annotated[
    str,
    AfterValidator(partial(check_name, known=TEMPLATES, what="template")),
    WithJsonSchema({"type": "string", "enum": sorted(TEMPLATES)}),
]


class TemplateMedia(Model):
    """Elements that appear, move and go: intros, outros, titles, lower thirds."""

    type: Literal["template"] = "template"
    name: TemplateName | None = Field(
        default=None, description="Name of a template that the farm knows."
    )
    elements: tuple[Element, ...] | None = Field(
        default=None,
        min_length=1,
        max_length=_MOST_ELEMENTS,
        description="Those of a template of its own, from below.",
    )
    length: Seconds | None = Field(
        default=None,
        gt=0,
        le=3600,
        description="Seconds that `elements` last; by default to the last `end`. A "
        "longer clip holds its middle, a shorter one shows all of it faster.",
    )
    background: Color | None = Field(
        default=None, description="Behind all elements; by default nothing."
    )
    texts: dict[str, Annotated[Text, Field(max_length=10_000)]] = Field(
        default={}, description="What elements say instead, by their names."
    )
    colors: dict[str, Color] = Field(
        default={},
        description="Colours of elements instead, by their names; `background` too.",
    )

    @model_validator(mode="after")
    def _check(self) -> Self:
        if (self.name is None) == (self.elements is None):
            message = "needs either the name of a template or elements"
            raise ValueError(message)
        given = self._given
        names = [each.name for each in given if each.name]
        texts = [each.name for each in given if each.kind in {"text", "icon"}]
        for field, wanted, known in (
            ("texts", self.texts, texts),
            ("colors", self.colors, [*names, _BACKGROUND]),
        ):
            for name in wanted:
                if name not in known:
                    told = ", ".join(dict.fromkeys(filter(None, known))) or "none"
                    message = f"{field}: there is no element {name!r}; there are {told}"
                    raise ValueError(message)
        particles = sum(each.count for each in given if each.kind == "particles")
        if particles > _MOST_PARTICLES:
            message = f"has {particles} particles, more than {_MOST_PARTICLES}"
            raise ValueError(message)
        for each in given:
            if self.length is not None and each.start >= self.length:
                message = f"an element starts after the length of {self.length} s"
                raise ValueError(message)
        return self

    @property
    def _given(self) -> tuple[Element, ...]:
        if self.name is not None:
            return TEMPLATES[self.name].elements
        return self.elements or ()

    @property
    def seconds(self) -> Fraction:
        """Length of the template by itself."""
        if self.name is not None:
            return TEMPLATES[self.name].seconds
        if self.length is not None:
            return self.length
        ends = [each.end for each in self._given if each.end is not None]
        return max([*ends, self._latest + 1]) if ends else self._latest + _USUAL_SECONDS

    @property
    def _latest(self) -> Fraction:
        """When the last element appears."""
        return max((each.start for each in self._given), default=Fraction(0))

    def seconds_in(self, clip: Fraction) -> Fraction:
        """Return its length in a clip of so many seconds.

        One that says of nothing when it ends lasts as long as the clip.
        """
        says = self.name is not None or self.length is not None
        says = says or any(each.end is not None for each in self._given)
        return self.seconds if says or self._latest >= clip else clip

    @property
    def ground(self) -> str | None:
        """Colour behind all elements."""
        usual = TEMPLATES[self.name].background if self.name is not None else None
        return self.colors.get(_BACKGROUND, self.background or usual)

    def shown_elements(self) -> tuple[Element, ...]:
        """Return the elements with the texts and colours that are wanted."""
        found = []
        for each in self._given:
            own: dict[str, str] = {}
            if each.name in self.texts and each.kind in {"text", "icon"}:
                own["text"] = self.texts[each.name]
            if each.name in self.colors:
                own["color"] = self.colors[each.name]
            found.append(each.model_copy(update=own))
        return tuple(found)

    def paths(self) -> tuple[str, ...]:
        """Return the files of its images and films."""
        return tuple(each.path for each in self.elements or () if each.path is not None)

    def with_paths(self, found: Mapping[str, str | None]) -> Self | None:
        """Return it with other paths, without elements that have none now."""
        kept = [
            each
            if each.path is None
            else each.model_copy(update={"path": found[each.path]})
            for each in self.elements or ()
            if each.path is None or found[each.path] is not None
        ]
        if not kept:
            return self if self.elements is None else None
        length = self.length or self.seconds
        return self.model_copy(update={"elements": tuple(kept), "length": length})
