"""End attempts, and say how one ended."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, select, update

from farm.jobs.models.work import attempts, tasks
from farm.jobs.rows import write_log

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from farm.jobs.moves import MovedTask


OF_ATTEMPT = update(attempts).where(
    attempts.c.task_id == bindparam("of_task"),
    attempts.c.number == bindparam("by_attempt"),
)
"""What changes one attempt: its task and number are parameters."""
_END = OF_ATTEMPT.values(finished=bindparam("at"))


def end_attempts(
    connection: Connection,
    moved: Sequence[MovedTask],
    *,
    outcome: str,
    error: dict[str, Any] | None = None,
    argv: str | None = None,
    log: str | None = None,
) -> None:
    """End the attempts of tasks that were just moved."""
    if not moved:
        return
    ended = [
        {"of_task": task.id, "by_attempt": task.attempt, "at": task.at}
        for task in moved
    ]
    statement = _END.values(
        outcome=outcome, error=error, argv=write_log(argv), log=write_log(log)
    )
    # a list of one would take more round trips
    connection.execute(statement, ended if len(ended) > 1 else ended[0])


def has_ended_so(
    connection: Connection, task_id: str, *, attempt: int, outcome: str
) -> bool:
    """Whether this attempt is the task's last one and ended with this outcome."""
    found = (
        select(attempts.c.number)
        .join(tasks, tasks.c.id == attempts.c.task_id)
        .where(
            attempts.c.task_id == task_id,
            attempts.c.number == attempt,
            attempts.c.outcome == outcome,
            tasks.c.attempt == attempt,
        )
    )
    return connection.execute(found).first() is not None
