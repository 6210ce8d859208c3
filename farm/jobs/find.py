"""Read jobs, tasks and attempts."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, case, func, select

from farm.errors import JobNotFound
from farm.jobs.ids import last_with_prefix, read_job_id
from farm.jobs.models.work import attempts, jobs, tasks
from farm.jobs.moves import is_status, job_is_unfinished
from farm.jobs.records import JobId, JobProgress, KindProgress
from farm.jobs.rows import read_attempt, read_job, read_task
from farm.jobs.status import JobKind, JobStatus, TaskStatus

if TYPE_CHECKING:
    from collections.abc import Collection

    from pydantic import JsonValue
    from sqlalchemy import Connection

    from farm.jobs.records import Attempt, Job, Task

_NEAR = 3
_NEAR_OF = 200
"""Ids that a wrong one is compared with: those of the newest jobs."""


_WITHOUT_SPEC = tuple(column for column in jobs.c if column.name != "spec")
_FIND_JOB = (
    select(*_WITHOUT_SPEC)
    .where(jobs.c.id.between(bindparam("first"), bindparam("last")))
    .limit(_NEAR + 1)
)
_FIND_TASKS = (
    select(tasks).where(tasks.c.job_id == bindparam("of_job")).order_by(tasks.c.number)
)
_FIND_GROWING = select(
    jobs.c.id,
    select(func.count(tasks.c.id))
    .where(tasks.c.job_id == jobs.c.id, is_status(TaskStatus.COMPLETED))
    .scalar_subquery(),
).where(
    job_is_unfinished(),
    jobs.c.status == JobStatus.ACTIVE,
    jobs.c.kind == JobKind.HLS_PREVIEW,
    jobs.c.planned,
)


def find_job(connection: Connection, job_id: str) -> Job:
    """Return the job with this id, or the only one whose id starts so.

    What it was asked for is left out: it may be many megabytes (`find_spec`).
    """
    prefix = read_job_id(job_id)
    if prefix is None:
        raise _not_found(connection, job_id)
    bounds = {"first": prefix, "last": last_with_prefix(prefix)}
    rows = connection.execute(_FIND_JOB, bounds).mappings().all()
    if len(rows) > 1:
        ids = [row["id"] for row in rows[:_NEAR]]
        raise JobNotFound(
            f"More than one job's id starts with {prefix}: {', '.join(ids)} ...",
            near=ids,
        )
    if not rows:
        raise _not_found(connection, job_id)
    return read_job(rows[0])


def find_spec(connection: Connection, job_id: str) -> JsonValue:
    """Return what a job was asked for."""
    found = select(jobs).where(jobs.c.id == job_id)
    row = connection.execute(found).mappings().one_or_none()
    return None if row is None else row["spec"]


def find_jobs(
    connection: Connection,
    *,
    status: JobStatus | None,
    owner: str | None,
    project: str | None,
    limit: int,
) -> list[Job]:
    """Return jobs, the newest first."""
    newest = (jobs.c.created.desc(), jobs.c.id.desc())
    found = select(*_WITHOUT_SPEC).order_by(*newest).limit(limit)
    if status is not None:
        found = found.where(jobs.c.status == status)
    if owner is not None:
        found = found.where(jobs.c.owner == owner)
    if project is not None:
        found = found.where(jobs.c.project == project)
    return [read_job(row) for row in connection.execute(found).mappings()]


def find_tasks(
    connection: Connection, job_id: str, *, status: TaskStatus | None = None
) -> list[Task]:
    """Return the tasks of a job in the order in which they were planned."""
    found = _FIND_TASKS
    if status is not None:
        found = found.where(is_status(status))
    rows = connection.execute(found, {"of_job": job_id}).mappings()
    return [read_task(row) for row in rows]


def find_task(connection: Connection, task_id: str) -> Task:
    """Return the task with this id."""
    found = select(tasks).where(tasks.c.id == task_id)
    row = connection.execute(found).mappings().one_or_none()
    if row is None:
        raise JobNotFound(f"No task has the id {task_id}.")
    return read_task(row)


def find_payload(connection: Connection, job_id: str, *, name: str) -> JsonValue:
    """Return what the plan wrote for a task of a job; ``None``: there is none."""
    found = select(tasks).where(tasks.c.job_id == job_id, tasks.c.name == name)
    row = connection.execute(found).mappings().one_or_none()
    return None if row is None else row["payload"]


def find_results(
    connection: Connection, job_id: str, *, names: Collection[str]
) -> dict[str, JsonValue]:
    """Return what completed tasks of a job told, by their names: those of these."""
    found = select(tasks.c.name, tasks.c.result).where(
        tasks.c.job_id == job_id,
        tasks.c.name.in_(sorted(names)),
        is_status(TaskStatus.COMPLETED),
    )
    rows = connection.execute(found).mappings()
    return {row["name"]: row["result"] for row in rows}


def find_growing(connection: Connection) -> dict[JobId, int]:
    """Return jobs that are published while they go on, with their completed tasks."""
    rows = connection.execute(_FIND_GROWING)
    return {JobId(job_id): count for job_id, count in rows if count}


def find_unpublished(
    connection: Connection, *, since: float
) -> list[tuple[JobId, str]]:
    """Return jobs of packages that ended so without one, and their outputs."""
    found = select(jobs.c.id, jobs.c.output).where(
        jobs.c.status.in_((JobStatus.FAILED, JobStatus.CANCELLED)),
        jobs.c.kind.in_((JobKind.HLS_PREVIEW, JobKind.LADDER)),
        jobs.c.output.is_not(None),
        jobs.c.finished >= since,
    )
    return [(JobId(job_id), output) for job_id, output in connection.execute(found)]


def find_attempts(connection: Connection, job_id: str) -> list[Attempt]:
    """Return all attempts at the tasks of a job, by task and number."""
    found = (
        select(attempts)
        .join(tasks, tasks.c.id == attempts.c.task_id)
        .where(tasks.c.job_id == job_id)
        .order_by(tasks.c.number, attempts.c.number)
    )
    return [read_attempt(row) for row in connection.execute(found).mappings()]


def count_progress(connection: Connection, job_id: str) -> JobProgress:
    """Count how far a job's tasks are, of each kind and together."""
    completed = is_status(TaskStatus.COMPLETED)
    shown = case(
        (tasks.c.frames_done < tasks.c.frames, tasks.c.frames_done),
        else_=tasks.c.frames,
    )
    done = case(
        (completed, tasks.c.frames), (is_status(TaskStatus.ACTIVE), shown), else_=0
    )
    found = (
        select(
            tasks.c.kind,
            func.sum(tasks.c.frames),
            func.sum(done),
            func.count(),
            func.count(case((completed, 1))),
        )
        .where(tasks.c.job_id == job_id)
        .group_by(tasks.c.kind)
    )
    kinds = {
        kind: KindProgress(
            frames_total=frames,
            frames_done=frames_done,
            tasks_total=total,
            tasks_completed=completed,
        )
        for kind, frames, frames_done, total, completed in connection.execute(found)
    }
    return JobProgress(
        frames_total=sum(kind.frames_total for kind in kinds.values()),
        frames_done=sum(kind.frames_done for kind in kinds.values()),
        tasks_total=sum(kind.tasks_total for kind in kinds.values()),
        tasks_completed=sum(kind.tasks_completed for kind in kinds.values()),
        kinds=kinds,
    )


def _not_found(connection: Connection, job_id: str) -> JobNotFound:
    newest = select(jobs.c.id).order_by(jobs.c.created.desc()).limit(_NEAR_OF)
    near = get_close_matches(job_id, connection.scalars(newest).all(), n=_NEAR)
    hint = f" Near it: {', '.join(near)}." if near else ""
    return JobNotFound(f"No job has the id {job_id}.{hint}", near=near)
