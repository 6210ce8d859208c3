"""What a timeline should show, worked out apart from the code under test."""

from __future__ import annotations

import bisect
from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

#: A sample instant this close after a source frame still shows the one before.
TIE = Fraction(13, 1_000_000)


def sampled(
    times: Sequence[Fraction],
    frames: int,
    *,
    rate: Fraction,
    start: Fraction = Fraction(0),
    speed: Fraction = Fraction(1),
) -> list[int]:
    """Return the number of the source frame that each timeline frame shows.

    That is the one on show at the middle of the timeline's frame; the first and the
    last are held where there is none.

    Args:
        times: when each source frame begins, in seconds.
        frames: of the timeline.
        rate: of the timeline.
        start: time of the source at which the clip begins.
        speed: of the clip.
    """
    step = speed / rate
    instants = (start + (number + Fraction(1, 2)) * step for number in range(frames))
    return [max(0, bisect.bisect_left(times, at - TIE) - 1) for at in instants]


def even_times(rate: str, seconds: float) -> list[Fraction]:
    """Return the times of the frames of a film of constant rate."""
    count = round(Fraction(rate) * Fraction(str(seconds)))
    return [number / Fraction(rate) for number in range(count)]
