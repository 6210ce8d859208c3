"""Transitions lie over cuts, in whole frames.

Films are 10 s long at 25 frames a second; clips take 2 s (50 frames) from 4 s.
"""

from __future__ import annotations

from fractions import Fraction

import pytest

from farm.errors import InvalidTimeline
from farm.timeline.composition import Change, Composition, Layer
from farm.timeline.place import Placed, place
from tests.factories import (
    Json,
    make_clip,
    make_color,
    make_gap,
    make_media_facts,
    make_still_facts,
    make_timeline,
    make_track,
    make_transition,
)

FILES = {"/film.mp4": make_media_facts(), "/still.png": make_still_facts()}
MIDDLE = {"start": 4, "duration": 2}


def _clip(**fields: object) -> Json:
    return make_clip(**{"source_range": MIDDLE, **fields})


def _place(*items: Json, **fields: object) -> Placed:
    return place(make_timeline(make_track(*items), **fields), FILES)


def _layer(*items: Json) -> Layer:
    (layer,) = _place(*items).composition.layers
    return layer


def _problems(*items: Json, kind: str = "video") -> list[str]:
    with pytest.raises(InvalidTimeline) as caught:
        place(make_timeline(make_track(*items, kind=kind)), FILES)
    problems = caught.value.facts["problems"]
    assert isinstance(problems, list)
    return problems


def _dissolve(start: int, end: int, before: int | None, after: int | None) -> Change:
    return Change(kind="dissolve", start=start, end=end, before=before, after=after)


def test_a_transition_is_centred_on_its_cut() -> None:
    layer = _layer(_clip(), make_transition("0.8"), _clip())

    assert layer.changes == (_dissolve(40, 60, 0, 1),)
    before, after = layer.shots
    assert (before.shown_start, before.start, before.end, before.shown_end) == (
        0,
        0,
        40,
        60,
    )
    assert (after.shown_start, after.start, after.end, after.shown_end) == (
        40,
        60,
        100,
        100,
    )


def test_the_length_of_the_timeline_is_that_of_its_clips() -> None:
    assert _place(_clip(), make_transition(1), _clip()).composition.frames == 100


def test_a_clip_is_where_it_would_be_without_the_transition() -> None:
    """Frame 60 shows of the second clip what lies 10 frames after its start."""
    _, after = _layer(_clip(), make_transition("0.8"), _clip()).shots

    assert after.source_start == 4 + Fraction(10, 25)


def test_speed_counts_in_the_handles() -> None:
    clip = _clip(speed=2, source_range={"start": 4, "duration": 4})

    _, after = _layer(clip, make_transition("0.8"), clip).shots

    assert after.source_start == 4 + Fraction(20, 25)


def test_offsets_say_how_much_lies_on_each_side() -> None:
    transition = make_transition(..., in_offset="0.4", out_offset="0.2")

    assert _layer(_clip(), transition, _clip()).changes == (_dissolve(40, 55, 0, 1),)


def test_one_offset_is_enough() -> None:
    transition = make_transition(..., out_offset="0.4")

    assert _layer(_clip(), transition, _clip()).changes == (_dissolve(50, 60, 0, 1),)


def test_an_odd_number_of_frames_has_the_odd_one_after_the_cut() -> None:
    transition = make_transition("0.2")

    assert _layer(_clip(), transition, _clip()).changes == (_dissolve(48, 53, 0, 1),)


def test_a_transition_of_one_frame_lies_after_the_cut() -> None:
    transition = make_transition("0.04")

    assert _layer(_clip(), transition, _clip()).changes == (_dissolve(50, 51, 0, 1),)


def test_a_transition_at_the_start_of_a_track_lies_inside_its_clip() -> None:
    layer = _layer(make_transition("0.4"), _clip())

    assert layer.changes == (_dissolve(0, 10, None, 0),)
    assert layer.shots[0].source_start == 4 + Fraction(10, 25)


def test_a_transition_at_the_end_of_a_track_lies_inside_its_clip() -> None:
    layer = _layer(_clip(), make_transition("0.4"))

    assert layer.changes == (_dissolve(40, 50, 0, None),)
    assert layer.shots[0].shown_end == 50


def test_a_transition_beside_a_gap_reaches_into_it() -> None:
    layer = _layer(
        make_gap(1),
        make_transition("0.4"),
        _clip(),
        make_transition("0.4"),
        make_gap(1),
    )

    assert layer.changes == (_dissolve(20, 30, None, 0), _dissolve(70, 80, 0, None))
    assert (layer.shots[0].shown_start, layer.shots[0].shown_end) == (20, 80)


def test_a_clip_that_is_switched_off_is_a_gap_for_transitions() -> None:
    layer = _layer(_clip(enabled=False), make_transition("0.4"), _clip())

    assert layer.changes == (_dissolve(45, 55, None, 0),)


