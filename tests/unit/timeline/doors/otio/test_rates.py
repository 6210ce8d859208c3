"""Counts of frames at rates become exact times."""

from __future__ import annotations

from fractions import Fraction

import pytest

from farm.timeline.clip import SourceRange
from farm.timeline.doors.otio import from_object
from tests.unit.timeline.doors.otio.build import (
    FOLDER,
    load,
    load_clip,
    make_clip,
    make_gap,
    make_time,
    make_timeline,
    make_track,
)


@pytest.mark.parametrize(
    ("rate", "exact"),
    [
        (24, Fraction(24)),
        (23.976, Fraction(24000, 1001)),
        (23.98, Fraction(24000, 1001)),
        (24000 / 1001, Fraction(24000, 1001)),
        (29.97, Fraction(30000, 1001)),
        (59.94, Fraction(60000, 1001)),
        (12.5, Fraction(25, 2)),
    ],
)
def test_the_rate_is_that_of_the_first_film(rate: float, exact: Fraction) -> None:
    timeline = load(
        make_track(make_gap(), make_clip(rate=rate), make_clip(rate=60)),
        make_track(make_clip(rate=50), kind="Audio"),
    ).timeline

    assert timeline.rate == exact


def test_times_at_ntsc_rates_are_exact() -> None:
    clip = load_clip(make_clip(span=(10, 40), rate=29.97))

    assert clip.source_range == SourceRange(
        start=Fraction(1001, 3000), duration=Fraction(1001, 750)
    )


def test_a_count_that_is_nearly_whole_is_whole() -> None:
    clip = load_clip(make_clip(span=(0, 47.9999999)))

    assert clip.source_range == SourceRange(start=0, duration=2)


def test_part_of_a_frame_is_kept() -> None:
    clip = load_clip(make_clip(span=(0.5, 24.25)))

    assert clip.source_range == SourceRange(
        start=Fraction(1, 48), duration=Fraction(97, 96)
    )


def test_rates_of_samples_are_no_rates_of_pictures() -> None:
    timeline = make_timeline(
        make_track(make_clip(span=(0, 96000), rate=48000), kind="Audio")
    )
    timeline.global_start_time = make_time(0, 25)

    assert from_object(timeline, folder=FOLDER).timeline.rate == 25


def test_a_timeline_without_any_rate_gets_one_and_it_is_told() -> None:
    track = make_track(make_clip(span=(0, 96000), rate=48000), kind="Audio")

    loaded = load(track)

    assert loaded.timeline.rate == 25
    assert loaded.warnings[0] == "no frame rate is named: 25 is taken"
