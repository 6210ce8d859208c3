"""Times and ranges as callers write them."""

from __future__ import annotations

from fractions import Fraction

import pytest

from farm.api.times import read_range, read_time
from farm.errors import InvalidOption


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (12.5, Fraction(25, 2)),
        ("12.5", Fraction(25, 2)),
        ("00:00:12.500", Fraction(25, 2)),
        ("1:02", Fraction(62)),
        (Fraction(1001, 30000), Fraction(1001, 30000)),
    ],
)
def test_a_time_is_read_exactly(written: str | float, meant: Fraction) -> None:
    assert read_time(written, name="time") == meant


@pytest.mark.parametrize("written", ["", "soon", "1:2:3:4", "nan", "-1", "1/0"])
def test_what_is_no_time_is_refused_by_name(written: str) -> None:
    with pytest.raises(InvalidOption, match="the time "):
        read_time(written, name="time")


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2:7.5", (2, Fraction(15, 2))),
        ("00:00:02.000:00:00:07.500", (2, Fraction(15, 2))),
        ("0:10:1:00", (10, 60)),
        ((0, "00:01:00"), (0, 60)),
    ],
)
def test_a_range_is_read_exactly(
    written: str | tuple[float, str], meant: tuple[int, Fraction]
) -> None:
    assert list(read_range(written)) == list(meant)


@pytest.mark.parametrize(
    "written", ["5", "5:", ":5", "5:00:00:07", "a:b", "7:2", "3:3"]
)
def test_what_is_no_range_is_refused(written: str) -> None:
    with pytest.raises(InvalidOption):
        read_range(written)
