"""Values between keyframes."""

from __future__ import annotations

from fractions import Fraction

import pytest
from pydantic import TypeAdapter, ValidationError

from farm.timeline.keyframe import EASINGS, Keyframe, Keyframes, value_at

KEYS = (
    Keyframe(time=Fraction(1), value=2),
    Keyframe(time=Fraction(2), value=4, easing="hold"),
    Keyframe(time=Fraction(3), value=0),
)


@pytest.mark.parametrize(
    ("time", "value"),
    [(-1, 2), (0, 2), (1, 2), ("3/2", 3), (2, 4), ("29/10", 4), (3, 0), (9, 0)],
)
def test_a_value_is_on_its_way(time: str, value: float) -> None:
    assert value_at(KEYS, Fraction(time)) == value


@pytest.mark.parametrize("name", [name for name in EASINGS if name != "hold"])
def test_a_way_leads_from_one_value_to_the_other_and_never_back(name: str) -> None:
    way = [EASINGS[name](share / 10) for share in range(11)]

    assert (way[0], way[-1]) == (0, 1)
    assert way == sorted(way)


@pytest.mark.parametrize("times", [[1, 1], [2, 1]])
def test_keyframes_stand_in_order(times: list[int]) -> None:
    keys = [{"time": time, "value": 0} for time in times]

    with pytest.raises(ValidationError, match="should follow each other in time"):
        TypeAdapter(Keyframes).validate_python(keys)
