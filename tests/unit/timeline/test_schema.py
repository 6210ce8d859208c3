"""The published schema is that of the code, and says what the code says."""

from __future__ import annotations

import json
from pathlib import Path

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
from tests.misfits import misfits

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
    assert list(misfits(document, SCHEMA, SCHEMA)) == []
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
    assert list(misfits(document, SCHEMA, SCHEMA)) != []
    with pytest.raises(InvalidTimeline):
        load_document(document, folder=None)


def test_the_schema_stays_out_of_the_timeline() -> None:
    document = make_document(**{"$schema": "farm-timeline-1.schema.json"})

    assert "$schema" not in load_document(document, folder=None).model_dump()


# As much of JSON Schema as the published one uses.


def test_the_file_is_plain_json() -> None:
    assert json.loads(FILE.read_text(encoding="utf-8")) == SCHEMA
