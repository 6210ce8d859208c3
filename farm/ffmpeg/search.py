"""Find by few tries the last of ordered choices that is good enough.

```
margin  ●
          ╲●
   0 ───────╲──────────   good above, bad below
              ╲○    ○
        few   last   many   number of the choice
```
Margins fall about linearly: where the line through two tries crosses zero is tried
next.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

#: Enough to halve any scale that is used down to one step; three or four are usual.
MOST_TRIES = 12
#: From this one on the middle is tried: the line has led nowhere.
_FIRST_HALVING = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Try:
    """One choice, and by how much it was good (or, below 0, bad)."""

    number: int
    margin: float

    @property
    def is_good(self) -> bool:
        """Whether it may be taken."""
        return self.margin >= 0


@dataclass(slots=True, kw_only=True)
class _Search:
    last: int
    per_step: float
    enough: float
    good: Try | None = None
    bad: Try | None = None
    tries: int = 0
    jump: int = 0
    """How far the last try lay from the one before."""

    def see(self, found: Try) -> None:
        """Narrow what is left."""
        self.tries += 1
        before = self.good if found.is_good else self.bad
        other = before or self.good or self.bad
        self.jump = 0 if other is None else abs(found.number - other.number)
        if before is not None and before.number != found.number:
            fall = (before.margin - found.margin) / (found.number - before.number)
            if fall > 0:
                self.per_step = fall
        if found.is_good:
            self.good = found
        else:
            self.bad = found

    @property
    def is_over(self) -> bool:
        """Whether no further try is worth it."""
        good, bad = self.good, self.bad
        if bad is not None and bad.number == 0:
            return True
        if good is None:
            return False
        is_last = good.number == self.last or (
            bad is not None and bad.number - good.number == 1
        )
        return is_last or good.margin <= self.enough or self.tries >= MOST_TRIES

    def next(self) -> int:
        """Return what is tried next."""
        good, bad = self.good, self.bad
        if good is None and self.tries >= MOST_TRIES:
            return 0
        lowest = 0 if good is None else good.number + 1
        highest = self.last if bad is None else bad.number - 1
        return min(max(lowest, self._aim()), highest)

    def _aim(self) -> int:
        good, bad = self.good, self.bad
        aimed = self.enough / 2
        if good is not None and bad is not None:
            if self.tries >= _FIRST_HALVING:
                return (good.number + bad.number) // 2
            part = (good.margin - aimed) / (good.margin - bad.margin)
            return math.floor(good.number + part * (bad.number - good.number))
        known = good or bad
        assert known is not None  # noqa: S101  # it is asked after the first try
        step = math.floor((known.margin - aimed) / self.per_step)
        # where the line does not reach the other side, each jump is twice the last
        least = max(1, 2 * self.jump)
        return known.number + (max(step, least) if known.is_good else min(step, -least))


def find_last_good(
    measure: Callable[[int], float],
    *,
    last: int,
    start: int,
    per_step: float,
    enough: float,
) -> Try:
    """Return the last good choice that was found, else the first, which is bad.

    Each good one that is tried lies after those that were good before it.

    Args:
        measure: tells by how much a choice is good; it falls from one to the next.
        last: number of the last choice; that of the first is 0.
        start: which is tried first.
        per_step: about how much it falls from one to the next.
        enough: a good one with no more than this is taken.
    """
    search = _Search(last=last, per_step=per_step, enough=enough)
    number = start
    while True:
        search.see(Try(number=number, margin=measure(number)))
        if search.is_over:
            break
        number = search.next()
    found = search.good or search.bad
    assert found is not None  # noqa: S101  # at least one was tried
    return found
