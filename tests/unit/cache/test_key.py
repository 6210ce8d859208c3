"""Everything that can change a pixel or a sample changes the key, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from farm.cache.key import build_key, renderer_digest

if TYPE_CHECKING:
    from pydantic import JsonValue


def shot(**fields: JsonValue) -> dict[str, JsonValue]:
    source: JsonValue = {"path": "/a.mp4", "content": "c1", "video": {"index": 0}}
    return {"label": "clip 'a'", "source": source, "start": 0, "end": 25, **fields}


def description(**fields: JsonValue) -> JsonValue:
    shots: JsonValue = [shot(**fields)]
    return {"picture": {"frames": 25, "layers": [{"shots": shots}]}, "threads": 1}


def key(described: JsonValue, *, build: str = "b", fonts: str = "f") -> str:
    return build_key("segment", described, build=build, fonts=fonts)


USUAL = key(description())


def test_a_key_is_the_same_again() -> None:
    assert key(description()) == USUAL
    assert len(USUAL) == 64


def test_names_do_not_count() -> None:
    assert key(description(label="another name")) == USUAL


def test_a_copied_source_is_the_same_source() -> None:
    moved: JsonValue = {"path": "/b/c.mp4", "content": "c1", "video": {"index": 0}}

    assert key(description(source=moved)) == USUAL


def test_a_source_that_is_not_known_is_told_by_its_path() -> None:
    one: JsonValue = {"path": "/a.mp4", "content": "", "video": {"index": 0}}
    two: JsonValue = {"path": "/b.mp4", "content": "", "video": {"index": 0}}

    assert key(description(source=one)) != key(description(source=two))


@pytest.mark.parametrize(
    "fields",
    [
        {"source": {"path": "/a.mp4", "content": "c2", "video": {"index": 0}}},
        {"source": {"path": "/a.mp4", "content": "c1", "video": {"index": 1}}},
        {"end": 26},
        {"start": 1},
        {"look": {"effects": [{"name": "blur"}]}},
        {"anything": "new"},
    ],
)
def test_all_else_counts(fields: dict[str, JsonValue]) -> None:
    assert key(description(**fields)) != USUAL


def test_ffmpeg_fonts_and_kind_count() -> None:
    others = {
        key(description(), build="other"),
        key(description(), fonts="other"),
        build_key("mix", description(), build="b", fonts="f"),
        USUAL,
    }

    assert len(others) == 4


def test_the_name_of_an_effect_is_no_name() -> None:
    one = description(effects=[{"name": "blur", "parameters": {}}])
    two = description(effects=[{"name": "flip", "parameters": {}}])

    assert key(one) != key(two)


def test_the_code_of_the_renderer_is_part_of_the_key() -> None:
    assert len(renderer_digest()) == 64
