"""How long another attempt is waited for."""

from __future__ import annotations

import pytest

from farm.errors import DiskFull, FarmError, FFmpegFailed, FFmpegKilled, WorkerLost
from farm.jobs.retry import LONGEST_SECONDS, wait_seconds

_ROLLS = 200


@pytest.mark.parametrize("error", [WorkerLost("killed"), FFmpegKilled("killed")])
def test_who_was_killed_is_tried_again_at_once(error: FarmError) -> None:
    assert wait_seconds(error, attempt=1) == 0.0
    assert wait_seconds(error, attempt=2) > 0.0


@pytest.mark.parametrize(
    ("attempt", "shortest", "longest"),
    [(1, 0.5, 1.5), (2, 2.0, 6.0), (3, 8.0, 24.0), (4, 30.0, 90.0), (9, 30.0, 90.0)],
)
def test_waits_get_longer_and_are_spread(
    attempt: int, shortest: float, longest: float
) -> None:
    waits = {wait_seconds(FFmpegFailed("x"), attempt=attempt) for _ in range(_ROLLS)}

    assert shortest <= min(waits)
    assert max(waits) <= longest
    assert max(waits) - min(waits) > (longest - shortest) / 2


def test_no_wait_is_longer_than_the_longest_by_more_than_its_spread() -> None:
    assert wait_seconds(DiskFull("x"), attempt=50) <= 1.5 * LONGEST_SECONDS
