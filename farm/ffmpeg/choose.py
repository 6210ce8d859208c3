"""Which frame of a film stands for which stretch of it: pure, on an index.

A stretch is a *slot*; its frame is a key frame where there is one in it, as these can
be had for little, else one that comes soon after the key frame before:

```
slots  |     0     |     1     |     2     |     3     |
keys   K         K   K               K
taken            0   1          2     -> first frames of slot 2: no key frame in it
```
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from fractions import Fraction
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from farm.ffmpeg.index import FrameIndex

#: Part of a slot without a key frame that is passed over: its frame shall be in it.
_INTO_SLOT = Fraction(1, 20)
#: Frames of a slot that are looked at where the first choice is dull.
_CANDIDATES = 8
#: So few are always looked at: there is nothing to compare them with.
_FEW = 4
#: Luma (16 to 235) below which a picture is black, and spread below which it is plain.
_BLACK, _PLAIN = 26.0, 8.0
#: A picture is dull where it has less than this part of what the others have.
_DULL_PART = 0.6
#: Of a fade, what luma or its spread grows by on an average from one looked at to the
#: next; and what it may shrink by, as film has grain.
_FADE_STEP = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A stretch of a film, half-open, in seconds on the file's own clock."""

    start: Fraction
    end: Fraction

    @property
    def middle(self) -> Fraction:
        """The time half-way."""
        return (self.start + self.end) / 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Looks:
    """What a picture looks like, in luma from 16 to 235."""

    mean: float
    spread: float
    """From the darkest tenth to the brightest tenth."""


class Fade(Enum):
    """A fade that is looked for at the ends of a film."""

    FROM_PLAIN = auto()
    GOES_ON = auto()
    """What came before, which was left out, was plain or a fade."""


def divide(start: Fraction, end: Fraction, count: int) -> list[Slot]:
    """Cut a stretch of time into so many slots of one length."""
    length = (end - start) / count
    return [
        Slot(start=start + number * length, end=start + (number + 1) * length)
        for number in range(count)
    ]


def choose_frame(index: FrameIndex, slot: Slot, *, exact: bool) -> int:
    """Return the frame of a slot.

    Args:
        index: of the film.
        slot: a stretch of it.
        exact: take the frame that is shown in its middle, wherever key frames are.
    """
    if exact:
        return index.shown_at(slot.middle)
    first, last = index.first_from(slot.start), index.first_from(slot.end)
    keys = index.keys_between(first, last)
    if keys:
        return min(keys, key=lambda key: abs(index.time(key) - slot.middle))
    into = slot.start + (slot.end - slot.start) * _INTO_SLOT
    number = index.first_from(into)
    return number if number < last else index.shown_at(slot.middle)


def candidates(index: FrameIndex, slot: Slot, *, exact: bool) -> list[int]:
    """Return frames that may stand for a slot, key frames where there are enough."""
    first, last = index.first_from(slot.start), index.first_from(slot.end)
    keys = [] if exact else index.keys_between(first, last)
    if len(keys) >= _CANDIDATES // 2:
        step = max(1, len(keys) // _CANDIDATES)
        return list(keys[step // 2 :: step])[:_CANDIDATES]
    parts = divide(slot.start, slot.end, _CANDIDATES)
    return sorted({*keys, *(index.shown_at(part.middle) for part in parts)})


@dataclass(frozen=True, slots=True, kw_only=True)
class Judge:
    """Tells dull pictures (black, faded, plain) from those that show something."""

    least_mean: float
    least_spread: float
    looks_at_all: bool
    """Whether there are too few pictures for a comparison: look at more of each."""

    @staticmethod
    def of(looks: Sequence[Looks], *, exact: bool) -> Judge:
        """Compare with the film's other pictures; if exact, ask for no more than light.

        A fade is as dark or plain as its part of the way: it shows beside the others.
        """
        if exact or len(looks) < 2:  # noqa: PLR2004  # a median of one says nothing
            return Judge(
                least_mean=_BLACK,
                least_spread=0.0 if exact else _PLAIN,
                looks_at_all=not exact,
            )
        light = median(each.mean - 16 for each in looks)
        spread = median(each.spread for each in looks)
        return Judge(
            least_mean=max(_BLACK, 16 + _DULL_PART * light),
            least_spread=max(_PLAIN, _DULL_PART * spread),
            looks_at_all=len(looks) <= _FEW,
        )

    def is_dull(self, looks: Looks) -> bool:
        """Whether a picture is nearly black, faded or plain."""
        return looks.mean < self.least_mean or looks.spread < self.least_spread

    def is_dark(self, looks: Looks) -> bool:
        """Whether there is nothing but black."""
        return looks.mean < _BLACK and looks.spread < _PLAIN

    def is_fade(self, looks: Sequence[Looks], fade: Fade) -> bool:
        """Whether pictures come out of one colour, step by step, and never wholly.

        A dark scene does not: it stays as it is, or begins at once.
        """
        goes_on = fade is Fade.GOES_ON
        light = [each.mean for each in looks]
        contrast = [each.spread for each in looks]
        return (
            len(looks) >= _FEW
            and all(self.is_dull(each) for each in looks)
            and (
                (_grows(light) and (goes_on or light[0] < _BLACK))
                or (_grows(contrast) and (goes_on or contrast[0] < _PLAIN))
            )
        )

    def best(
        self, found: Mapping[int, Looks], *, index: FrameIndex, slot: Slot
    ) -> int | None:
        """Return the frame nearest to the middle that is not dull, else the richest."""
        good = [number for number in found if not self.is_dull(found[number])]
        if good:
            return min(good, key=lambda n: abs(index.time(n) - slot.middle))
        lit = [number for number in found if not self.is_dark(found[number])]
        return max(lit, key=lambda n: found[n].spread, default=None)


def _grows(values: Sequence[float]) -> bool:
    """Whether values grow from step to step, but for a little."""
    steps = [after - before for before, after in pairwise(values)]
    return sum(steps) > _FADE_STEP * len(steps) and min(steps) > -_FADE_STEP
