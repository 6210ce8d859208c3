"""The published schemas are those of the code."""

from __future__ import annotations

import dataclasses
import json
import re
from pathlib import Path

import pytest

from farm.timeline.report import FOR_PLANS, MediaReport
from farm.timeline.schemas import RECORDS, build_schema, write_schema

FOLDER = Path(__file__).parents[3] / "docs" / "schema"


@pytest.mark.parametrize("name", RECORDS)
def test_the_published_file_is_current(name: str) -> None:
    """`python -m farm.timeline.schemas docs/schema` writes it anew."""
    assert (FOLDER / name).read_text(encoding="utf-8") == write_schema(name)


@pytest.mark.parametrize("name", RECORDS)
def test_every_record_is_described(name: str) -> None:
    schema = build_schema(name)
    assert schema["description"]
    assert all(each["description"] for each in schema["$defs"].values())


@pytest.mark.parametrize("name", RECORDS)
def test_what_is_referred_to_is_defined_and_nothing_else_is(name: str) -> None:
    schema = build_schema(name)
    assert set(re.findall(r"#/\$defs/(\w+)", json.dumps(schema))) == set(
        schema["$defs"]
    )


def test_fields_of_a_report_are_all_there_and_say_their_units() -> None:
    schema = build_schema("farm-media-1.schema.json")
    assert (
        schema["properties"].keys()
        == {field.name for field in dataclasses.fields(MediaReport)} - FOR_PLANS
    )
    video = schema["$defs"]["VideoReport"]["properties"]
    assert "square pixels" in video["display_width"]["description"]
    assert "seconds" in video["start"]["description"]  # said where the plan's record is
    assert "null where" in video["keyframes"]["description"]
