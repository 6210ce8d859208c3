"""Media that are not where a timeline says: found by name, black, or told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

import farm.timeline
from farm.errors import InvalidOption, InvalidTimeline
from farm.timeline.clip import Clip, ColorMedia, FileMedia
from farm.timeline.item import Gap
from tests.factories import make_clip, make_document, make_track, make_transition

if TYPE_CHECKING:
    from pathlib import Path

    from farm.timeline.timeline import Timeline


def _paths(timeline: Timeline) -> list[str]:
    return [
        item.media.path
        for track in timeline.tracks
        for item in track.items
        if isinstance(item, Clip) and isinstance(item.media, FileMedia)
    ]


def _document(*paths: str, kind: str = "video") -> dict[str, Any]:
    clips = [make_clip(path) for path in paths]
    return make_document(make_track(*clips, kind=kind))


def test_a_file_is_found_by_its_name_in_whatever_folder(tmp_path: Path) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    for name in ("pier.mov", "B/boat.MOV", "gull.png"):
        (tmp_path / "a" / name.lower().replace("boat.mov", "boat.MOV")).parent.mkdir(
            exist_ok=True
        )
        (tmp_path / "a" / name.replace("B/", "b/")).write_bytes(b"x")

    loaded = farm.timeline.load(
        _document("/gone/pier.mov", r"D:\rushes\Boat.mov", "/gone/gull"),
        media_root=tmp_path,
    )

    assert _paths(loaded.timeline) == [
        f"{tmp_path}/a/pier.mov",
        f"{tmp_path}/a/b/boat.MOV",
        f"{tmp_path}/a/gull.png",
    ]
    assert loaded.warnings == (f"3 files were found by name in {tmp_path}",)


@pytest.mark.parametrize(
    ("wanted", "file"),
    [
        ("Z686_5A (LAY2) (47.56 FPS)", "Z686_5A (LAY2) (47.56 FPS).mov"),
        ("z686_5a (lay2) (47.56 fps)", "Z686_5A (LAY2) (47.56 FPS).MOV"),
        ("Z686_5A (LAY2) (47.56 FPS).mxf", "Z686_5A (LAY2) (47.56 FPS).mov"),
        ("Z686_5A (LAY2) (47.56 FPS)", "Z686_5A (LAY2) (47.56 FPS)"),
        ("walk_v1.2", "walk_v1.2.mov"),
        ("pier.old", "pier.old.mov"),
        ("pier.3gp", "pier.m2ts"),
    ],
)
def test_a_dot_in_a_name_is_not_taken_for_its_end(
    wanted: str, file: str, tmp_path: Path
) -> None:
    for name in (file, "walk_v1.mov", "Z686_5A (LAY2) (47.mov"):
        (tmp_path / name).write_bytes(b"x")

    loaded = farm.timeline.load(_document(f"/gone/{wanted}"), media_root=tmp_path)

    assert _paths(loaded.timeline) == [f"{tmp_path}/{file}"]


def test_of_several_the_one_in_the_folder_most_alike_is_taken(tmp_path: Path) -> None:
    for folder in ("day1/cam", "day2/cam"):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "0001.mov").write_bytes(b"x")

    loaded = farm.timeline.load(
        _document("/mnt/day2/cam/0001.mov"), media_root=tmp_path
    )

    assert _paths(loaded.timeline) == [f"{tmp_path}/day2/cam/0001.mov"]
    assert "there are 2 files like '0001.mov'" in loaded.warnings[0]


def test_everything_missing_is_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(InvalidTimeline) as caught:
        farm.timeline.load(_document("a.mov", "b.mov", "a.mov"), media_root=tmp_path)

    problems = caught.value.facts["problems"]
    assert isinstance(problems, list)
    assert [problem.split(":")[0] for problem in problems] == [
        "tracks[0].items[0]",
        "tracks[0].items[1]",
    ]
    assert "b.mov' is not there nor by its name in" in problems[1]


def test_black_takes_the_place_of_a_film_and_silence_of_a_sound(tmp_path: Path) -> None:
    document = make_document(
        make_track(
            make_clip(str(tmp_path / "a.mov"), speed=2, crop={"left": 5}),
            make_transition(),
            make_clip(str(tmp_path / "b.mov")),
        ),
        make_track(
            make_clip(str(tmp_path / "c.wav"), start=3),
            make_transition(),
            make_clip(str(tmp_path / "d.wav")),
            kind="audio",
        ),
    )
    before = farm.timeline.load(document).timeline
    loaded = farm.timeline.load(document, missing="black")

    film, _, other = loaded.timeline.tracks[0].items
    assert isinstance(film, Clip)
    assert isinstance(other, Clip)
    assert film.media == other.media == ColorMedia()
    first = before.tracks[0].items[0]
    assert isinstance(first, Clip)
    assert first.source_range is not None
    assert film.duration == first.source_range.duration / 2
    sounds = loaded.timeline.tracks[1].items
    assert sounds[0] == Gap(duration=3)
    assert all(isinstance(item, Gap) for item in sounds)
    assert len(loaded.warnings) == 4


def test_how_long_black_is_must_stand_somewhere() -> None:
    clip = {"type": "clip", "media": {"type": "file", "path": "/gone/a.mov"}}

    with pytest.raises(InvalidTimeline, match="how long it is stands nowhere"):
        farm.timeline.load(make_document(make_track(clip)), missing="black")


@pytest.mark.parametrize("path", ["x" * 10_000, "/a/" * 3000, "/proc/self/mem/x"])
def test_paths_that_no_file_has_are_missing(path: str) -> None:
    loaded = farm.timeline.load(_document(path), missing="black")

    assert _paths(loaded.timeline) == []


def test_wrong_rules_are_wrong_usage(tmp_path: Path) -> None:
    with pytest.raises(InvalidOption, match="refuse or black, not 'pink'"):
        farm.timeline.load(_document("a.mov"), missing="pink")
    with pytest.raises(InvalidOption, match="is no folder"):
        farm.timeline.load(_document("a.mov"), media_root=tmp_path / "gone")
