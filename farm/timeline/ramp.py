"""Speed that changes over the time of a clip: how much of the file has passed."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from farm.timeline.keyframe import Keyframe


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A part of a ramp in which speed grows or falls evenly."""

    time: Fraction
    """Of the clip, at which it starts; likewise the others."""
    passed: Fraction
    """Seconds of the file that have passed by then."""
    speed: Fraction
    growth: Fraction
    """Of the speed in each second."""
    length: Fraction | None
    """``None``: to the end."""

    def passed_at(self, time: Fraction) -> Fraction:
        """Return the seconds of the file that have passed at a time within it."""
        since = time - self.time
        return self.passed + self.speed * since + self.growth * since * since / 2


def parts_of(keys: Sequence[Keyframe]) -> Iterator[Part]:
    """Yield the parts of a ramp; the first one holds for what lies before it, too."""
    first = _exact(keys[0].value)
    passed = first * keys[0].time
    yield Part(
        time=Fraction(0), passed=Fraction(0), speed=first, growth=Fraction(0),
        length=keys[0].time,
    )  # fmt: skip
    for before, after in pairwise(keys):
        length = after.time - before.time
        speed, goal = _exact(before.value), _exact(after.value)
        growth = Fraction(0) if before.easing == "hold" else (goal - speed) / length
        part = Part(
            time=before.time, passed=passed, speed=speed, growth=growth, length=length
        )
        yield part
        passed = part.passed_at(after.time)
    yield Part(
        time=keys[-1].time, passed=passed, speed=_exact(keys[-1].value),
        growth=Fraction(0), length=None,
    )  # fmt: skip


def passed_time(keys: Sequence[Keyframe], time: Fraction) -> Fraction:
    """Return the seconds of the file that have passed at a time of the clip."""
    parts = list(parts_of(keys))
    part = next((p for p in reversed(parts) if p.time <= time), parts[0])
    return part.passed_at(time)


def _exact(value: float) -> Fraction:
    return Fraction(value).limit_denominator(10_000)
