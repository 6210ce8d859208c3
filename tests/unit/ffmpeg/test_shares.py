"""Bytes are shared out so that all segments have about one quality."""

from __future__ import annotations

from fractions import Fraction

import pytest

from farm.ffmpeg.crf import CrfScale
from farm.ffmpeg.shares import least_bytes, share_out

SCALE = CrfScale(
    lowest=4,
    highest=52,
    start=20,
    step=Fraction(1, 2),
    vmaf_per_crf=1.0,
    half_size=6,
)
#: Halved with every 12 numbers: 6 CRF.
WEIGHTS = [{32: 64_000, 96: 1587}, {32: 6400, 96: 159}]


@pytest.mark.parametrize("budget", [1800, 5000, 70_400, 400_000])
def test_all_that_may_be_had_is_shared_out_in_proportion(budget: int) -> None:
    found = share_out(WEIGHTS, budget, scale=SCALE)

    assert found is not None
    _, (large, small) = found
    assert 0.99 * budget <= large + small <= budget
    assert large / small == pytest.approx(10, rel=0.05)


def test_the_number_is_that_of_the_quality_that_fits() -> None:
    halved = share_out(WEIGHTS, 35_200, scale=SCALE)

    assert halved is not None
    assert halved[0] in {44, 45}


def test_what_fits_with_no_quality_is_said() -> None:
    least = least_bytes(WEIGHTS, scale=SCALE)

    assert least == 1746
    assert share_out(WEIGHTS, least, scale=SCALE) is not None
    assert share_out(WEIGHTS, least - 1, scale=SCALE) is None


def test_a_picture_that_gets_no_smaller_is_shared_out_as_well() -> None:
    still = [{32: 900, 96: 900}, {32: 1000, 96: 1000}]

    found = share_out(still, 100_000, scale=SCALE)

    assert found is not None
    assert found[0] == 0
    assert sum(found[1]) <= 100_000
