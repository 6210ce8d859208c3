"""How an attempt ended, as its worker says: completed, failed, or given back.

Nothing that is said of an attempt whose lease is over changes anything.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, bindparam, select

from farm.errors import TaskCancelled, WorkerLost
from farm.jobs import blame
from farm.jobs.attempts import Ending, has_ended_so
from farm.jobs.clock import now
from farm.jobs.database import UNFLUSHED
from farm.jobs.models.work import jobs, tasks
from farm.jobs.moves import (
    find_job_of,
    is_status,
    lock_job_of,
    locking,
    move_tasks,
)
from farm.jobs.rows import write_error
from farm.jobs.status import TaskStatus
from farm.jobs.steps import OF_MOVED, Step

if TYPE_CHECKING:
    from pydantic import JsonValue
    from sqlalchemy import BindParameter, Connection, RowMapping

    from farm.errors import FarmError

REQUEUED: dict[str, Any] = {"worker": None, "lease_until": None, "sent": None}
"""What a task has no more when its attempt is over and it is queued again."""


def owned(
    task_id: str | BindParameter[str], attempt: int | BindParameter[int]
) -> tuple[ColumnElement[bool], ...]:
    """Return what holds of a task while an attempt has it, and its lease."""
    return (
        tasks.c.id == task_id,
        tasks.c.attempt == attempt,
        is_status(TaskStatus.ACTIVE),
        tasks.c.lease_until >= now(),
    )


_COMPLETE = Step.of(
    *owned(bindparam("of_task"), bindparam("by_attempt")),
    before=TaskStatus.ACTIVE,
    to=TaskStatus.COMPLETED,
    columns=(*OF_MOVED, *blame.OF_WORKER),
    holds=locking(find_job_of(columns=(jobs.c.id, UNFLUSHED))),
    result=bindparam("made", type_=tasks.c.result.type),
    lease_until=None,
    frames_done=tasks.c.frames,
    finished=now(),
)


def complete_task(
    connection: Connection,
    task_id: str,
    *,
    attempt: int,
    result: JsonValue,
    argv: str | None,
    log: str | None,
) -> bool:
    """Complete a task with its result; ``False`` when the lease was lost."""
    rows = _COMPLETE.take(
        connection,
        ending=Ending(outcome="completed", argv=argv, log=log),
        of_task=task_id,
        by_attempt=attempt,
        made=result,
    )
    if not rows:  # perhaps said before, when the answer got lost
        return has_ended_so(connection, task_id, attempt=attempt, outcome="completed")
    if attempt > 1 or rows[0]["failures"]:
        by = rows[0]["worker"]
        blame.note_completed(connection, task_id, attempt=attempt, by=by)
    return True


def fail_task(  # noqa: PLR0913  # a report is this many facts
    connection: Connection,
    task_id: str,
    *,
    attempt: int,
    error: FarmError,
    argv: str | None,
    log: str | None,
    delay_seconds: float,
    is_final: bool = False,
) -> TaskStatus | None:
    """End an attempt with an error; return what became of the task.

    It is queued again when the error allows another attempt and one is left, unless
    this is to be the end.
    An attempt that was told to stop leaves its task cancelled, or queued again where
    the job was retried meanwhile.
    """
    job = lock_job_of(connection, task_id)
    if job is None:
        return None
    row = _owned_row(connection, task_id, attempt)
    if row is None:
        ended = has_ended_so(connection, task_id, attempt=attempt, outcome="failed")
        return _status(connection, task_id) if ended else None
    stopped = isinstance(error, TaskCancelled)
    status = TaskStatus.FAILED if is_final else _next_status(job, row, error)
    if status is TaskStatus.FAILED and isinstance(error, WorkerLost):
        error = blame.explain_lost(connection, task_id, attempt=attempt, error=error)
    stored = write_error(error)
    values: dict[str, Any] = {"error": None if stopped else stored}
    if status is TaskStatus.QUEUED:
        values |= REQUEUED | {"not_before": now() + delay_seconds}
    else:
        values |= {"lease_until": None, "finished": now()}
    if stopped and status is TaskStatus.QUEUED:
        values |= {"attempts_allowed": tasks.c.attempts_allowed + 1}
    moved = move_tasks(
        connection,
        *owned(task_id, attempt),
        before=TaskStatus.ACTIVE,
        to=status,
        note=error.message,
        ending=Ending(
            outcome="cancelled" if stopped else "failed",
            error=stored,
            argv=argv,
            log=log,
        ),
        **values,
    )
    return status if moved else None  # the lease ended just now


def release_task(
    connection: Connection,
    task_id: str,
    *,
    attempt: int,
    note: str,
    error: FarmError | None = None,
    delay_seconds: float = 0.0,
) -> bool:
    """Give a task back without a verdict; the attempt does not count.

    An error says what the task waits for; it is to be tried again after the delay.
    """
    stored = None if error is None else write_error(error)
    job = lock_job_of(connection, task_id)
    if job is None:
        return False
    values: dict[str, Any] = {"lease_until": None, "finished": now()}
    to = TaskStatus.CANCELLED
    if not job["status"].is_final:
        to = TaskStatus.QUEUED
        values = REQUEUED | {
            "attempts_allowed": tasks.c.attempts_allowed + 1,
            "not_before": now() + delay_seconds if delay_seconds else None,
            "error": stored,
        }
    moved = move_tasks(
        connection,
        *owned(task_id, attempt),
        before=TaskStatus.ACTIVE,
        to=to,
        note=note,
        ending=Ending(outcome="released", error=stored),
        **values,
    )
    return bool(moved) or has_ended_so(
        connection, task_id, attempt=attempt, outcome="released"
    )


def _owned_row(connection: Connection, task_id: str, attempt: int) -> RowMapping | None:
    found = select(tasks).where(*owned(task_id, attempt))
    return connection.execute(found).mappings().one_or_none()


def _next_status(job: RowMapping, task: RowMapping, error: FarmError) -> TaskStatus:
    """Return what becomes of a task after this error."""
    again = error.retry and task["attempt"] < task["attempts_allowed"]
    if not again and not isinstance(error, TaskCancelled):
        return TaskStatus.FAILED
    return TaskStatus.CANCELLED if job["status"].is_final else TaskStatus.QUEUED


def _status(connection: Connection, task_id: str) -> TaskStatus | None:
    found = select(tasks.c.status).where(tasks.c.id == task_id)
    return connection.execute(found).scalar_one_or_none()
