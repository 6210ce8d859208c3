"""Whatever text is given as OpenTimelineIO, it is read or refused in one sentence."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import opentimelineio as otio
import pytest

from farm.errors import InvalidTimeline
from farm.timeline.doors.otio import from_text
from tests.unit.timeline.doors.otio.build import (
    make_clip,
    make_dissolve,
    make_gap,
    make_speed,
    make_stack,
    make_timeline,
    make_track,
)

NESTED = make_timeline(
    make_track(
        make_clip("a", (10, 48), effects=[make_speed(2)]),
        make_dissolve(),
        make_clip("b"),
        make_gap(),
        make_stack(make_track(make_clip("c")), span=(6, 30)),
    ),
    make_track(make_clip("d"), kind="Audio"),
)
TEXT = NESTED.to_json_string()
#: What may stand where something else belongs.
_ODD: tuple[object, ...] = (
    None, 0, -1, 1.5, 1e308, 2**63, 2**64, 10**30, "", "25", "NaN", True, [], {}, [1],
    float("nan"), float("inf"), "\0", "\ud800", "file:%ff", "http://x", "FreezeFrame.1",
    {"OTIO_SCHEMA": "Nothing.1"}, {"OTIO_SCHEMA": "Gap.1"}, {"OTIO_SCHEMA": "Clip.99"},
    {"OTIO_SCHEMA": "RationalTime.1", "value": 1e300, "rate": 1e-300},
)  # fmt: skip


def _message(text: str) -> str:
    with pytest.raises(InvalidTimeline) as caught:
        from_text(text, folder=Path("/project"), name="edit.otio")
    assert caught.value.message.startswith("edit.otio cannot be rendered: ")
    return caught.value.message.removeprefix("edit.otio cannot be rendered: ")


def _document() -> dict[str, Any]:
    document = json.loads(TEXT)
    assert isinstance(document, dict)
    return document


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "it is not valid JSON: Expecting value"),
        (TEXT[:1000], "it is not valid JSON: "),
        ("[]", "it is not OpenTimelineIO: it has no OTIO_SCHEMA"),
        ("{}", "it is not OpenTimelineIO: it has no OTIO_SCHEMA"),
        ('{"OTIO_SCHEMA": "Film.1"}', "it is no timeline but a"),
        ('{"OTIO_SCHEMA": "Timeline"}', "it names a schema that cannot be read"),
        ('{"OTIO_SCHEMA": 1}', "it holds a value of the wrong type"),
        ('{"OTIO_SCHEMA": "Timeline.1"}', "an object lacks its field tracks"),
        (
            '{"OTIO_SCHEMA": "Timeline.1", "tracks": null}',
            "tracks: there are no tracks",
        ),
        (
            '{"OTIO_SCHEMA": "Timeline.1", "tracks": 5}',
            "an object stands where one of another schema belongs",
        ),
        (
            '{"OTIO_SCHEMA": "Track.1", "kind": 5}',
            "its field kind holds a value of the wrong type, near line 1",
        ),
        (
            '{"OTIO_SCHEMA": "Clip.7"}',
            (
                "Clip.7 is newer than OpenTimelineIO 0.18.1 reads, which is "
                "Clip.2; save "
                "the file for an older version"
            ),
        ),
        ('{"OTIO_SCHEMA": "Clip.1", "x": ' + "[" * 100_000, "nested too deep"),
        ('{"OTIO_SCHEMA": "Stack.1", "children": [' * 5000, "nested too deep"),
    ],
    ids=lambda text: text[:40],
)
def test_a_text_that_cannot_be_read_is_refused(text: str, message: str) -> None:
    assert message in _message(text)


def test_every_object_that_is_too_new_is_named_with_its_place() -> None:
    document = _document()
    children = document["tracks"]["children"]
    children[0]["children"][0]["OTIO_SCHEMA"] = "Clip.7"
    children[1]["OTIO_SCHEMA"] = "Track.2"

    with pytest.raises(InvalidTimeline) as caught:
        from_text(json.dumps(document), folder=Path("/"), name="edit.otio")

    problems = caught.value.facts["problems"]
    assert isinstance(problems, list)
    assert [problem.split(" is newer")[0] for problem in problems] == [
        "tracks[0].children[0]: Clip.7",
        "tracks[1]: Track.2",
    ]


def test_an_effect_of_an_unknown_schema_is_told_by_its_name() -> None:
    document = _document()
    effects = document["tracks"]["children"][0]["children"][2]["effects"]
    effects.append({"OTIO_SCHEMA": "RippleWarp.3", "depth": 2})

    loaded = from_text(json.dumps(document), folder=Path("/"), name="edit.otio")

    assert loaded.warnings[0] == (
        "tracks[0].children[2]: clip 'b': the effect 'RippleWarp' is not known and "
        "left out"
    )


def test_numbers_of_any_size_may_stand_in_metadata() -> None:
    text = TEXT.replace(
        '"metadata": {}', f'"metadata": {{"a": {10**40}, "b": -Inf, "c": NaN}}'
    )

    assert from_text(text, folder=Path("/"), name="edit.otio").timeline.tracks


def test_an_endless_string_is_refused_at_once() -> None:
    assert "not valid JSON" in _message('{"OTIO_SCHEMA": "' + '\\"' * 500_000)


@pytest.mark.parametrize("seed", range(40))
def test_text_that_was_damaged_is_read_or_refused(seed: int) -> None:
    """Cut off, with bytes changed, or with odd values in odd places."""
    chance = random.Random(seed)  # noqa: S311  # the same each time
    texts = [TEXT[: chance.randrange(len(TEXT))], _scratched(chance)]
    texts += [_twisted(chance) for _ in range(20)]
    for text in texts:
        try:
            from_text(text, folder=Path("/project"), name="edit.otio")
        except InvalidTimeline as error:
            assert error.message.isprintable()  # noqa: PT017  # both are right
            assert len(error.message) < 600  # noqa: PT017


def _scratched(chance: random.Random) -> str:
    letters = list(TEXT)
    for _ in range(chance.randint(1, 5)):
        letters[chance.randrange(len(letters))] = chance.choice('{}[],:"0e\\x')
    return "".join(letters)


def _twisted(chance: random.Random) -> str:
    document = _document()
    for _ in range(chance.randint(1, 3)):
        holder, key = chance.choice(_values(document))
        if isinstance(holder, list) and chance.random() < 0.3:
            holder.append(holder[key])
        elif isinstance(holder, dict) and chance.random() < 0.1:
            del holder[key]
        else:
            holder[key] = chance.choice(_ODD)
    return json.dumps(document)


def _values(document: object) -> list[tuple[Any, Any]]:
    found: list[tuple[Any, Any]] = []
    waiting = [document]
    while waiting:
        value = waiting.pop()
        keys = list(value) if isinstance(value, dict) else []
        keys = list(range(len(value))) if isinstance(value, list) else keys
        for key in keys:
            found.append((value, key))
            waiting.append(value[key])  # type: ignore[index]
    return found


def test_the_reader_is_the_one_that_was_tried() -> None:
    """Deep nesting crashes it; another version may crash elsewhere."""
    assert otio.__version__.startswith("0.18.")
