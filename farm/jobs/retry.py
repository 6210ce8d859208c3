"""How long to wait before another attempt, by the cause of the last failure."""

from __future__ import annotations

import random

from farm.errors import FarmError, FFmpegKilled, WorkerLost

FIRST_SECONDS = 1.0
"""Wait after a first failure; the next waits are four times as long each."""
LONGEST_SECONDS = 60.0
_FACTOR = 4.0
_JITTER = 0.5
"""Waits are shorter or longer by up to this part, so that tasks that failed together
are not tried together."""

_chance = random.Random()  # noqa: S311  # no secret


def wait_seconds(error: FarmError, *, attempt: int) -> float:
    """Return how long to wait after the failure of an attempt, from 1.

    Where a process was killed nothing is known to be wrong, and the second attempt
    follows at once.
    """
    if attempt == 1 and isinstance(error, WorkerLost | FFmpegKilled):
        return 0.0
    wait = min(FIRST_SECONDS * _FACTOR ** (attempt - 1), LONGEST_SECONDS)
    return wait * _chance.uniform(1 - _JITTER, 1 + _JITTER)
