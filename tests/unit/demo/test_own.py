"""Which of a user's films the demonstration shows, and which part of each."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from farm.demo.own import (
    Chosen,
    Film,
    Music,
    build_document,
    build_expected,
    choose_films,
)
from farm.errors import InvalidOption
from farm.ffmpeg.command import Command
from farm.ffmpeg.locate import find_ffmpeg
from farm.ffmpeg.run import run
from farm.settings import Settings
from farm.timeline.load import load_timeline


def _make_film(folder: Path, name: str, *, seconds: float) -> None:
    arguments = ("-f", "lavfi", "-i", f"testsrc=s=64x36:r=30:d={seconds}", name)
    run(
        Command(arguments=arguments, output=name),
        ffmpeg=find_ffmpeg(Settings.read()),
        scratch=folder,
        stall_seconds=30,
        limit_seconds=30,
    )


def _film(number: int, *, seconds: str, has_handles: bool = True) -> Film:
    return Film(
        path=Path(f"/films/{number}.mp4"),
        start=Fraction(1),
        seconds=Fraction(seconds),
        has_handles=has_handles,
    )


def test_usable_films_are_chosen_and_the_others_named(tmp_path: Path) -> None:
    _make_film(tmp_path, "long.mp4", seconds=9)
    _make_film(tmp_path, "short.mp4", seconds=1)
    _make_film(tmp_path, "blink.mp4", seconds=0.2)
    (tmp_path / "empty.mp4").touch()
    (tmp_path / "notes.txt").write_text("no film", encoding="utf-8")
    (tmp_path / ".hidden.mp4").touch()

    chosen = choose_films(tmp_path)

    long, short = chosen.films
    assert (long.path.name, long.has_handles) == ("long.mp4", True)
    assert Fraction(1, 2) <= long.start <= Fraction(9) - 4 - Fraction(1, 2)
    assert (short.path.name, short.has_handles) == ("short.mp4", False)
    assert [long.seconds, short.seconds] == [4, 1]
    assert chosen.music is None
    assert [line.partition(":")[0] for line in chosen.left_out] == [
        "blink.mp4",
        "empty.mp4",
        "notes.txt",
    ]


def test_a_folder_without_films_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidOption, match="no film that can be used"):
        choose_films(tmp_path)


def test_a_missing_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidOption, match="is no folder"):
        choose_films(tmp_path / "missing")


@pytest.mark.parametrize("lengths", [["1/2"], ["4"], ["4", "1/2", "4"], ["4"] * 6])
def test_the_timeline_of_any_choice_can_be_loaded(
    lengths: list[str], tmp_path: Path
) -> None:
    films = tuple(
        _film(number, seconds=seconds, has_handles=seconds != "1/2")
        for number, seconds in enumerate(lengths)
    )
    chosen = Chosen(films=films, music=None, left_out=())

    music = Music(path=tmp_path / "music.wav", seconds=Fraction(3))
    document = build_document(chosen, title="films", music=music)
    timeline = load_timeline(document).timeline

    assert [track.kind for track in timeline.tracks] == [
        *("video", "video", "video", "audio")
    ]
    seconds = sum(Fraction(length) for length in lengths)
    assert build_expected(chosen).frames == seconds * 30
    assert build_expected(chosen).samples == seconds * 48000
