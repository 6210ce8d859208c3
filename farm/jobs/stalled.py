"""Take tasks back from workers that were not heard of until the lease ran out."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, select, update

from farm.errors import WorkerLost
from farm.jobs.attempts import Ending
from farm.jobs.blame import explain_lost
from farm.jobs.clock import now
from farm.jobs.endings import REQUEUED
from farm.jobs.models.work import tasks
from farm.jobs.moves import MovedTask, is_status, lock_jobs, move_tasks
from farm.jobs.records import TaskId
from farm.jobs.rows import write_error
from farm.jobs.status import TaskStatus

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Connection


def find_jobs_with_stalled_tasks(connection: Connection) -> list[str]:
    """Return the jobs that have tasks whose lease is over."""
    found = select(tasks.c.job_id).where(is_status(TaskStatus.ACTIVE), _lease_is_over())
    return sorted(set(connection.scalars(found)))


def requeue_stalled(connection: Connection, job_ids: Iterable[str]) -> list[TaskId]:
    """Take back the tasks of these jobs whose lease is over; return them.

    Those of a job that has ended are cancelled, those without another attempt fail,
    the others are queued again.
    """
    locked = lock_jobs(connection, job_ids)
    ended = sorted(key for key, job in locked.items() if job["status"].is_final)
    going = sorted(set(locked) - set(ended))
    over: dict[str, Any] = {"lease_until": None, "finished": now()}
    error = WorkerLost("The worker was not heard of until its lease was over.")
    lost = write_error(error)
    take_back = partial(
        _take_back, connection, ending=Ending(outcome="stalled", error=lost)
    )
    moved = [
        *take_back(tasks.c.job_id.in_(ended), to=TaskStatus.CANCELLED, values=over),
        *take_back(
            tasks.c.job_id.in_(going),
            tasks.c.attempt < tasks.c.attempts_allowed,
            to=TaskStatus.QUEUED,
            values=REQUEUED,
        ),
        *(
            failed := take_back(
                tasks.c.job_id.in_(going),
                to=TaskStatus.FAILED,
                values=over | {"error": lost},
            )
        ),
    ]
    for task in failed:
        told = explain_lost(connection, task.id, attempt=task.attempt, error=error)
        connection.execute(
            update(tasks).where(tasks.c.id == task.id).values(error=write_error(told))
        )
    return [TaskId(task.id) for task in moved]


def _take_back(
    connection: Connection,
    *where: ColumnElement[bool],
    to: TaskStatus,
    values: dict[str, Any],
    ending: Ending,
) -> list[MovedTask]:
    return move_tasks(
        connection,
        _lease_is_over(),
        *where,
        before=TaskStatus.ACTIVE,
        to=to,
        note="stalled",
        ending=ending,
        **values,
    )


def _lease_is_over() -> ColumnElement[bool]:
    return tasks.c.lease_until < now()
