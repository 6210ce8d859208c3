"""Maps of time: which time of a film or nest a clip shows at each of its own."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING

from farm.timeline.doors.cut import Course, cut_out, hold
from farm.timeline.doors.sheet import Sheet

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from farm.timeline.doors.notes import Notes

Points = list[tuple[Fraction, Fraction]]
"""Times of the clip, growing, and the time of what it shows at each."""

SLOWEST, FASTEST = Fraction(1, 1000), Fraction(100)
_FINEST = 10_000


def in_order(points: Sequence[tuple[Fraction, Fraction]]) -> Points:
    """Return the points whose times grow."""
    found: Points = []
    for time, value in points:
        if not found or time > found[-1][0]:
            found.append((time, value))
    return found


def value_at(points: Points, time: Fraction) -> Fraction:
    """Return the time that is shown at a time; beyond the points it goes on so."""
    pairs = list(pairwise(points))
    if not pairs:
        return time if not points else points[0][1] + time - points[0][0]
    pair = next((pair for pair in pairs if time < pair[1][0]), pairs[-1])
    (early, low), (late, high) = pair
    return low + (high - low) * (time - early) / (late - early)


def remap(
    inner: Sheet,
    points: Points,
    start: Fraction,
    length: Fraction,
    *,
    notes: Notes,
    place: str,
) -> Sheet:
    """Return what a clip shows of a nest, from 0 on.

    Between two points it plays evenly: forwards, backwards, or it holds a frame.

    Args:
        inner: what there is, by its own times.
        points: the map; without one, nothing is changed.
        start: time of the clip that is seen first.
        length: how long it is seen.
        notes: where it is told what plays too fast.
        place: of the map in the file.
    """
    found = Sheet(tracks=inner.tracks)
    for early, late in _parts(points, start, length):
        low, high = value_at(points, early), value_at(points, late)
        took, to = late - early, early - start
        slope = (high - low) / took
        if abs(slope) < SLOWEST:
            found.add(hold(inner, low, to=to, length=took))
            continue
        speed = min(abs(slope), FASTEST).limit_denominator(_FINEST)
        if abs(slope) > FASTEST:
            notes.warn(
                place, f"plays at {float(abs(slope)):g} times its speed, not at 100"
            )
        first, last = (low, low + speed * took)
        if slope < 0:
            first, last = (low - speed * took, low)
        course = Course(low=first, high=last, to=to, speed=speed, backwards=slope < 0)
        found.add(cut_out(inner, course))
    return found


def _parts(
    points: Points, start: Fraction, length: Fraction
) -> Iterator[tuple[Fraction, Fraction]]:
    """Yield the parts of a clip in which it plays evenly."""
    end, slopes = start + length, [*_slopes(points)]
    edges = [start]
    for at, (time, _) in enumerate(points[1:-1]):
        if start < time < end and slopes[at] != slopes[at + 1]:
            edges.append(time)
    yield from pairwise([*edges, end])


def _slopes(points: Points) -> Iterator[Fraction]:
    for (early, low), (late, high) in pairwise(points):
        yield (high - low) / (late - early)


def span_of(
    points: Points, start: Fraction, length: Fraction
) -> tuple[Fraction, Fraction]:
    """Return the first and the last time that a clip shows of what it holds."""
    times = [start, start + length]
    times += [time for time, _ in points if start < time < start + length]
    values = [value_at(points, time) for time in times]
    return min(values), max(values)
