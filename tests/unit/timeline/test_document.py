"""A document is read whole, or every problem is said with its place."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from farm.errors import InvalidTimeline
from farm.timeline.clip import Clip, FileMedia
from farm.timeline.document import load_document, parse_json, read_text
from farm.timeline.timeline import Timeline, Track
from tests.factories import (
    make_clip,
    make_color,
    make_document,
    make_gap,
    make_track,
    make_transition,
)

FOLDER = Path("/project")
_TRACK_FIELDS = ", ".join(Track.model_fields)


def _load(document: dict[str, Any]) -> Timeline:
    return load_document(document, folder=FOLDER, name="edit.json")


def _problems(document: dict[str, Any]) -> list[str]:
    with pytest.raises(InvalidTimeline) as caught:
        _load(document)
    problems = caught.value.facts["problems"]
    assert isinstance(problems, list)
    return problems


def test_paths_start_from_the_folder_of_the_document() -> None:
    timeline = _load(
        make_document(make_track(make_clip("media/pier.mp4"), make_clip("/abs.mp4")))
    )

    assert _paths(timeline) == ["/project/media/pier.mp4", "/abs.mp4"]


def test_a_tilde_is_the_home_folder_only_before_a_slash() -> None:
    """The name of a file may start with one: editors write `~$edit.mp4`."""
    timeline = _load(
        make_document(
            make_track(make_clip("~/pier.mp4"), make_clip("~nobody-at-all/pier.mp4"))
        )
    )

    assert _paths(timeline) == [
        str(Path.home() / "pier.mp4"),
        "/project/~nobody-at-all/pier.mp4",
    ]


def _paths(timeline: Timeline) -> list[str]:
    items = [item for track in timeline.tracks for item in track.items]
    clips = [item for item in items if isinstance(item, Clip)]
    return [clip.media.path for clip in clips if isinstance(clip.media, FileMedia)]


def test_numbers_of_a_file_are_exact() -> None:
    text = json.dumps(make_document()).replace('"duration": 2', '"duration": 0.1')

    clip = _load(parse_json(text, name="edit.json")).tracks[0].items[0]

    assert isinstance(clip, Clip)
    assert clip.source_range is not None
    assert clip.source_range.duration == Fraction(1, 10)


def test_a_timeline_that_was_read_reads_the_same_again() -> None:
    once = _load(
        make_document(
            make_track(
                make_clip(speed="2/3", start="1.3346666666666667"),
                make_transition("1001/30000"),
                make_color(),
            ),
            rate=29.97,
        )
    )

    assert _load(once.model_dump(mode="json")) == once


def test_all_problems_are_told_at_once() -> None:
    problems = _problems(
        make_document(
            make_track(make_clip(opacity=2), make_gap(0)),
            make_track(make_clip(), kind="subtitle"),
            rate="fast",
        )
    )

    assert [problem.split(":")[0] for problem in problems] == [
        "rate",
        "tracks[0].items[0].opacity",
        "tracks[0].items[1].duration",
        "tracks[1].kind",
    ]


def test_the_first_problem_stands_in_the_message() -> None:
    with pytest.raises(
        InvalidTimeline, match=r"^edit\.json cannot .*rate: .* \(and 1 more problem\)$"
    ):
        _load(make_document(rate="fast", width=0))


@pytest.mark.parametrize(
    ("fields", "place", "message"),
    [
        ({"opactiy": 0.5}, ".opactiy", "unknown field; did you mean opacity?"),
        (
            {"crop": {"bootom": 2}},
            ".crop.bootom",
            "unknown field; did you mean bottom?",
        ),
        (
            {"transform": {"zzz": 1}},
            ".transform.zzz",
            "unknown field; there are: x, y, scale, rotation",
        ),
        (
            {"source_range": {"start": -1, "duration": 2}},
            ".source_range.start",
            "should be greater than or equal to 0, is -1",
        ),
        (
            {"source_range": {"start": 0, "duration": 0}},
            ".source_range.duration",
            "should be greater than 0, is 0",
        ),
        (
            {"media": {"type": "color", "color": "red"}, "duration": 1},
            ".media.color",
            "should be a colour such as #20a0ff, is 'red'",
        ),
        (
            {"media": {"type": "film", "path": "a.mp4"}},
            ".media",
            (
                "has the unknown type 'film'; "
                "there are: file, color, bars, title, template"
            ),
        ),
        ({"media": {"type": "file"}}, ".media.path", "is missing"),
        (
            {"media": {"path": "a.mp4"}},
            ".media",
            "needs a type: file, color, bars, title, template",
        ),
        (
            {"type": "film"},
            "",
            "has the unknown type 'film'; there are: clip, gap, transition",
        ),
        (
            {"effects": [{"name": "blur", "sigma": 2}]},
            ".effects[0].sigma",
            (
                "unknown field; there are: name, enabled, start, end, "
                "parameters, keyframes, content"
            ),
        ),
        ({"volume": "loud"}, ".volume", "should be a number, is 'loud'"),
        ({"volume": float("nan")}, ".volume", "should be a finite number, is nan"),
        ({"muted": "perhaps"}, ".muted", "should be true or false, is 'perhaps'"),
        ({"crop": [1]}, ".crop", "should be an object, is a list"),
        (
            {"fit": "cover"},
            ".fit",
            "should be 'fit', 'fill', 'stretch' or 'none', is 'cover'",
        ),
        ({"speed": None}, ".speed", "null is not a speed; write 2, 1/2 or 0.5"),
        (
            {"media": {"type": "file", "path": "a\0b"}},
            ".media.path",
            "may not hold the character NUL",
        ),
        (
            {"media": {"type": "file", "path": "\ud800"}},
            ".media.path",
            "holds characters that are no text, is '\\ud800'",
        ),
    ],
    ids=str,
)
def test_a_problem_says_where_it_is_what_is_wrong_and_which_clip(
    fields: dict[str, object], place: str, message: str
) -> None:
    document = make_document(make_track(make_clip(name="pier", **fields)))

    assert _problems(document) == [
        f"tracks[0].items[0]{place}: {message} (clip 'pier')"
    ]


@pytest.mark.parametrize("name", ["a\0b", "\ud800"])
def test_a_name_that_no_table_can_hold_is_refused(name: str) -> None:
    (problem,) = _problems(make_document(make_track(make_clip(name=name))))

    assert problem.startswith("tracks[0].items[0].name: ")
    assert problem.isprintable()


@pytest.mark.parametrize(
    ("document", "problem"),
    [
        ({}, "format: is missing; a timeline of the farm says 'farm-timeline/1'"),
        (
            {"format": "farm-timeline/2"},
            "format: should be 'farm-timeline/1', is 'farm-timeline/2'",
        ),
        ({"format": ["x"]}, "format: should be 'farm-timeline/1', is a list"),
        (make_document(tracks="x"), "tracks: should be a list, is 'x'"),
        (make_document(tracks=["x"]), "tracks[0]: should be an object, is 'x'"),
        (make_document(tracks=[]), "tracks: there is nothing to render"),
        (
            make_document(make_track(), clip=1),
            f"clip: unknown field; there are: {', '.join(Timeline.model_fields)}",
        ),
        (
            make_document(make_track(make_clip(), clip=1)),
            f"tracks[0].clip: unknown field; there are: {_TRACK_FIELDS}",
        ),
        (
            make_document(make_track(None)),  # type: ignore[arg-type]
            "tracks[0].items[0]: should be an object, is null",
        ),
        (
            make_document(make_track(make_clip(), make_transition(kind="hblurr"))),
            (
                "tracks[0].items[1].kind: unknown transition 'hblurr'; "
                "near it: hblur, burn"
            ),
        ),
        (
            make_document(height=1.5),
            "height: should be a whole number, is 1.5",
        ),
        (make_document(channels=3), "channels: should be 1, 2 or 6, is 3"),
    ],
)
def test_a_problem_of_the_whole_says_where_it_is(
    document: dict[str, Any], problem: str
) -> None:
    assert _problems(document) == [problem]


def test_a_message_is_short_however_long_what_was_given() -> None:
    long = "x" * 1_000_000
    problems = _problems(
        make_document(make_track(make_clip(**{"fit": long, "name": long, long: 1})))
    )

    assert max(len(problem) for problem in problems) < 500


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "not valid JSON"),
        ('{"format": ', "not valid JSON"),
        ("[1, 2]", "should be a JSON object"),
        ('{"rate": NaN}', "NaN is no number"),
        ('{"rate": Infinity}', "Infinity is no number"),
        ('{"rate": 25, "rate": 30}', "'rate' stands twice in one object"),
        ("[" * 100_000, "nested too deep"),
        ("9" * 5000, "not valid JSON"),
    ],
    ids=lambda text: text[:20],
)
def test_text_that_is_no_json_object_is_refused(text: str, message: str) -> None:
    with pytest.raises(InvalidTimeline, match=message):
        parse_json(text, name="edit.json")


def test_a_file_that_cannot_be_read_is_refused_with_its_reason(tmp_path: Path) -> None:
    (tmp_path / "empty.json").touch()
    (tmp_path / "film.json").write_bytes(b"\x00\xff\xfe")

    for path, reason in {
        tmp_path / "absent.json": "there is no such file",
        tmp_path / "empty.json": "the file is empty",
        tmp_path / "film.json": "it is not text",
        tmp_path: "cannot be read: Is a directory",
        Path("a\0b.json"): "it is no file path",
    }.items():
        with pytest.raises(InvalidTimeline, match=reason):
            read_text(path)


def test_a_mark_of_byte_order_is_no_part_of_the_text(tmp_path: Path) -> None:
    path = tmp_path / "edit.json"
    path.write_text(json.dumps(make_document()), encoding="utf-8-sig")

    assert parse_json(read_text(path), name="edit.json")["format"]
