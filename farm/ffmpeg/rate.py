"""Measure frame rates on the times of packets: the header may say anything.

Times come in ticks of the file's clock, often 1 ms, so 30000/1001 frames a second are
33, 33, 34, 33 … ticks apart.
A rate *fits* when one grid of that rate is never a whole tick away from the times.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

NTSC = Fraction(1000, 1001)
#: Rates that cameras and programs use, the likelier ones first.
WELL_KNOWN = (
    *(Fraction(rate) for rate in (24, 25, 30, 50, 60)),
    *(Fraction(rate) * NTSC for rate in (24, 30, 60, 120)),
    *(Fraction(rate) for rate in (48, 120, 100, 15, 12, 10, 20, 1, 2, 5, 8)),
    Fraction(25, 2),
    *(Fraction(rate) for rate in (240, 72, 90, 144)),
)
#: Uneven by up to this part of a frame (or one tick) still counts as constant.
EVEN_PART = Fraction(1, 20)
#: Part of the frames that may be missing from a constant rate.
MISSING_PART = Fraction(1, 20)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """How fast frames follow each other."""

    mean: Fraction
    """Frames a second, exact; 0 where there is but one frame."""
    is_variable: bool
    longest: Fraction
    """Longest time from one frame to the next, in seconds."""
    usual: Fraction
    """How long a frame is shown mostly (the median), in seconds."""


NO_RATE = Rate(
    mean=Fraction(0), is_variable=False, longest=Fraction(0), usual=Fraction(0)
)


def measure_rate(
    times: Sequence[int], *, tick: Fraction, claimed: Iterable[Fraction] = ()
) -> Rate:
    """Measure the rate of frames shown at these times (sorted ticks, no two alike).

    `claimed` are rates that the header names; they count only if they fit.
    """
    distances = [later - earlier for earlier, later in pairwise(times)]
    if not distances:
        return NO_RATE
    middle = _middle(distances)
    steps = _steps(distances, middle)
    return Rate(
        mean=(
            len(distances) / ((times[-1] - times[0]) * tick)
            if steps is None
            else _snap(times, steps, tick=tick, claimed=list(claimed))
        ),
        is_variable=steps is None,
        longest=max(distances) * tick,
        usual=middle * tick,
    )


def _steps(distances: Sequence[int], middle: int) -> list[int] | None:
    """Return how many frames each distance spans; ``None`` if they are uneven.

    All but a few are one frame; a few may be two or more where frames got lost.
    """
    usual = [d for d in distances if 2 * d <= 3 * middle]
    frame = Fraction(sum(usual), len(usual))
    slack = max(Fraction(1), frame * EVEN_PART)
    found: dict[int, int] = {}
    for distance in set(distances):
        found[distance] = max(1, round(distance / frame))
        if abs(distance - found[distance] * frame) > slack:
            return None
    steps = [found[distance] for distance in distances]
    lost = sum(n > 1 for n in steps)
    return steps if lost <= MISSING_PART * len(steps) else None


def _middle(distances: Sequence[int]) -> int:
    counts = Counter(distances)
    seen = 0
    for distance in sorted(counts):
        seen += counts[distance]
        if 2 * seen >= len(distances):
            return distance
    return max(distances)


def _snap(
    times: Sequence[int],
    steps: Sequence[int],
    *,
    tick: Fraction,
    claimed: list[Fraction],
) -> Fraction:
    """Return the rate meant: well known and claimed, well known, claimed, measured."""
    measured = sum(steps) / ((times[-1] - times[0]) * tick)
    near = [
        rate
        for rate in dict.fromkeys((*WELL_KNOWN, *claimed))
        if abs(rate / measured - 1) < EVEN_PART
    ]
    spreads = {rate: _spread(times, steps, frame=1 / (rate * tick)) for rate in near}
    fitting = sorted((r for r in near if spreads[r] < 1), key=spreads.__getitem__)
    known = [rate for rate in fitting if rate in WELL_KNOWN]
    for rate in (*(r for r in known if r in claimed), *known, *fitting):
        return rate
    return measured


def _spread(times: Sequence[int], steps: Sequence[int], *, frame: Fraction) -> Fraction:
    """Return how far the times scatter about a grid, in ticks."""
    # whole numbers, in ticks / frame.denominator: fractions are 30 times slower
    scale, step = frame.denominator, frame.numerator
    lowest = highest = expected = 0
    for time, count in zip(times[1:], steps, strict=True):
        expected += count * step
        off = (time - times[0]) * scale - expected
        if off < lowest:
            lowest = off
        elif off > highest:
            highest = off
        if highest - lowest >= scale:
            break
    return Fraction(highest - lowest, scale)
