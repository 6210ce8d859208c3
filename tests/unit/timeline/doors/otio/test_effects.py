"""Speed is taken; every other effect is told by its name."""

from __future__ import annotations

from fractions import Fraction

import opentimelineio as otio
import pytest

from farm.timeline.clip import SourceRange
from tests.unit.timeline.doors.otio.build import (
    load_clip,
    load_problems,
    load_warnings,
    make_clip,
    make_speed,
    make_track,
)


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
            "clip 'pier': the effect Gaussian Blur is not known and left out",
        ),
        (
            otio.schema.Effect(),
            "clip 'pier': the effect Effect is not known and left out",
        ),
        (
            make_speed(-1),
            "clip 'pier' plays backwards, but is shown forwards",
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

    assert clip.speed == Fraction(1, 1000)
    assert clip.duration == 2
    assert clip.muted


def test_a_speed_that_cannot_be_is_refused() -> None:
    assert load_problems(make_track(make_clip(effects=[make_speed(250)]))) == [
        (
            "tracks[0].children[0]: clip 'pier' plays at 250 times its speed; 0.001 to "
            "100 can be rendered"
        )
    ]
