"""What a worker says of a task: claim, heartbeat, and how the attempt ended.

An attempt's number is its fencing token: once the task has another attempt, or is
active no more, nothing that the old attempt says changes anything.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, func, insert, or_, select, update

from farm.errors import TaskCancelled, WorkerLost
from farm.jobs import blame
from farm.jobs.attempts import end_attempts, has_ended_so
from farm.jobs.clock import now
from farm.jobs.gpus import find_demand, find_other_queue, put_off, take_gpu
from farm.jobs.models import attempts, jobs, task_needs, tasks
from farm.jobs.moves import (
    OPEN,
    is_status,
    job_goes_on,
    lock_job_of,
    move_job,
    move_tasks,
)
from farm.jobs.records import Beat, Claim
from farm.jobs.rows import read_task, write_error
from farm.jobs.status import JobStatus, TaskStatus

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydantic import JsonValue
    from sqlalchemy import Connection, RowMapping

    from farm.errors import FarmError
    from farm.jobs.records import GpuOffer

REQUEUED: dict[str, Any] = {"worker": None, "lease_until": None, "sent": None}
"""What a task has no more when its attempt is over and it is queued again."""
_LEAVE_SECONDS = 0.3
"""How long a task is left alone that is sent again for another worker."""


def claim_task(
    connection: Connection,
    task_id: str,
    *,
    worker: str,
    lease_seconds: float,
    gpu: GpuOffer | None = None,
    on_put_off: Callable[[str], None] = lambda _: None,
) -> Claim | None:
    """Make a queued task this worker's own; ``None`` when it is not to be had.

    A task that this worker failed at is left for another one, where there is one, for
    as long as a lease lasts.

    One that needs a GPU takes its share of the worker's with it; where that has none
    left, or cannot do it, the task stays queued and is sent again: `on_put_off` is told
    why.
    """
    queued = _find_queued(connection, task_id)
    if queued is None:
        return None  # a message that came twice waits for no lock
    job = lock_job_of(connection, task_id)
    if job is None or job["status"] not in OPEN:
        return None
    was_tried = queued["attempt"] > 0
    if was_tried and blame.is_for_another(
        connection,
        task_id,
        queue=queued["queue"],
        worker=worker,
        wait_seconds=lease_seconds,
    ):
        _leave_for_another(connection, task_id)
        return None
    failures = blame.find_failures(connection, task_id) if was_tried else ()
    if why := _refuse(connection, task_id, gpu):
        put_off(connection, task_id)
        on_put_off(why)
        return None
    moved = move_tasks(
        connection,
        tasks.c.id == task_id,
        or_(tasks.c.not_before.is_(None), tasks.c.not_before <= now()),
        before=TaskStatus.QUEUED,
        to=TaskStatus.ACTIVE,
        note=worker,
        attempt=tasks.c.attempt + 1,
        worker=worker,
        lease_until=now() + lease_seconds,
        not_before=None,
        frames_done=0,
        started=now(),
        finished=None,
        error=None,
    )
    if not moved:
        return None
    attempt = moved[0].attempt
    connection.execute(
        insert(attempts).values(
            task_id=task_id,
            number=attempt,
            worker=worker,
            started=now(),
            lease_until=select(tasks.c.lease_until)
            .where(tasks.c.id == task_id)
            .scalar_subquery(),
        )
    )
    if job["status"] is JobStatus.QUEUED:
        move_job(
            connection,
            job["id"],
            before=JobStatus.QUEUED,
            to=JobStatus.ACTIVE,
            started=func.coalesce(jobs.c.started, now()),
        )
    row = connection.execute(select(tasks).where(tasks.c.id == task_id)).mappings()
    return Claim(
        task=read_task(row.one()),
        attempt=attempt,
        job_kind=job["kind"],
        project=job["project"],
        needs=_results_of_needs(connection, task_id),
        failures=failures,
    )


def _refuse(connection: Connection, task_id: str, gpu: GpuOffer | None) -> str | None:
    """Take what a task needs of a GPU; say why that is not to be had, else ``None``."""
    demand = find_demand(connection, task_id)
    if demand is None:
        # a message may be left from before its job went to the CPU
        return None if gpu is None else find_other_queue(connection, task_id)
    if gpu is None:
        return "the worker has no GPU"
    return take_gpu(connection, task_id, demand, gpu)


def renew_lease(
    connection: Connection,
    task_id: str,
    *,
    attempt: int,
    lease_seconds: float,
    frames_done: int,
) -> Beat:
    """Renew the lease of an attempt, and say whether it shall go on.

    One that is over is not renewed, whether the task was taken back by then or not.
    """
    renewed = connection.execute(
        update(tasks)
        .where(*_owned(task_id, attempt), job_goes_on())
        .values(lease_until=now() + lease_seconds, frames_done=frames_done)
        .returning(tasks.c.lease_until)
    ).scalar_one_or_none()
    if renewed is not None:
        connection.execute(
            update(attempts)
            .where(attempts.c.task_id == task_id, attempts.c.number == attempt)
            .values(lease_until=renewed)
        )
        return Beat.CONTINUE
    found = (
        select(tasks.c.status, jobs.c.status.label("job_status"))
        .join(jobs, jobs.c.id == tasks.c.job_id)
        .where(tasks.c.id == task_id, tasks.c.attempt == attempt)
    )
    row = connection.execute(found).mappings().one_or_none()
    if row is None:
        return Beat.LOST
    has_ended = row["job_status"].is_final and row["status"] is TaskStatus.ACTIVE
    cancelled = has_ended or row["status"] is TaskStatus.CANCELLED
    return Beat.CANCEL if cancelled else Beat.LOST


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
    lock_job_of(connection, task_id)
    moved = move_tasks(
        connection,
        *_owned(task_id, attempt),
        before=TaskStatus.ACTIVE,
        to=TaskStatus.COMPLETED,
        result=result,
        lease_until=None,
        frames_done=tasks.c.frames,
        finished=now(),
    )
    if not moved:  # perhaps said before, when the answer got lost
        return has_ended_so(connection, task_id, attempt=attempt, outcome="completed")
    end_attempts(connection, moved, outcome="completed", argv=argv, log=log)
    blame.note_completed(connection, task_id, attempt=attempt)
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
        *_owned(task_id, attempt),
        before=TaskStatus.ACTIVE,
        to=status,
        note=error.message,
        **values,
    )
    if not moved:
        return None  # the lease ended just now
    end_attempts(
        connection,
        moved,
        outcome="cancelled" if stopped else "failed",
        error=stored,
        argv=argv,
        log=log,
    )
    return status


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
        *_owned(task_id, attempt),
        before=TaskStatus.ACTIVE,
        to=to,
        note=note,
        **values,
    )
    if not moved:
        return has_ended_so(connection, task_id, attempt=attempt, outcome="released")
    end_attempts(connection, moved, outcome="released", error=stored)
    return True


def _owned(task_id: str, attempt: int) -> tuple[ColumnElement[bool], ...]:
    return (
        tasks.c.id == task_id,
        tasks.c.attempt == attempt,
        is_status(TaskStatus.ACTIVE),
        tasks.c.lease_until >= now(),
    )


def _owned_row(connection: Connection, task_id: str, attempt: int) -> RowMapping | None:
    found = select(tasks).where(*_owned(task_id, attempt))
    return connection.execute(found).mappings().one_or_none()


def _next_status(job: RowMapping, task: RowMapping, error: FarmError) -> TaskStatus:
    """Return what becomes of a task after this error."""
    again = error.retry and task["attempt"] < task["attempts_allowed"]
    if not again and not isinstance(error, TaskCancelled):
        return TaskStatus.FAILED
    return TaskStatus.CANCELLED if job["status"].is_final else TaskStatus.QUEUED


def _find_queued(connection: Connection, task_id: str) -> RowMapping | None:
    found = select(tasks.c.queue, tasks.c.attempt).where(
        tasks.c.id == task_id, is_status(TaskStatus.QUEUED)
    )
    return connection.execute(found).mappings().one_or_none()


def _leave_for_another(connection: Connection, task_id: str) -> None:
    """Have a task sent again in a moment: perhaps another worker takes it then."""
    connection.execute(
        update(tasks)
        .where(tasks.c.id == task_id, is_status(TaskStatus.QUEUED))
        .values(sent=None, not_before=now() + _LEAVE_SECONDS)
    )


def _status(connection: Connection, task_id: str) -> TaskStatus | None:
    found = select(tasks.c.status).where(tasks.c.id == task_id)
    return connection.execute(found).scalar_one_or_none()


def _results_of_needs(connection: Connection, task_id: str) -> dict[str, JsonValue]:
    found = (
        select(tasks.c.name, tasks.c.result)
        .join(task_needs, task_needs.c.needed_id == tasks.c.id)
        .where(task_needs.c.task_id == task_id)
        .order_by(tasks.c.number)
    )
    return {row["name"]: row["result"] for row in connection.execute(found).mappings()}
