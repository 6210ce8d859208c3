"""What the coordinator asks: what is open, what is ready, what is to be sent."""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from itertools import chain, zip_longest
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, bindparam, exists, not_, or_, select, update

from farm.jobs.clock import now
from farm.jobs.models.work import jobs, task_needs, tasks
from farm.jobs.moves import (
    OPEN,
    is_status,
    job_is_open,
    job_is_unfinished,
    lock_jobs,
    move_tasks,
)
from farm.jobs.records import JobId, TaskId
from farm.jobs.status import TaskStatus
from farm.jobs.steps import one_is

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import ColumnElement, Connection, Select


def find_jobs_to_settle(connection: Connection) -> list[JobId]:
    """Return open jobs that cannot go on by themselves: owners in turn, oldest first.

    Either a task failed, or no task is left to do: the job is to be planned,
    completed or failed.
    """
    ids: defaultdict[str | None, list[str]] = defaultdict(list)
    found = connection.execute(_find_to_settle()).mappings()
    for job in sorted(found, key=lambda job: (job["created"], job["id"])):
        ids[job["owner"]].append(job["id"])
    in_turn = chain.from_iterable(zip_longest(*ids.values()))
    return [JobId(job_id) for job_id in in_turn if job_id is not None]


@cache
def _find_to_settle() -> Select[str, str | None, float]:
    of_job = tasks.c.job_id == jobs.c.id
    failed = exists().where(of_job, tasks.c.status == TaskStatus.FAILED)
    going = (TaskStatus.WAITING, TaskStatus.QUEUED, TaskStatus.ACTIVE)
    left = exists().where(of_job, tasks.c.status.in_(going))
    # in no order: the index of that holds all jobs
    return select(jobs.c.id, jobs.c.owner, jobs.c.created).where(
        job_is_unfinished(), jobs.c.status.in_(OPEN), or_(failed, not_(left))
    )


def find_jobs_with_ready_tasks(connection: Connection) -> list[str]:
    """Return the jobs that have waiting tasks whose needs are all completed."""
    return sorted(set(connection.scalars(_find_ready())))


@cache
def _find_ready() -> Select[Any]:
    return select(tasks.c.job_id).where(is_status(TaskStatus.WAITING), _is_ready())


def release_ready(connection: Connection, job_ids: Iterable[str]) -> list[TaskId]:
    """Queue the waiting tasks of these jobs whose needs are all completed."""
    locked = lock_jobs(connection, job_ids)
    moved = move_tasks(
        connection,
        tasks.c.job_id.in_(sorted(locked)),
        _is_ready(),
        before=TaskStatus.WAITING,
        to=TaskStatus.QUEUED,
    )
    return [TaskId(task.id) for task in moved]


_AMONG = tasks.c.id.in_(bindparam("ids", expanding=True))
_LOCK_QUEUED = (
    select(tasks.c.id)
    .where(_AMONG, one_is(TaskStatus.QUEUED))
    .with_for_update(skip_locked=True, key_share=True)
)
_MARK_SENT = update(tasks).where(tasks.c.id.in_(_LOCK_QUEUED)).values(sent=now())


def mark_sent(connection: Connection, task_ids: Iterable[str]) -> None:
    """Note that tasks were sent to the broker.

    A task that somebody moves at this moment is left out; at worst it is sent twice.
    """
    connection.execute(_MARK_SENT, {"ids": list(task_ids)})


def _is_ready() -> ColumnElement[bool]:
    needed = tasks.alias("needed")
    unmet = exists().where(
        task_needs.c.task_id == tasks.c.id,
        needed.c.id == task_needs.c.needed_id,
        needed.c.status != TaskStatus.COMPLETED,
    )
    return and_(not_(unmet), job_is_open())
