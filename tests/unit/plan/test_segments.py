"""Cuts between segments fall on edges of clips where one is near."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING, Literal

import pytest

from farm.plan.segments import cut_segments
from farm.timeline.place import place
from tests.factories import (
    Json,
    make_color,
    make_gap,
    make_timeline,
    make_track,
    make_transition,
)

if TYPE_CHECKING:
    from farm.timeline.composition import Composition


def _compose(*tracks: Json, rate: object = 25) -> Composition:
    return place(make_timeline(*tracks, rate=rate), {}).composition


def _cut(*items: Json, seconds: object = 4) -> list[tuple[int, int]]:
    composition = _compose(make_track(*items))
    return _segments(composition, 0, composition.frames, seconds)


def _segments(
    composition: Composition, start: int, end: int, seconds: object
) -> list[tuple[int, int]]:
    wanted: Literal["off"] | Fraction = (
        "off" if seconds is None else Fraction(str(seconds))
    )
    return cut_segments(
        composition,
        start,
        end,
        wanted=wanted,
        mean_seconds=Fraction(1000),
        key_times={},
    )


def test_without_a_length_there_is_one_segment() -> None:
    assert _cut(make_color(100), seconds=None) == [(0, 2500)]


def test_a_long_clip_is_cut_into_equal_parts() -> None:
    assert _cut(make_color(16)) == [(0, 100), (100, 200), (200, 300), (300, 400)]


def test_what_is_shorter_than_a_segment_stays_whole() -> None:
    assert _cut(make_color(5)) == [(0, 125)]


def test_cuts_fall_on_edges_of_clips_that_are_near() -> None:
    cuts = _cut(make_color(3), make_color(6), make_color(3))

    assert cuts == [(0, 75), (75, 225), (225, 300)]


def test_cuts_fall_on_edges_of_transitions() -> None:
    cuts = _cut(make_color(4), make_transition(1), make_color(4))

    assert cuts in (
        [(0, 88), (88, 200)],
        [(0, 100), (100, 200)],
        [(0, 113), (113, 200)],
    )


@pytest.mark.parametrize("seconds", ["0.04", "0.3", "1", "7", "1000"])
@pytest.mark.parametrize("rate", [25, "30000/1001", 60])
def test_segments_hold_every_frame_once(seconds: str, rate: object) -> None:
    items = [make_color("1.7"), make_gap("0.4"), make_color("0.2"), make_color(9)]
    composition = _compose(make_track(*items), rate=rate)

    segments = _segments(composition, 3, 200, seconds)

    assert segments[0][0] == 3
    assert segments[-1][1] == 200
    assert all(start < end for start, end in segments)
    assert all(before[1] == after[0] for before, after in pairwise(segments))


def test_a_range_is_cut_by_itself() -> None:
    composition = _compose(make_track(make_color(100)))

    assert _segments(composition, 1000, 1200, 4) == [
        (1000, 1100),
        (1100, 1200),
    ]


def test_the_number_of_segments_is_bounded() -> None:
    assert len(_cut(make_color(20_000), seconds="0.04")) == 10_000


def _most_shown(composition: Composition, segments: list[tuple[int, int]]) -> int:
    return max(
        sum(
            shot.shown_start < end and shot.shown_end > start
            for layer in composition.layers
            for shot in layer.shots
        )
        for start, end in segments
    )


@pytest.mark.parametrize("seconds", [None, 4, 60])
def test_a_segment_shows_few_clips(seconds: int | None) -> None:
    tracks = [make_track(*(make_color("0.2") for _ in range(200))) for _ in range(3)]
    composition = _compose(*tracks)

    segments = _segments(composition, 0, composition.frames, seconds)

    assert segments[0][0] == 0
    assert segments[-1][1] == composition.frames
    assert all(before[1] == after[0] for before, after in pairwise(segments))
    assert _most_shown(composition, segments) <= 32
    assert len(segments) < 40


def test_clips_that_are_shown_at_once_stay_together() -> None:
    composition = _compose(*(make_track(make_color(1)) for _ in range(50)))

    assert _segments(composition, 0, 25, None) == [(0, 25)]
