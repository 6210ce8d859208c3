"""Which groups of pictures of a stream can be taken out of it as they are.

A *closed group* starts with a picture that decoding can start with, and holds exactly
the frames from there to the next such picture, none of them missing, doubled or off the
beat: whoever copies its packets has these frames and no other.

    stored    I0 P3 B1 B2  I4 P7 B5 B6  I8 ...
    shown     0  1  2  3   4  5  6  7   8          runs: (0, 4, 8, ...)
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from fractions import Fraction

#: Part of a frame that a time may lie off the beat.
_OFF_BEAT = 0.1


def find_runs(
    times: Sequence[int],
    starts: Sequence[int],
    breaks: Collection[int],
    *,
    beat: Fraction,
) -> tuple[tuple[int, ...], ...]:
    """Return runs of closed groups: where each starts, and last where the run ends.

    Args:
        times: of the pictures in ticks, as they are stored.
        starts: which of them decoding can start with.
        breaks: before which of them something is hidden or has no time.
        beat: ticks a frame.

    All counted in frames from the first that is shown.
    """
    first = min(times, default=0)
    step = float(beat)
    places = [(time - first) / step for time in times]
    frames = [round(place) for place in places]
    runs: list[list[int]] = []
    for begin, end in pairwise([*starts, len(times)]):
        group = frames[begin:end]
        is_closed = (
            len(set(group)) == len(group)
            and min(group) == group[0]
            and max(group) == group[0] + len(group) - 1
            and not any(begin < at <= end for at in breaks)
            and all(
                abs(place - frame) <= _OFF_BEAT
                for place, frame in zip(places[begin:end], group, strict=True)
            )
        )
        if not is_closed:
            continue
        if not runs or runs[-1][-1] != group[0]:
            runs.append([group[0]])
        runs[-1].append(group[0] + len(group))
    return tuple(tuple(run) for run in runs)
