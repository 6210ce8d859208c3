"""Values of frames as filters print them to files, with exact times."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path


#: Such as ``frame:12   pts:480     pts_time:0.48``.
_FRAME = re.compile(r"frame:\d+ +pts:(?P<pts>\S+) ")


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """Turns times as FFmpeg tells them into exact ones from the start of the file."""

    tick: Fraction
    start: Fraction

    def at_pts(self, pts: str) -> Fraction:
        """Return the time of a frame by its time stamp in ticks."""
        return int(pts) * self.tick - self.start

    def at_seconds(self, text: str) -> Fraction:
        """Return the time that is printed in seconds with six decimals."""
        return round(Fraction(text) / self.tick) * self.tick - self.start


def mean_of(values: Sequence[float]) -> float:
    """Return the mean of values; 0 where there are none."""
    return math.fsum(values) / len(values) if values else 0.0


def read_frames(
    path: Path, clock: Clock | None
) -> Iterator[tuple[Fraction, dict[str, str]]]:
    """Yield time and values of each frame in a file of printed metadata."""
    if not path.exists():  # no frame had it
        return
    time, values = Fraction(0), dict[str, str]()
    is_first = True
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            if found := _FRAME.match(line):
                if not is_first:
                    yield time, values
                is_first, values = False, {}
                time = clock.at_pts(found["pts"]) if clock else Fraction(0)
            else:
                name, _, value = line.strip().partition("=")
                values[name] = value
    if not is_first:
        yield time, values
