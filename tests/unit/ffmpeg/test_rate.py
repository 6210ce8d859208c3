from __future__ import annotations

from fractions import Fraction
from itertools import accumulate
from math import floor

import pytest

from farm.ffmpeg.rate import measure_rate

NTSC_30 = Fraction(30000, 1001)
RATES = (
    *(Fraction(rate) for rate in (1, 10, 12, 15, 20, 24, 25, 30, 48, 50, 60, 120)),
    *(Fraction(rate * 1000, 1001) for rate in (24, 30, 60, 120)),
    Fraction(25, 2),
)


def times_at(
    rate: Fraction, *, frames: int, tick: Fraction, start: Fraction = Fraction(0)
) -> list[int]:
    """Return when frames are shown, as a muxer rounds it (halves up)."""
    return [floor((start + n / rate) / tick + Fraction(1, 2)) for n in range(frames)]


@pytest.mark.parametrize("start", [Fraction(0), Fraction(66733, 1_000_000)])
@pytest.mark.parametrize("tick", [Fraction(1, 1000), Fraction(1, 90000)])
@pytest.mark.parametrize("rate", RATES)
def test_well_known_rates_are_found_exactly(
    rate: Fraction, tick: Fraction, start: Fraction
) -> None:
    found = measure_rate(times_at(rate, frames=2000, tick=tick, start=start), tick=tick)
    assert (found.mean, found.is_variable) == (rate, False)


def test_cut_times_are_as_good_as_rounded_ones() -> None:
    times = [int(n / NTSC_30 * 1000) for n in range(300)]
    assert measure_rate(times, tick=Fraction(1, 1000)).mean == NTSC_30


def test_unknown_rates_are_taken_from_the_header_if_they_fit() -> None:
    rate, tick = Fraction(179, 6), Fraction(1, 11456)
    times = times_at(rate, frames=1189, tick=tick)
    assert measure_rate(times, tick=tick, claimed=[rate]).mean == rate
    assert measure_rate(times, tick=tick, claimed=[Fraction(30)]).mean == rate


def test_a_header_that_lies_is_not_believed() -> None:
    times = times_at(Fraction(25), frames=100, tick=Fraction(1, 1000))
    claimed = [Fraction(1000), Fraction(30), Fraction(90000)]
    found = measure_rate(times, tick=Fraction(1, 1000), claimed=claimed)
    assert found.mean == 25


def test_of_two_known_rates_that_fit_the_header_decides() -> None:
    """A few frames at 1 ms: both 30 and 29.97 frames a second are possible."""
    times = [0, 33, 67, 100]
    for rate in (Fraction(30), NTSC_30):
        found = measure_rate(times, tick=Fraction(1, 1000), claimed=[rate])
        assert found.mean == rate


def test_steady_times_beside_any_rate_keep_their_mean() -> None:
    times = times_at(Fraction(2988, 100), frames=200, tick=Fraction(1, 90000))
    found = measure_rate(times, tick=Fraction(1, 90000))
    assert not found.is_variable
    assert float(found.mean) == pytest.approx(29.88, abs=0.001)


@pytest.mark.parametrize(
    ("distances", "is_variable"),
    [
        ([8, 9, 8, 8] * 10, False),  # hundredths, as in GIF
        ([25] * 23 + [24], False),
        ([1498, 1499, 1552, 1446] * 4, False),  # a phone, 4 % off
        ([66, 68, 62, 72] * 10, True),
        ([3000] * 40 + [16610], True),  # a pause that is no whole number of frames
        ([20, 40] * 20, True),
        ([9000, 8098, 7199] * 10, True),
        ([29281, 3000, 3000, 3000, 3000, 3000], True),
    ],
)
def test_uneven_times_are_variable(distances: list[int], *, is_variable: bool) -> None:
    times = [0, *accumulate(distances)]
    found = measure_rate(times, tick=Fraction(1, 600))
    assert found.is_variable == is_variable
    assert found.longest == Fraction(max(distances), 600)
    if is_variable:
        assert found.mean == len(distances) / Fraction(sum(distances), 600)


def test_a_few_lost_frames_do_not_change_the_rate() -> None:
    times = times_at(Fraction(25), frames=100, tick=Fraction(1, 90000))
    kept = times[:40] + times[42:]
    found = measure_rate(kept, tick=Fraction(1, 90000))
    assert found.mean == 25
    assert not found.is_variable
    assert found.longest == Fraction(3, 25)


def test_many_lost_frames_do() -> None:
    times = times_at(Fraction(25), frames=100, tick=Fraction(1, 90000))
    kept = [time for n, time in enumerate(times) if n % 7]
    assert measure_rate(kept, tick=Fraction(1, 90000)).is_variable


@pytest.mark.parametrize("times", [[], [5]])
def test_one_frame_has_no_rate(times: list[int]) -> None:
    found = measure_rate(times, tick=Fraction(1, 25), claimed=[Fraction(25)])
    assert found.mean == 0
    assert found.longest == 0


def test_long_films_are_measured_fast() -> None:
    """Two hours at 60 frames a second; the time limit of the test is the check."""
    times = [1500 * n for n in range(432_000)]
    assert measure_rate(times, tick=Fraction(1, 90000)).mean == 60
