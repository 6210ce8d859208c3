"""Fades of the picture are changes from and to nothing."""

from __future__ import annotations

from fractions import Fraction

import pytest

from farm.errors import InvalidTimeline
from farm.timeline.composition import Change, Layer
from farm.timeline.place import Placed, place
from tests.factories import (
    Json,
    make_clip,
    make_color,
    make_gap,
    make_media_facts,
    make_timeline,
    make_track,
    make_transition,
    make_video_facts,
)

FILES = {"/film.mp4": make_media_facts()}


def _clip(**fields: object) -> Json:
    return make_clip(**{"source_range": {"start": 4, "duration": 2}, **fields})


def _place(*items: Json) -> Placed:
    return place(make_timeline(make_track(*items)), FILES)


def _layer(*items: Json) -> Layer:
    (layer,) = _place(*items).composition.layers
    return layer


def _problem(*items: Json) -> str:
    with pytest.raises(InvalidTimeline) as caught:
        _place(*items)
    problems = caught.value.facts["problems"]
    assert isinstance(problems, list)
    assert len(problems) == 1
    return problems[0]


def test_fades_lie_inside_their_clip() -> None:
    layer = _layer(make_gap(), _clip(video_fade_in="0.4", video_fade_out="0.8"))

    (shot,) = layer.shots
    assert layer.changes == (
        Change(kind="dissolve", start=25, end=35, before=None, after=0),
        Change(kind="dissolve", start=55, end=75, before=0, after=None),
    )
    assert (shot.shown_start, shot.start, shot.end, shot.shown_end) == (25, 35, 55, 75)
    assert shot.source_start == 4 + Fraction(10, 25)


def test_fades_may_fill_their_clip() -> None:
    (shot,) = _layer(_clip(video_fade_in=1, video_fade_out=1)).shots

    assert (shot.start, shot.end) == (25, 25)


@pytest.mark.parametrize(
    "fades",
    [
        {"video_fade_in": 3},
        {"video_fade_out": 3},
        {"video_fade_in": "1.5", "video_fade_out": "1.5"},
    ],
)
def test_fades_longer_than_their_clip_are_refused(fades: Json) -> None:
    assert _problem(_clip(name="pier", **fades)) == (
        "tracks[0].items[0]: clip 'pier' fades its picture for 3 s, but is shown by "
        "itself for 2 s only; shorten video_fade_in and video_fade_out"
    )


def test_a_fade_that_meets_a_transition_is_refused() -> None:
    problem = _problem(_clip(video_fade_in="1.2"), make_transition(2), _clip())

    assert "fades its picture for 1.2 s, but is shown by itself for 1 s" in problem


def test_a_transition_takes_the_place_of_a_fade_and_says_so() -> None:
    placed = _place(
        _clip(name="pier", video_fade_out="0.4"),
        make_transition("0.8"),
        _clip(name="boat", video_fade_in="0.4"),
    )

    assert placed.warnings == (
        (
            "tracks[0].items[0]: clip 'pier' does not use its video_fade_out: a "
            "transition "
            "leads out of it"
        ),
        (
            "tracks[0].items[2]: clip 'boat' does not use its video_fade_in: a "
            "transition "
            "leads into it"
        ),
    )
    assert len(placed.composition.layers[0].changes) == 1


def test_a_fade_shorter_than_half_a_frame_is_none() -> None:
    assert _layer(_clip(video_fade_in="0.01")).changes == ()


def test_colours_can_fade() -> None:
    assert len(_layer(make_color(video_fade_in=1, video_fade_out=1)).changes) == 2


def test_changes_are_in_order_of_time() -> None:
    layer = _layer(
        _clip(video_fade_in="0.4"),
        make_transition("0.4"),
        _clip(),
        _clip(video_fade_in="0.2", video_fade_out="0.2"),
    )

    starts = [change.start for change in layer.changes]
    assert starts == sorted(starts) == [0, 45, 100, 145]


def test_the_look_of_a_clip_is_kept() -> None:
    clip = _clip(
        fit="fill",
        opacity=0.5,
        transform={"x": 0.1, "rotation": 90},
        crop={"left": 2},
        effects=[{"name": "blur", "parameters": {"sigma": 3}}],
    )

    look = _layer(clip).shots[0].look

    assert (look.fit, look.opacity, look.crop.left) == ("fill", 0.5, 2)
    assert (look.transform.x, look.transform.rotation) == (0.1, 90)
    assert look.effects[0].parameters == {"sigma": 3}


def test_a_picture_that_starts_after_the_sound_is_held_and_said() -> None:
    late = make_media_facts(video=(make_video_facts(start=Fraction(1)),))
    timeline = make_timeline(make_track(make_clip(name="pier")))

    placed = place(timeline, {"/film.mp4": late})

    assert placed.warnings == (
        (
            "tracks[0].items[0]: clip 'pier' has no picture for the first 1 s that "
            "it is "
            "shown: its first frame is held"
        ),
    )


def test_a_picture_that_ends_before_the_sound_is_held_and_said() -> None:
    short = make_media_facts(video=(make_video_facts(seconds=6),))
    timeline = make_timeline(make_track(make_clip(name="pier", source_range=...)))

    placed = place(timeline, {"/film.mp4": short})

    assert placed.composition.frames == 250
    assert placed.warnings == (
        (
            "tracks[0].items[0]: clip 'pier' has no picture after 6 s of its "
            "source: its "
            "last frame is held"
        ),
    )
