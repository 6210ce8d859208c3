"""Move jobs and their tasks, under the lock of the job."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, exists, literal, select

from farm.jobs.models.work import jobs, tasks
from farm.jobs.status import JobStatus, TaskStatus
from farm.jobs.steps import JobStep, Step, status_is

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import ColumnElement, Connection, RowMapping, Select

    from farm.jobs.attempts import Ending

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
_LOCK_JOBS = (
    select(*_LOCKED)
    .where(jobs.c.id.in_(bindparam("ids", expanding=True)))
    .order_by(jobs.c.id)
    .with_for_update(key_share=True)
)


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
    rows = connection.execute(_LOCK_JOBS, {"ids": sorted(set(ids))}).mappings()
    return {row["id"]: row for row in rows}


def find_job_of(
    *where: ColumnElement[bool], columns: tuple[ColumnElement[Any], ...] = _LOCKED
) -> Select[Any]:
    """Return the statement that finds the job of the task ``of_task``.

    Args:
        where: what must hold of the job or the task.
        columns: what is asked of both.
    """
    return (
        select(*columns)
        .join(tasks, tasks.c.job_id == jobs.c.id)
        .where(tasks.c.id == bindparam("of_task"), *where)
    )


def locking(found: Select[Any]) -> Select[Any]:
    """Let a statement lock the jobs that it finds.

    What it asks of a task is as it was before a wait for the lock.
    """
    return found.with_for_update(key_share=True, of=jobs)


_LOCK_JOB = locking(find_job_of())


def lock_job_of(connection: Connection, task_id: str) -> RowMapping | None:
    """Lock the job of a task until the transaction ends, and return it."""
    rows = connection.execute(_LOCK_JOB, {"of_task": task_id}).mappings()
    return rows.one_or_none()


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
    JobStep.of(before=before, to=to, **values).take(connection, job_id, note=note)


def move_tasks(
    connection: Connection,
    *where: ColumnElement[bool],
    before: TaskStatus,
    to: TaskStatus,
    note: str | None = None,
    ending: Ending | None = None,
    **values: Any,  # noqa: ANN401  # columns have many types
) -> list[MovedTask]:
    """Move the tasks of locked jobs that are in one status and fit; return them.

    Their attempts end where it is said how.
    """
    step = Step.of(*where, before=before, to=to, **values)
    rows = step.take(connection, note=note, ending=ending)
    return [MovedTask(**row) for row in rows]


def is_status(status: TaskStatus) -> ColumnElement[bool]:
    """Whether a task is in a status."""
    return status_is(tasks, status)


def job_is_open() -> ColumnElement[bool]:
    """Whether the job of a task is worked at."""
    return exists().where(jobs.c.id == tasks.c.job_id, jobs.c.status.in_(OPEN))


def job_is_unfinished() -> ColumnElement[bool]:
    """Whether a job has not ended; written out, so that the small index serves.

    Without it, a database that has counted finds that most jobs have one status, and
    reads them all.
    """
    going = [status for status in JobStatus if not status.is_final]
    values = [literal(each, jobs.c.status.type, literal_execute=True) for each in going]
    return jobs.c.status.in_(values)


def job_goes_on() -> ColumnElement[bool]:
    """Whether the job of a task has not ended."""
    going = [status for status in JobStatus if not status.is_final]
    return exists().where(jobs.c.id == tasks.c.job_id, jobs.c.status.in_(going))
