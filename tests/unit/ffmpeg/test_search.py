"""The last good choice is found, by few tries."""

from __future__ import annotations

import math
import random

import pytest

from farm.ffmpeg.search import MOST_TRIES, find_last_good


class Curve:
    """A quality that falls, and how often it was asked for."""

    def __init__(self, *values: float) -> None:
        self.values = values
        self.asked: list[int] = []

    def __call__(self, number: int) -> float:
        self.asked.append(number)
        return self.values[number]


def vmaf(target: float, *, steepness: float = 1.0) -> Curve:
    """Return margins as encoders have them: flat at first, then steeper."""
    scores = (
        100 - 60 / (1 + math.exp((140 - number) / 25 * steepness))
        for number in range(189)
    )
    return Curve(*(score - target for score in scores))


@pytest.mark.parametrize("target", [45, 60, 80, 90, 94, 96, 98, 99])
@pytest.mark.parametrize("steepness", [0.5, 1, 3])
def test_a_target_is_met_by_few_tries(target: float, steepness: float) -> None:
    curve = vmaf(target, steepness=steepness)

    found = find_last_good(curve, last=188, start=76, per_step=0.3, enough=0.5)

    last = max((n for n in range(189) if curve.values[n] >= 0), default=None)
    if last is None:
        assert (found.number, found.is_good) == (0, False)
        return
    assert found.is_good
    assert found.margin <= 0.5 or found.number == last
    assert len(curve.asked) <= MOST_TRIES
    assert len(set(curve.asked)) == len(curve.asked)


def test_of_bad_choices_the_first_is_returned() -> None:
    curve = Curve(*(-1 - number for number in range(60)))

    found = find_last_good(curve, last=59, start=40, per_step=0.01, enough=0.5)

    assert (found.number, found.margin, found.is_good) == (0, -1, False)


def test_of_good_choices_the_last_is_returned() -> None:
    curve = Curve(*(5.0 for _ in range(60)))

    found = find_last_good(curve, last=59, start=10, per_step=1, enough=0.5)

    assert found.number == 59


@pytest.mark.parametrize("seed", range(200))
def test_each_good_one_lies_after_those_before(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311
    count = chance.randint(1, 200)
    falls = [chance.choice((0, 5)) * chance.random() for _ in range(count)]
    first = chance.uniform(-20, 20)
    start, per_step = chance.randint(0, 199), chance.uniform(0.01, 5)
    values = [first - sum(falls[:number]) for number in range(len(falls))]
    curve = Curve(*values)
    last = len(values) - 1

    found = find_last_good(
        curve, last=last, start=min(start, last), per_step=per_step, enough=0.25
    )

    good = [number for number in curve.asked if values[number] >= 0]
    assert good == sorted(good)
    assert found.number == (good[-1] if good else 0)
    assert found.is_good == (values[0] >= 0)
    assert len(curve.asked) <= MOST_TRIES + 1
