"""Say in plain words, and with its place, what does not fit the document's form."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from farm.errors import Problem
from farm.timeline.cell import Cell
from farm.timeline.clip import (
    Animation,
    BarsMedia,
    Clip,
    ColorMedia,
    Crop,
    EffectUse,
    FileMedia,
    SourceRange,
    Transform,
)
from farm.timeline.element import Element
from farm.timeline.item import Gap, Transition
from farm.timeline.near import near_or_all
from farm.timeline.sound_effect import SoundEffectUse
from farm.timeline.subtitles import Cue, Subtitles
from farm.timeline.template import TemplateMedia
from farm.timeline.time import show_value
from farm.timeline.timeline import Timeline, Track
from farm.timeline.title import TextAnimation, TitleMedia

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic import ValidationError
    from pydantic_core import ErrorDetails

    from farm.timeline.base import Model

#: Model by the value of its field ``type``.
_ITEMS: dict[str, type[Model]] = {"clip": Clip, "gap": Gap, "transition": Transition}
_MEDIA: dict[str, type[Model]] = {
    "file": FileMedia,
    "color": ColorMedia,
    "bars": BarsMedia,
    "title": TitleMedia,
    "template": TemplateMedia,
}
#: Model by the field that holds it.
_NESTED: dict[str, type[Model]] = {
    "tracks": Track,
    "source_range": SourceRange,
    "transform": Transform,
    "crop": Crop,
    "cell": Cell,
    "animations": TextAnimation,
    "subtitles": Subtitles,
    "cues": Cue,
    "elements": Element,
    "effects": EffectUse,
    "animation": Animation,
    "audio_effects": SoundEffectUse,
}
_LONGEST_NAME = 40

#: Words for kinds of errors of pydantic, where its own speak of Python.
_WORDS = {
    "model_type": "should be an object",
    "model_attributes_type": "should be an object",
    "dict_type": "should be an object",
    "tuple_type": "should be a list",
    "string_type": "should be text",
    "string_unicode": "holds characters that are no text",
    "string_too_short": "should not be empty",
    "int_type": "should be a whole number",
    "int_parsing": "should be a whole number",
    "int_parsing_size": "should be a smaller whole number",
    "int_from_float": "should be a whole number",
    "float_type": "should be a number",
    "float_parsing": "should be a number",
    "finite_number": "should be a finite number",
    "bool_type": "should be true or false",
    "bool_parsing": "should be true or false",
}


def explain(error: ValidationError, document: Mapping[str, Any]) -> list[Problem]:
    """Return all problems that the validation of a document found."""
    return [
        _explain_one(detail, document) for detail in error.errors(include_url=False)
    ]


def _explain_one(detail: ErrorDetails, document: Mapping[str, Any]) -> Problem:
    path, label = "", ""
    place: Any = document
    model: type[Model] = Timeline
    tagged: dict[str, type[Model]] = {}
    steps = detail["loc"]
    for step in steps:
        if step in tagged:  # pydantic names the kind of item after its number
            model, tagged = tagged[str(step)], {}
            continue
        path += f"[{step}]" if isinstance(step, int) else _dotted(path, step)
        place = _step_into(place, step)
        if isinstance(place, dict) and "media" in place:
            label = _label(place)
        if step == "media":
            tagged = _MEDIA
        elif isinstance(step, int) and path.endswith(f".items[{step}]"):
            tagged = _ITEMS
        elif step in _NESTED and step != steps[-1]:
            model = _NESTED[str(step)]
    return Problem(path=path, message=f"{_message(detail, model, tagged)}{label}")


def _dotted(path: str, name: str) -> str:
    short = name if len(name) <= _LONGEST_NAME else f"{name[:_LONGEST_NAME]}…"
    return f".{short}" if path else short


def _step_into(place: Any, step: int | str) -> Any:  # noqa: ANN401  # a JSON document
    try:
        return place[step]
    except (KeyError, IndexError, TypeError):
        return None


def _label(item: Mapping[str, Any]) -> str:
    media = item.get("media")
    path = media.get("path") if isinstance(media, dict) else None
    name = item.get("name") or path
    return f" (clip {show_value(name)})" if name else ""


def _message(  # noqa: PLR0911  # one sentence for each kind of error
    detail: ErrorDetails, model: type[Model], tagged: dict[str, type[Model]]
) -> str:
    context, kind = detail.get("ctx", {}), detail["type"]
    given = f", is {show_value(detail['input'])}"
    match kind:
        case "extra_forbidden":
            return _unknown_field(str(detail["loc"][-1]), model)
        case "missing":
            return "is missing"
        case "value_error":
            return str(context.get("error", detail["msg"]))
        case "union_tag_invalid":
            tag = show_value(context.get("tag"))
            return f"has the unknown type {tag}; there are: {', '.join(tagged)}"
        case "union_tag_not_found":
            return f"needs a type: {', '.join(tagged)}"
        case "string_pattern_mismatch" if "#" in str(context.get("pattern")):
            return f"should be a colour such as #20a0ff{given}"
        case "string_pattern_mismatch":
            return "may not hold the character NUL"
        case "string_too_long":
            return f"should have at most {context.get('max_length')} characters"
        case _:
            usual = detail["msg"].replace("Input should", "should")
            return f"{_WORDS.get(kind, usual)}{given}"


def _unknown_field(name: str, model: type[Model]) -> str:
    return f"unknown field; {near_or_all(name, model.model_fields)}"
