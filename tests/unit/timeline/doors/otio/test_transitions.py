"""Transitions keep their frames on each side of the cut."""

from __future__ import annotations

from fractions import Fraction

import pytest

from farm.timeline.item import Gap, Transition
from tests.unit.timeline.doors.otio.build import (
    load,
    load_problems,
    load_track,
    load_warnings,
    make_clip,
    make_dissolve,
    make_gap,
    make_track,
)


def test_a_dissolve_keeps_its_frames_on_each_side() -> None:
    track = load_track(make_clip(), make_dissolve(6, 3), make_clip())

    assert track.items[1] == Transition(
        kind="dissolve", in_offset=Fraction(1, 4), out_offset=Fraction(1, 8)
    )
    assert load_warnings(make_track(make_clip(), make_dissolve(), make_clip())) == []


def test_a_kind_of_ours_is_kept() -> None:
    track = load_track(make_clip(), make_dissolve(kind="wipeleft"), make_clip())

    item = track.items[1]
    assert isinstance(item, Transition)
    assert item.kind == "wipeleft"


def test_another_kind_is_a_dissolve_and_told() -> None:
    dissolve = make_dissolve(kind="Custom_Transition")

    assert load_warnings(make_track(make_clip(), dissolve, make_clip())) == [
        (
            "tracks[0].children[1]: the transition: type 'Custom_Transition' is not "
            "known; a dissolve is shown"
        )
    ]


def test_a_transition_at_the_end_reaches_over_it() -> None:
    track = load_track(make_clip(), make_dissolve(6, 12))

    assert [item.type for item in track.items] == ["clip", "transition", "gap"]
    assert track.items[2] == Gap(duration=Fraction(1, 2))


def test_a_transition_at_the_start_lets_all_tracks_start_later() -> None:
    timeline = load(
        make_track(make_dissolve(12, 6), make_clip()), make_track(make_clip())
    ).timeline

    assert timeline.tracks[0].items[0] == Gap(duration=Fraction(1, 2))
    assert timeline.tracks[1].items[0] == Gap(duration=Fraction(1, 2))


def test_a_transition_from_the_first_frame_on_moves_nothing() -> None:
    track = load_track(make_dissolve(0, 6), make_clip())

    assert [item.type for item in track.items] == ["transition", "clip"]


@pytest.mark.parametrize(
    ("children", "warning"),
    [
        (
            (make_clip(), make_dissolve(0, 0), make_clip()),
            "the transition has no length and is left out",
        ),
        (
            (make_gap(), make_dissolve(), make_gap(), make_clip()),
            "the transition joins no clips and is left out",
        ),
    ],
)
def test_a_transition_of_nothing_is_left_out_and_told(
    children: tuple[object, ...], warning: str
) -> None:
    assert load_warnings(make_track(*children)) == [f"tracks[0].children[1]: {warning}"]


def test_a_negative_offset_is_refused() -> None:
    (problem,) = load_problems(make_track(make_clip(), make_dissolve(-1), make_clip()))

    assert problem == ("tracks[0].children[1]: the transition has a negative offset")
