"""Tasks that wait for room on a disk: given back, again and again, up to a limit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from farm.errors import DiskFull
from farm.jobs.clock import read_clock
from farm.jobs.endings import fail_task, release_task
from farm.jobs.models.work import attempts
from farm.jobs.status import TaskStatus

if TYPE_CHECKING:
    from sqlalchemy import Connection

_FIRST_SECONDS = 2.0
_LONGEST_SECONDS = 30.0


def wait_for_room(
    connection: Connection,
    task_id: str,
    *,
    attempt: int,
    error: DiskFull,
    limit_seconds: float,
) -> TaskStatus | None:
    """Give a task back for want of room; fail it when it has waited for so long.

    Returns the task's status, ``None`` when the lease was lost.
    """
    waited = _waited(connection, task_id, attempt)
    if waited >= limit_seconds:
        ended = DiskFull(f"{error.message}; it has waited for {waited:.0f} s")
        return fail_task(
            connection,
            task_id,
            attempt=attempt,
            error=ended,
            argv=None,
            log=None,
            delay_seconds=0.0,
            is_final=True,
        )
    delay = min(max(_FIRST_SECONDS, waited / 2), _LONGEST_SECONDS)
    if release_task(
        connection,
        task_id,
        attempt=attempt,
        note=error.message,
        error=error,
        delay_seconds=min(delay, max(0.5, limit_seconds - waited)),
    ):
        return TaskStatus.QUEUED
    return None


def _waited(connection: Connection, task_id: str, attempt: int) -> float:
    """Return for how long this attempt, and those just before it, found no room."""
    found = (
        select(attempts)
        .where(attempts.c.task_id == task_id, attempts.c.number < attempt)
        .order_by(attempts.c.number.desc())
    )
    at = read_clock(connection)
    since = at
    for row in connection.execute(found).mappings():
        kind = (row["error"] or {}).get("kind")
        if row["outcome"] != "released" or kind != DiskFull.__name__:
            break
        since = row["started"]
    return at - since