def test_between_two_clips_that_are_switched_off_there_is_no_transition() -> None:
    off = _clip(enabled=False)
    layer = _layer(off, make_transition("0.4"), off, _clip())

    assert layer.changes == ()


def test_three_clips_may_have_two_transitions() -> None:
    layer = _layer(_clip(), make_transition(2), _clip(), make_transition(2), _clip())

    assert layer.changes == (_dissolve(25, 75, 0, 1), _dissolve(75, 125, 1, 2))
    assert (layer.shots[1].start, layer.shots[1].end) == (75, 75)


@pytest.mark.parametrize("kind", ["video", "audio"])
def test_two_transitions_that_overlap_are_refused(kind: str) -> None:
    items = (
        _clip(),
        make_transition(2),
        _clip(name="short"),
        make_transition("2.08"),
        _clip(),
    )

    assert _problems(*items, kind=kind) == [
        (
            "tracks[0].items[3]: the transitions before and after clip 'short' "
            "overlap: "
            "shorten them, or show clip 'short' longer"
        )
    ]


def test_two_transitions_that_overlap_in_a_gap_are_refused() -> None:
    (problem,) = _problems(
        _clip(), make_transition(2), make_gap("1.5"), make_transition(2), _clip()
    )

    assert "before and after the gap overlap" in problem


@pytest.mark.parametrize(
    ("items", "sentence"),
    [
        (
            (_clip(name="pier"), make_transition("4.2"), _clip()),
            "the transition is longer than clip 'pier' before it",
        ),
        (
            (
                _clip(),
                make_transition("2"),
                _clip(name="boat", source_range={"start": 4, "duration": "0.5"}),
            ),
            "the transition is longer than clip 'boat' after it",
        ),
        (
            (_clip(), make_transition(2), make_gap("0.5")),
            "the transition is longer than the gap after it",
        ),
        (
            (_clip(), make_transition("0.01"), _clip()),
            "the transition is shorter than one frame",
        ),
        (
            (_clip(), make_transition(1), _clip(start=3)),
            "the clips beside the transition do not touch: 1 s lie between them",
        ),
    ],
)
def test_a_transition_that_cannot_be_is_refused(
    items: tuple[Json, ...], sentence: str
) -> None:
    assert _problems(*items) == [f"tracks[0].items[1]: {sentence}"]


def test_clips_that_a_program_rounded_apart_do_touch() -> None:
    layer = _layer(_clip(), make_transition("0.4"), _clip(start="2.001"))

    assert layer.changes == (_dissolve(45, 55, 0, 1),)


def test_sources_without_handles_hold_their_frames_and_say_so() -> None:
    whole = make_clip(source_range=..., name="pier")

    warnings = _place(whole, make_transition(1), whole).warnings

    assert warnings == (
        (
            "tracks[0].items[0]: clip 'pier' has no picture after 10 s of its "
            "source: its "
            "last frame is held"
        ),
        (
            "tracks[0].items[2]: clip 'pier' has no picture for the first 0.48 s "
            "that it "
            "is shown: its first frame is held"
        ),
    )


def test_sources_with_handles_say_nothing() -> None:
    assert _place(_clip(), make_transition(2), _clip()).warnings == ()


def test_stills_and_colours_have_handles_without_end() -> None:
    still = make_clip("/still.png", source_range=..., duration=2)

    placed = _place(still, make_transition(2), make_color())

    assert placed.warnings == ()
    assert placed.composition.layers[0].changes == (_dissolve(25, 75, 0, 1),)


def test_frames_of_transitions_do_not_drift_at_ntsc_rates() -> None:
    """Cuts every 40 frames of 29.97, each with a transition of 10."""
    clip = _clip(source_range={"start": 4, "duration": "1001/750"})
    items = [clip, *[make_transition("1001/3000"), clip] * 300]

    changes = _place(*items, rate="30000/1001").composition.layers[0].changes

    assert [(c.start, c.end) for c in changes] == [
        (40 * n - 5, 40 * n + 5) for n in range(1, 301)
    ]


def test_sound_is_crossfaded_as_long_as_the_picture() -> None:
    composition = _place(_clip(), make_transition("0.8"), _clip()).composition

    assert _sounds(composition) == [
        (0, 60 * 1920, 0, 20 * 1920),
        (40 * 1920, 100 * 1920, 20 * 1920, 0),
    ]
    _, after = composition.strips[0].sounds
    assert after.source_start == 4 - Fraction(10, 25)


def _sounds(composition: Composition) -> list[tuple[int, int, int, int]]:
    return [
        (sound.start, sound.end, sound.cross_in, sound.cross_out)
        for sound in composition.strips[0].sounds
    ]
