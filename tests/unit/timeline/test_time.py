"""Times, rates and speeds are exact, however they are written."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest

from farm.timeline.time import (
    parse_rate,
    parse_speed,
    parse_time,
    round_half_up,
    show_time,
    show_value,
    to_frames,
    to_samples,
)

NTSC = Fraction(30000, 1001)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (0, Fraction(0)),
        (12, Fraction(12)),
        (12.5, Fraction(25, 2)),
        (0.1, Fraction(1, 10)),
        ("12.5", Fraction(25, 2)),
        (" 7/3 ", Fraction(7, 3)),
        ("-3", Fraction(-3)),
        (Decimal("1.001"), Fraction(1001, 1000)),
        (Fraction(1, 3), Fraction(1, 3)),
        ("00:00:12.500", Fraction(25, 2)),
        ("1:02:03", Fraction(3723)),
        ("1:02", Fraction(62)),
    ],
)
def test_a_time_is_exact(written: object, meant: Fraction) -> None:
    assert parse_time(written) == meant


@pytest.mark.parametrize("exact", [Fraction(1001, 750), Fraction(1, 3), 1000 / NTSC])
def test_a_fraction_that_became_a_float_is_found_again(exact: Fraction) -> None:
    """Programs write 1.3346666666666667 where they mean 40 frames at 29.97."""
    assert parse_time(float(exact)) == exact


@pytest.mark.parametrize(
    "written",
    [
        "",
        "soon",
        "1:2:3:4",
        "1/0",
        "nan",
        "1e3/2",
        float("inf"),
        True,
        None,
        [1],
        {},
        "99999999:00:00",
        10**10,
    ],
    ids=repr,
)
def test_what_is_no_time_is_refused(written: object) -> None:
    with pytest.raises(ValueError, match="time"):
        parse_time(written)


@pytest.mark.parametrize("written", ["1e999999999", "1e-999999999", "9" * 90])
def test_a_number_that_no_computer_can_hold_is_refused_at_once(written: str) -> None:
    with pytest.raises(ValueError, match="is not a time"):
        parse_time(written)
    with pytest.raises(ValueError, match="is not a time"):
        parse_time(Decimal(written))


def test_a_time_that_was_read_reads_the_same_again() -> None:
    once = parse_time("0.123456789012345678")

    assert parse_time(str(once)) == once
    assert once.denominator <= 10**9


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (25, Fraction(25)),
        ("12.5", Fraction(25, 2)),
        ("30000/1001", NTSC),
        (29.97, NTSC),
        ("29.970", NTSC),
        (Decimal("29.97"), NTSC),
        ("2997/100", NTSC),
        (30000 / 1001, NTSC),
        (23.976, Fraction(24000, 1001)),
        (23.98, Fraction(24000, 1001)),
        (59.94, Fraction(60000, 1001)),
        ("119.88", Fraction(120000, 1001)),
        (25.0003, Fraction(25)),
    ],
)
def test_a_rate_is_what_its_digits_mean(written: object, meant: Fraction) -> None:
    assert parse_rate(written) == meant


@pytest.mark.parametrize("written", [0, -25, "1/11", 1001, "fast", None, "nan"])
def test_what_is_no_rate_is_refused(written: object) -> None:
    with pytest.raises(ValueError, match="frame rate"):
        parse_rate(written)


def test_a_speed_is_a_fraction_that_ffmpeg_can_hold() -> None:
    assert parse_speed("2/3") == Fraction(2, 3)
    assert parse_speed(1 / 3) == Fraction(1, 3)
    assert parse_speed(0.8545454551724138).denominator <= 10_000


@pytest.mark.parametrize(
    ("value", "whole"), [("1/2", 1), ("3/2", 2), ("-1/2", 0), ("49/100", 0), ("2", 2)]
)
def test_halves_are_rounded_up(value: str, whole: int) -> None:
    assert round_half_up(Fraction(value)) == whole


def test_frames_do_not_drift_at_ntsc_rates() -> None:
    """Ten hours of frames, each placed by its own time."""
    for frame in (0, 1, 999, 107_892, 1_078_920):
        assert to_frames(frame / NTSC, NTSC) == frame
        assert to_frames(Fraction(str(round(float(frame / NTSC), 6))), NTSC) == frame


def test_samples_do_not_drift_at_ntsc_rates() -> None:
    assert to_samples(5, rate=NTSC, sample_rate=48000) == 8008
    assert to_samples(1_000_000, rate=NTSC, sample_rate=48000) == 1_601_600_000


def test_times_are_shown_in_seconds() -> None:
    assert show_time(Fraction(25, 2)) == "12.5 s"
    assert show_time(Fraction(1, 3)) == "0.333 s"
    assert show_time(Fraction(100)) == "100 s"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("red", "'red'"),
        (None, "null"),
        (True, "true"),
        (1.5, "1.5"),
        ({"a": 1}, "an object"),
        ([[[]]], "a list"),
    ],
)
def test_what_was_given_is_shown_shortly(value: object, shown: str) -> None:
    assert show_value(value) == shown


def test_a_whole_number_of_any_size_can_be_shown() -> None:
    assert show_value(10**100) == "a very long number"
    assert show_value(10**5000) == "a very large number"


def test_long_text_is_cut_in_a_message() -> None:
    assert len(show_value("x" * 1_000_000)) < 70
