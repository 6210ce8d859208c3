"""The published schema is that of the code, and says what the code says."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from farm.errors import InvalidTimeline
from farm.timeline.document import load_document
from farm.timeline.schema import build_schema, write_schema
from tests.factories import (
    Json,
    make_clip,
    make_color,
    make_document,
    make_gap,
    make_track,
    make_transition,
)

FILE = Path(__file__).parents[3] / "docs" / "schema" / "farm-timeline-1.schema.json"
SCHEMA = build_schema()


def test_the_published_file_is_current() -> None:
    """`python -m farm.timeline.schema > docs/schema/...` writes it anew."""
    assert FILE.read_text(encoding="utf-8") == write_schema()


def test_every_field_is_described_or_speaks_for_itself() -> None:
    plain = {"type", "name", "format", "muted", "bold", "italic", "transform", "crop"}
    plain |= {"left", "right", "top", "bottom", "volume", "pan"}
    for definition in SCHEMA["$defs"].values():
        assert definition["description"]
        for name, field in definition["properties"].items():
            assert name in plain or field.get("description"), name


def _items(**fields: object) -> Json:
    return make_document(make_track(make_clip(**fields)))


@pytest.mark.parametrize(
    "document",
    [
        make_document(),
        make_document(rate="30000/1001", **{"$schema": "farm-timeline-1.schema.json"}),
        make_document(
            make_track(make_clip(), make_transition("1/2"), make_clip(), make_gap(0.5)),
            make_track(make_color("00:00:02.5", start="1:02.5", opacity=0)),
            make_track(make_clip(volume=2, fade_in="1"), kind="audio", muted=True),
        ),
        _items(media={"type": "title", "text": "Hi"}, duration=1, source_range=None),
        _items(effects=[{"name": "blur", "parameters": {"sigma": 3}}], speed="0.5"),
    ],
)
def test_a_good_document_fits_both_schema_and_code(document: Json) -> None:
    assert list(_misfits(document, SCHEMA)) == []
    load_document(document, folder=None)


@pytest.mark.parametrize(
    "document",
    [
        {"tracks": []},
        make_document(format="farm-timeline/2"),
        make_document(rate="fast"),
        make_document(rate=0),
        make_document(width=1),
        make_document(channels=3),
        make_document(make_track(kind="subtitle")),
        make_document(make_track({"media": {"type": "file", "path": "a"}})),
        make_document(make_track(make_gap(0))),
        make_document(make_track(make_transition(kind="disolve"), make_clip())),
        _items(opactiy=1),
        _items(opacity=2),
        _items(start=-1),
        _items(start="soon"),
        _items(speed=0),
        _items(speed=None),
        _items(media={"path": "a"}),
        _items(media={"type": "file", "path": ""}),
        _items(source_range={"duration": -1}),
        _items(crop={"left": 0.5}),
        _items(effects=[{"parameters": {}}]),
    ],
)
def test_a_bad_document_fits_neither_schema_nor_code(document: Json) -> None:
    assert list(_misfits(document, SCHEMA)) != []
    with pytest.raises(InvalidTimeline):
        load_document(document, folder=None)


def test_the_schema_stays_out_of_the_timeline() -> None:
    document = make_document(**{"$schema": "farm-timeline-1.schema.json"})

    assert "$schema" not in load_document(document, folder=None).model_dump()


# As much of JSON Schema as the published one uses.

_TYPES: dict[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "number": (int, float),
    "integer": (int,),
    "boolean": (bool,),
    "null": (type(None),),
}
_KNOWN = {
    "$schema", "$id", "$defs", "$ref", "title", "description", "default", "examples",
    "type", "const", "enum", "pattern", "minLength", "maxLength", "minimum", "maximum",
    "exclusiveMinimum", "properties", "required", "additionalProperties", "items",
    "anyOf", "oneOf",
}  # fmt: skip


def _misfits(value: Any, schema: Json) -> list[str]:  # noqa: ANN401  # any JSON
    if "$ref" in schema:
        return _misfits(value, SCHEMA["$defs"][schema["$ref"].rpartition("/")[2]])
    assert schema.keys() <= _KNOWN
    found = [
        word
        for word, fits in {
            "type": "type" not in schema or _is_of_type(value, schema["type"]),
            "const": value == schema.get("const", value),
            "enum": value in schema.get("enum", [value]),
            "anyOf": _count(value, schema.get("anyOf")) > 0,
            "oneOf": _count(value, schema.get("oneOf")) == 1,
        }.items()
        if not fits
    ]
    if isinstance(value, str):
        found += ["pattern"] * (not re.search(schema.get("pattern", ""), value))
        found += ["length"] * (len(value) < schema.get("minLength", 0))
    elif isinstance(value, int | float) and not isinstance(value, bool):
        found += ["minimum"] * (value < schema.get("minimum", value))
        found += ["maximum"] * (value > schema.get("maximum", value))
        found += ["above"] * (value <= schema.get("exclusiveMinimum", value - 1))
    elif isinstance(value, list):
        found += [m for each in value for m in _misfits(each, schema.get("items", {}))]
    elif isinstance(value, dict):
        found += [name for name in schema.get("required", ()) if name not in value]
        for name, each in value.items():
            more = schema.get("additionalProperties", True)
            inner = schema.get("properties", {}).get(name, more)
            found += _misfits(each, inner) if isinstance(inner, dict) else []
            found += [name] * (inner is False)
    return found


def _is_of_type(value: Any, types: str | list[str]) -> bool:  # noqa: ANN401
    names = [types] if isinstance(types, str) else types
    if isinstance(value, bool):
        return "boolean" in names
    return any(isinstance(value, _TYPES[name]) for name in names)


def _count(value: Any, branches: list[Json] | None) -> int:  # noqa: ANN401
    if branches is None:
        return 1
    return sum(not _misfits(value, branch) for branch in branches)


def test_the_file_is_plain_json() -> None:
    assert json.loads(FILE.read_text(encoding="utf-8")) == SCHEMA
