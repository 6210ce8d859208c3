"""A slice says what its pixels depend on, relative to its own start, and no more."""

from __future__ import annotations

import time
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING

from farm.timeline.place import place
from farm.timeline.slice import PictureSlice, slice_picture, slice_sound
from tests.factories import (
    Json,
    make_clip,
    make_color,
    make_gap,
    make_media_facts,
    make_timeline,
    make_track,
    make_transition,
)

if TYPE_CHECKING:
    from farm.timeline.composition import Composition

FILES = {"/film.mp4": make_media_facts(), "/b.mp4": make_media_facts("/b.mp4")}
MIDDLE = {"start": 4, "duration": 2}


def _compose(*tracks: Json, **fields: object) -> Composition:
    return place(make_timeline(*tracks, **fields), FILES).composition


def _three_clips() -> Composition:
    """Frames 0..50..100..150, with dissolves over 40..60 and 90..110."""
    clip = make_clip(source_range=MIDDLE, speed=1)
    dissolve = make_transition("0.8")
    return _compose(make_track(clip, dissolve, clip, dissolve, clip))


def _spans(picture: PictureSlice) -> list[tuple[int, int, int, int]]:
    (layer,) = picture.layers
    return [(s.start, s.alone_start, s.alone_end, s.end) for s in layer.shots]


def test_a_slice_of_everything_is_everything() -> None:
    picture = slice_picture(_three_clips(), 0, 150)

    assert picture.frames == 150
    assert _spans(picture) == [(0, 0, 40, 60), (40, 60, 90, 110), (90, 110, 150, 150)]


def test_times_count_from_the_start_of_the_slice() -> None:
    picture = slice_picture(_three_clips(), 60, 90)

    assert _spans(picture) == [(0, 0, 30, 30)]
    assert picture.layers[0].changes == ()
    assert picture.layers[0].shots[0].source_start == 4 + Fraction(10, 25)


def test_a_cut_through_a_transition_keeps_its_place_in_the_whole() -> None:
    composition = _three_clips()

    (left,) = slice_picture(composition, 0, 50).layers[0].changes
    (right,) = slice_picture(composition, 50, 60).layers[0].changes

    assert (left.start, left.end, left.passed, left.length) == (40, 50, 0, 20)
    assert (right.start, right.end, right.passed, right.length) == (0, 10, 10, 20)
    assert (left.before, left.after) == (right.before, right.after) == (0, 1)


def test_a_cut_through_a_transition_shows_both_shots_and_neither_alone() -> None:
    picture = slice_picture(_three_clips(), 50, 60)

    assert _spans(picture) == [(0, 0, 0, 10), (0, 10, 10, 10)]
    before, after = picture.layers[0].shots
    assert before.source_start == 6
    assert after.source_start == 4


def test_changes_name_shots_of_their_own_slice() -> None:
    (change,) = slice_picture(_three_clips(), 61, 150).layers[0].changes

    assert (change.before, change.after) == (0, 1)


def test_speed_counts_in_where_a_slice_begins() -> None:
    clip = make_clip(source_range={"start": 4, "duration": 4}, speed=2)

    picture = slice_picture(_compose(make_track(clip)), 10, 20)

    assert picture.layers[0].shots[0].source_start == 4 + Fraction(20, 25)


def test_a_slice_holds_only_what_is_seen_in_it() -> None:
    composition = _compose(
        make_track(make_clip(), make_gap(2), make_clip("/b.mp4")),
        make_track(make_gap(4), make_color()),
    )

    picture = slice_picture(composition, 50, 100)
    assert picture.layers == ()
    assert picture.sources() == ()
    assert slice_picture(composition, 0, 50).sources() == ("/film.mp4",)
    assert slice_picture(composition, 100, 150).sources() == ("/b.mp4",)


def test_an_edit_before_a_slice_moves_it_but_does_not_change_it() -> None:
    clip, dissolve = make_clip(source_range=MIDDLE), make_transition("0.8")
    items = (clip, dissolve, clip)
    first = _compose(make_track(*items), make_track(*items, kind="audio"))
    later = _compose(
        make_track(make_color(1), *items), make_track(make_gap(1), *items, kind="audio")
    )

    for start, end in ((0, 30), (30, 50), (50, 100)):
        assert slice_picture(first, start, end) == slice_picture(
            later, start + 25, end + 25
        )


def test_slices_together_show_every_frame_of_every_shot_once() -> None:
    composition = _three_clips()
    cuts = [0, 7, 40, 45, 60, 61, 99, 150]
    shown: list[tuple[int, Fraction]] = []
    for start, end in pairwise(cuts):
        for shot in slice_picture(composition, start, end).layers[0].shots:
            shown += [
                (
                    start + frame,
                    shot.source_start + (frame - shot.start) * Fraction(1, 25),
                )
                for frame in range(shot.start, shot.end)
            ]

    whole = [
        (frame, shot.source_start + (frame - shot.start) / Fraction(25))
        for shot in composition.layers[0].shots
        for frame in range(shot.shown_start, shot.shown_end)
    ]
    assert sorted(shown) == sorted(whole)


def test_sound_is_cut_out_at_samples() -> None:
    composition = _compose(make_track(make_clip(source_range=MIDDLE)), rate=29.97)

    sound = slice_sound(composition, 5, 10)

    assert (sound.first, sound.samples) == (8008, 8008)
    assert [each.start for each in sound.strips[0].sounds] == [0]


def test_sound_that_is_not_heard_in_a_slice_is_not_in_it() -> None:
    composition = _compose(
        make_track(make_clip(), make_gap(2), make_clip("/b.mp4"), fade_out=1),
    )

    assert slice_sound(composition, 50, 100).strips == ()
    later = slice_sound(composition, 100, 150)
    assert later.sources() == ("/b.mp4",)
    assert later.strips[0].end == composition.samples


def test_slicing_a_long_timeline_is_quick() -> None:
    clip = make_clip(source_range=MIDDLE)
    composition = _compose(make_track(*[clip] * 10_000))
    begun = time.process_time()

    for start in range(0, composition.frames, 200):
        slice_picture(composition, start, start + 200)

    assert time.process_time() - begun < 3  # seconds; about 0.6
