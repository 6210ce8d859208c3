"""Take back what nobody reports on any more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from farm.jobs.workers import LOST_SECONDS
from farm.logs import get_log

if TYPE_CHECKING:
    from farm.jobs.table import JobTable

LOOK_SECONDS = 5.0
"""How often lost workers are looked for."""

_log = get_log(__name__)


def take_back_stalled(table: JobTable) -> None:
    """Queue tasks again whose lease is over; they fail without attempts left."""
    for task_id in table.requeue_stalled():
        _log.warning("task_stalled", task_id=task_id)


def mark_lost_workers(table: JobTable) -> None:
    """Mark workers that were not heard of."""
    for name in table.mark_lost_workers(after_seconds=LOST_SECONDS):
        _log.warning("worker_lost", worker=name)
