"""How much of a file has passed under a changing speed."""

from __future__ import annotations

from fractions import Fraction

import pytest

from farm.errors import InvalidTimeline
from farm.timeline.keyframe import Keyframe
from farm.timeline.load import load_timeline
from farm.timeline.ramp import passed_time
from tests.factories import make_clip, make_color, make_document, make_track

KEYS = (
    Keyframe(time=Fraction(1), value=2),
    Keyframe(time=Fraction(2), value=4, easing="hold"),
    Keyframe(time=Fraction(3), value=1),
)


@pytest.mark.parametrize(
    ("time", "passed"),
    [(-1, -2), (0, 0), (1, 2), ("3/2", "13/4"), (2, 5), (3, 9), (4, 10)],
)
def test_the_file_passes_by_the_integral_of_the_speed(time: str, passed: str) -> None:
    assert passed_time(KEYS, Fraction(time)) == Fraction(passed)


@pytest.mark.parametrize(
    ("item", "sentence"),
    [
        (make_clip(reverse=True, freeze=1), "has reverse and freeze: give one"),
        (make_clip(freeze=1, source_range=None), "needs a duration for its freeze"),
        (make_clip(freeze=1, duration=1), "has a freeze and a source_range"),
        (make_clip(freeze=1, duration=1, speed=2), "has a freeze and a speed"),
        (
            make_clip(duration=1, ramp=[{"time": 0, "value": 0}]),
            "a speed should be 0.001 to 100, is 0",
        ),
        (
            make_clip(duration=1, ramp=[{"time": 0, "value": 1, "easing": "ease_in"}]),
            "the easing of a speed is linear or hold",
        ),
        (make_color(1, reverse=True), "has no time of its own"),
    ],
)
def test_what_cannot_be_is_said(item: dict[str, object], sentence: str) -> None:
    with pytest.raises(InvalidTimeline, match=sentence):
        load_timeline(make_document(make_track(item)))
