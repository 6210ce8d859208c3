"""The only place where a status changes: it checks the move and writes its event."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import exists, literal, select, update

from farm.errors import NotAllowed
from farm.jobs.clock import now
from farm.jobs.events import Move, write_events
from farm.jobs.models.work import jobs, tasks
from farm.jobs.status import JOB_MOVES, TASK_MOVES, JobStatus, TaskStatus

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import ColumnElement, Connection, RowMapping

OPEN = (JobStatus.QUEUED, JobStatus.ACTIVE)
"""Jobs whose tasks are worked at."""
_LOCKED = (
    jobs.c.id,
    jobs.c.kind,
    jobs.c.status,
    jobs.c.planned,
    jobs.c.priority,
    jobs.c.owner,
    jobs.c.project,
    jobs.c.warnings,
    jobs.c.finished,
)
"""What is read of a locked job; what was asked for may be many megabytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MovedTask:
    """A task that was moved."""

    id: str
    job_id: str
    number: int
    attempt: int
    at: float
    """When it was decided: the same moment that a lease was looked at."""


def lock_jobs(connection: Connection, ids: Iterable[str]) -> dict[str, RowMapping]:
    """Lock jobs until the transaction ends, and return them by id.

    Every move of a job or its tasks is made under this lock, in the order of the ids
    where there are several: moves of one job come one after the other, and no two
    transactions wait for each other.
    """
    found = select(*_LOCKED).where(jobs.c.id.in_(sorted(set(ids)))).order_by(jobs.c.id)
    rows = connection.execute(found.with_for_update(key_share=True)).mappings()
    return {row["id"]: row for row in rows}


def lock_job_of(connection: Connection, task_id: str) -> RowMapping | None:
    """Lock the job of a task until the transaction ends, and return it."""
    found = (
        select(*_LOCKED)
        .join(tasks, tasks.c.job_id == jobs.c.id)
        .where(tasks.c.id == task_id)
        .with_for_update(key_share=True, of=jobs)
    )
    return connection.execute(found).mappings().one_or_none()


def move_job(
    connection: Connection,
    job_id: str,
    *,
    before: JobStatus,
    to: JobStatus,
    note: str | None = None,
    **values: Any,  # noqa: ANN401  # columns have many types
) -> None:
    """Move a locked job, and set other columns with it."""
    if to not in JOB_MOVES[before]:
        raise NotAllowed(f"A job that is {before.value} cannot become {to.value}.")
    connection.execute(
        update(jobs).where(jobs.c.id == job_id).values(status=to, **values)
    )
    write_events(connection, [Move(job_id=job_id, before=before, after=to, note=note)])


def move_tasks(
    connection: Connection,
    *where: ColumnElement[bool],
    before: TaskStatus,
    to: TaskStatus,
    note: str | None = None,
    **values: Any,  # noqa: ANN401  # columns have many types
) -> list[MovedTask]:
    """Move the tasks of locked jobs that are in one status and fit; return them."""
    if to not in TASK_MOVES[before]:
        raise NotAllowed(f"A task that is {before.value} cannot become {to.value}.")
    statement = (
        update(tasks)
        .where(is_status(before), *where)
        .values(status=to, **values)
        .returning(
            tasks.c.id,
            tasks.c.job_id,
            tasks.c.number,
            tasks.c.attempt,
            now().label("at"),
        )
    )
    rows = connection.execute(statement).mappings()
    moved = [MovedTask(**row) for row in rows]
    moved.sort(key=lambda task: (task.job_id, task.number))
    write_events(
        connection,
        [
            Move(
                job_id=task.job_id,
                task_id=task.id,
                before=before,
                after=to,
                attempt=task.attempt or None,
                note=note,
            )
            for task in moved
        ],
    )
    return moved


def is_status(status: TaskStatus) -> ColumnElement[bool]:
    """Whether a task is in a status; written out, so that the small indexes serve."""
    return tasks.c.status == literal(status, tasks.c.status.type, literal_execute=True)


def job_is_open() -> ColumnElement[bool]:
    """Whether the job of a task is worked at."""
    return exists().where(jobs.c.id == tasks.c.job_id, jobs.c.status.in_(OPEN))


def job_goes_on() -> ColumnElement[bool]:
    """Whether the job of a task has not ended."""
    going = [status for status in JobStatus if not status.is_final]
    return exists().where(jobs.c.id == tasks.c.job_id, jobs.c.status.in_(going))
