"""OpenTimelineIO's JSON as its objects; what it cannot read is said in one sentence."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import opentimelineio as otio

from farm.errors import InvalidTimeline, Problem
from farm.timeline.time import show_value

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Levels of JSON. OpenTimelineIO's reader knows no limit, and crashes at some depth.
_DEEPEST = 400
_SCHEMA = "OTIO_SCHEMA"
_VERSIONED = re.compile(r"([\w-]{1,60})\.(\d{1,9})")
_STRING = r'"(?:[^"\\]|\\.)*(?:"|\Z)'
_BRACKET = re.compile(rf"{_STRING}|[\[\]{{}}]", re.DOTALL)
_INFINITE = re.compile(rf"{_STRING}|\bInf\b", re.DOTALL)
_LINE = re.compile(r"near line (\d+)")
_LACKED_FIELD = re.compile(r": (\w+) \(near line")
_WRONG_FIELD = re.compile(r"under key '(\w+)'")
_JSON_ERROR = re.compile(r"JSON parse error on input string: (.*)")
_LONGEST_REASON = 200
_READER_ERRORS = (
    otio.exceptions.OTIOError,
    LookupError,
    RuntimeError,
    TypeError,
    ValueError,
)


def read_objects(text: str, *, name: str) -> Any:  # noqa: ANN401  # any object of OTIO
    """Return what a text holds.

    Raises:
        InvalidTimeline: when it is no JSON, or none that OpenTimelineIO reads.
    """
    if _is_too_deep(text):
        raise _refusal("its JSON is nested too deep", name)
    try:
        document = json.loads(_INFINITE.sub(_write_out, text))
    except ValueError as error:
        raise _refusal(f"it is not valid JSON: {error}", name) from error
    if not isinstance(document, dict) or _SCHEMA not in document:
        raise _refusal(f"it is not OpenTimelineIO: it has no {_SCHEMA}", name)
    if problems := [*_find_newer(document)]:
        raise InvalidTimeline.of(problems, name=name)
    if _name_unknown_effects(document):
        text = json.dumps(document)
    try:
        return otio.core.deserialize_json_from_string(text)
    except _READER_ERRORS as error:
        raise _refusal(_explain(str(error)), name) from error


def _refusal(message: str, name: str) -> InvalidTimeline:
    return InvalidTimeline.of([Problem(path="", message=message)], name=name)


def _is_too_deep(text: str) -> bool:
    depth = 0
    for token in _BRACKET.finditer(text):
        depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(token[0], 0)
        if depth > _DEEPEST:
            return True
    return False


def _write_out(token: re.Match[str]) -> str:
    """Write OpenTimelineIO's ``Inf`` as Python reads it; leave strings alone."""
    return "Infinity" if token[0] == "Inf" else token[0]


def _walk(document: object) -> Iterator[tuple[dict[str, Any], tuple[Any, ...]]]:
    """Yield each object with its path, linked from the end."""
    waiting: list[tuple[object, tuple[Any, ...]]] = [(document, ())]
    while waiting:
        value, path = waiting.pop()
        if isinstance(value, dict):
            yield value, path
            children = list(value.items())
        elif isinstance(value, list):
            children = list(enumerate(value))
        else:
            continue
        waiting += [
            (child, (path, key))
            for key, child in reversed(children)
            if isinstance(child, dict | list)
        ]


def _place(path: tuple[Any, ...]) -> str:
    steps: list[str] = []
    while path:
        path, key = path
        steps.append(f"[{key}]" if isinstance(key, int) else f".{key}")
    place = "".join(reversed(steps)).lstrip(".")
    return re.sub(r"^tracks\.children", "tracks", place)


def _find_newer(document: object) -> Iterator[Problem]:
    """Yield the objects whose schema is newer than can be read."""
    known = otio.core.type_version_map()
    for value, path in _walk(document):
        versioned = _VERSIONED.fullmatch(str(value.get(_SCHEMA)))
        if not versioned or versioned[1] not in known:
            continue
        if int(versioned[2]) > known[versioned[1]]:
            readable = f"{versioned[1]}.{known[versioned[1]]}"
            message = (
                f"{versioned[0]} is newer than OpenTimelineIO {otio.__version__} "
                f"reads, which is {readable}; save the file for an older version"
            )
            yield Problem(path=_place(path), message=message)


def _name_unknown_effects(document: object) -> bool:
    """Turn effects of unknown schemas into plain ones of that name; tell if any."""
    known = otio.core.type_version_map()
    found = False
    for value, _ in _walk(document):
        effects = value.get("effects")
        for effect in effects if isinstance(effects, list) else ():
            schema = effect.get(_SCHEMA) if isinstance(effect, dict) else None
            if isinstance(schema, str) and schema.partition(".")[0] not in known:
                found = True
                effect.clear()
                effect |= {
                    _SCHEMA: "Effect.1",
                    "effect_name": schema.partition(".")[0],
                    "name": "",
                    "enabled": True,
                    "metadata": {},
                }
    return found


def _explain(reason: str) -> str:  # noqa: PLR0911  # a sentence for each reason
    """Say what OpenTimelineIO means, without the names of its classes."""
    line = _LINE.search(reason)
    near = f", near line {line[1]}" if line else ""
    if found := _JSON_ERROR.search(reason):
        return f"it is not valid JSON: {found[1][:_LONGEST_REASON]}"
    if found := _WRONG_FIELD.search(reason):
        return f"its field {found[1]} holds a value of the wrong type{near}"
    if "UnknownSchemaE" in reason:
        return f"it holds an object of a schema that is not known{near}"
    if found := _LACKED_FIELD.search(reason):
        return f"an object lacks its field {found[1]}{near}"
    if "expected to read a" in reason:
        return f"an object stands where one of another schema belongs{near}"
    if "type mismatch" in reason:
        return f"it holds a value of the wrong type{near}"
    if reason.strip("'\"").startswith("near line"):
        return f"an object lacks a field{near}"
    if "schema" in reason:
        return f"it names a schema that cannot be read{near}"
    return f"it is not OpenTimelineIO{near}: {show_value(reason)}"
