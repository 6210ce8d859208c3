"""A timeline that is played faster."""

from __future__ import annotations

from fractions import Fraction

import pytest
from pydantic import ValidationError

from farm.timeline.clip import Clip
from farm.timeline.faster import play_faster
from farm.timeline.item import Gap, Transition
from tests.factories import (
    make_clip,
    make_color,
    make_gap,
    make_timeline,
    make_track,
    make_transition,
)


def test_all_comes_sooner() -> None:
    timeline = make_timeline(
        make_track(
            make_clip(speed=2, fade_in=1),
            make_transition(1),
            make_color(4, video_fade_out=1),
            make_gap(3),
            make_clip(start=20),
            fade_out=2,
        )
    )
    (track,) = play_faster(timeline, Fraction(2)).tracks
    film, change, color, gap, late = track.items
    assert isinstance(film, Clip)
    assert [film.speed, film.fade_in] == [4, Fraction(1, 2)]
    assert film.source_range is not None
    assert film.source_range.duration == 2
    assert isinstance(change, Transition)
    assert change.duration == Fraction(1, 2)
    assert isinstance(color, Clip)
    assert [color.speed, color.duration] == [1, 2]
    assert color.video_fade_out == Fraction(1, 2)
    assert isinstance(gap, Gap)
    assert gap.duration == Fraction(3, 2)
    assert isinstance(late, Clip)
    assert late.start == 10
    assert track.fade_out == 1


def test_a_clip_that_would_be_too_fast() -> None:
    with pytest.raises(ValidationError):
        play_faster(make_timeline(make_track(make_clip(speed=60))), Fraction(2))
