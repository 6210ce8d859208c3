"""Speed is taken; every other effect is told by its name."""

from __future__ import annotations

from fractions import Fraction

import opentimelineio as otio
import pytest

from farm.timeline.clip import Clip, SourceRange
from farm.timeline.item import Transition
from tests.unit.timeline.doors.otio.build import (
    load,
    load_clip,
    load_problems,
    load_warnings,
    make_clip,
    make_dissolve,
    make_speed,
    make_time,
    make_track,
)
from tests.unit.timeline.doors.reading import values


def test_a_speed_keeps_the_length_and_takes_more_of_the_file() -> None:
    clip = load_clip(make_clip(span=(24, 48), effects=[make_speed(2.5)]))

    assert clip.speed == Fraction(5, 2)
    assert clip.duration == 2
    assert clip.source_range == SourceRange(start=1, duration=5)


def test_speeds_multiply() -> None:
    clip = load_clip(make_clip(effects=[make_speed(2), make_speed(0.25)]))

    assert clip.speed == Fraction(1, 2)


def test_an_effect_that_is_switched_off_does_nothing() -> None:
    effect = make_speed(2)
    effect.enabled = False

    assert load_clip(make_clip(effects=[effect])).speed == 1


@pytest.mark.parametrize(
    ("effect", "warning"),
    [
        (
            otio.schema.Effect(effect_name="Gaussian Blur"),
            "clip 'pier': the effect 'Gaussian Blur' is not known and left out",
        ),
        (
            otio.schema.Effect(),
            "clip 'pier': the effect 'Effect' is not known and left out",
        ),
    ],
)
def test_another_effect_is_told_by_its_name(effect: object, warning: str) -> None:
    assert load_warnings(make_track(make_clip(effects=[effect]))) == [
        f"tracks[0].children[0]: {warning}"
    ]


@pytest.mark.parametrize("effect", [otio.schema.FreezeFrame(), make_speed(0)])
def test_a_frozen_frame_is_held_without_sound(effect: object) -> None:
    clip = load_clip(make_clip(effects=[effect]))

    assert clip.freeze == 0
    assert values(clip.duration, clip.source_range, clip.speed) == (2, None, 1)
    assert clip.muted


def test_a_negative_speed_plays_the_same_part_backwards() -> None:
    clip = load_clip(make_clip(span=(24, 48), effects=[make_speed(-2)]))

    assert clip.reverse
    assert values(clip.speed, clip.duration) == (2, 2)
    assert clip.source_range == SourceRange(start=1, duration=4)


def test_a_track_that_plays_backwards_is_turned_with_its_transitions() -> None:
    inner = make_track(
        make_clip("one", span=(0, 48)),
        make_dissolve(4, 8),
        make_clip("two", span=(24, 24)),
    )
    inner.effects.append(make_speed(-1))
    track = load(make_track(inner)).timeline.tracks[0]

    two, change, one = track.items
    assert isinstance(two, Clip)
    assert isinstance(change, Transition)
    assert isinstance(one, Clip)
    assert (two.name, one.name) == ("two", "one")
    assert two.reverse
    assert one.reverse
    assert (change.in_offset, change.out_offset) == (Fraction(1, 3), Fraction(1, 6))


def test_a_frozen_track_holds_the_frame_at_its_start() -> None:
    inner = make_track(make_clip("one", span=(0, 24)), make_clip("two", span=(24, 48)))
    inner.source_range = otio.opentime.TimeRange(make_time(36), make_time(24))
    inner.effects.append(otio.schema.FreezeFrame())
    (clip,) = load(make_track(inner)).timeline.tracks[0].items

    assert isinstance(clip, Clip)
    assert values(clip.name, clip.freeze, clip.duration) == ("two", Fraction(3, 2), 1)


def test_a_speed_that_cannot_be_is_refused() -> None:
    assert load_problems(make_track(make_clip(effects=[make_speed(250)]))) == [
        (
            "tracks[0].children[0]: clip 'pier' plays at 250 times its speed; 0.001 to "
            "100 can be rendered"
        )
    ]
