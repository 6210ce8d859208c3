"""What a worker says of a task: that it takes it, and that it is still at it.

An attempt's number is its fencing token: once the task has another attempt, or is
active no more, nothing that the old attempt says changes anything.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, exists, or_, select, update

from farm.jobs import blame
from farm.jobs.attempts import OF_ATTEMPT
from farm.jobs.clock import now
from farm.jobs.endings import owned
from farm.jobs.gpus import find_demand, find_other_queue, put_off, take_gpu
from farm.jobs.models.work import jobs, task_needs, tasks
from farm.jobs.models.workers import task_demands
from farm.jobs.moves import (
    OPEN,
    find_job_of,
    job_goes_on,
    locking,
)
from farm.jobs.records import Beat, Claim
from farm.jobs.rows import READ, read_task
from farm.jobs.status import JobStatus, TaskStatus
from farm.jobs.steps import Step, one_is

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydantic import JsonValue
    from sqlalchemy import Connection

    from farm.jobs.demands import GpuOffer

_LEAVE_SECONDS = 0.3
"""How long a task is left alone that is sent again for another worker."""
_FIND = find_job_of(
    one_is(TaskStatus.QUEUED),
    columns=(
        jobs.c.id,
        jobs.c.kind,
        jobs.c.status,
        jobs.c.project,
        tasks.c.queue,
        tasks.c.attempt,
        exists().where(task_demands.c.task_id == tasks.c.id).label("has_demand"),
        exists().where(task_needs.c.task_id == tasks.c.id).label("has_needs"),
    ),
)
_SET: dict[str, Any] = {"frames_done": 0, "finished": None, "error": None}
"""What a task has that is just claimed."""
_FIND_AND_LOCK = locking(_FIND)
_TAKE = Step.of(
    tasks.c.id == bindparam("of_task"),
    tasks.c.attempt == bindparam("so_far"),  # else it was tried while this one waited
    or_(tasks.c.not_before.is_(None), tasks.c.not_before <= now()),
    before=TaskStatus.QUEUED,
    to=TaskStatus.ACTIVE,
    columns=tuple(tasks.c[name] for name in READ if name not in _SET),
    begins=True,
    holds=locking(
        find_job_of(
            one_is(TaskStatus.QUEUED), jobs.c.status.in_(OPEN), columns=(jobs.c.id,)
        )
    ),
    attempt=tasks.c.attempt + 1,
    worker=bindparam("by"),
    lease_until=now() + bindparam("lease_seconds"),
    not_before=None,
    started=now(),
    **_SET,
)
_RENEW = (
    update(tasks)
    .where(*owned(bindparam("of_task"), bindparam("by_attempt")), job_goes_on())
    .values(
        lease_until=now() + bindparam("lease_seconds"), frames_done=bindparam("done")
    )
    .returning(tasks.c.lease_until)
)
_RENEW_ATTEMPT = OF_ATTEMPT.values(lease_until=bindparam("renewed"))


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
    find = _FIND if gpu is None else _FIND_AND_LOCK
    found = connection.execute(find, {"of_task": task_id}).mappings().one_or_none()
    if found is None or found["status"] not in OPEN:
        return None
    was_tried = found["attempt"] > 0
    if was_tried and blame.is_for_another(
        connection,
        task_id,
        queue=found["queue"],
        worker=worker,
        wait_seconds=lease_seconds,
    ):
        _leave_for_another(connection, task_id)
        return None
    failures = blame.find_failures(connection, task_id) if was_tried else ()
    if why := _refuse(connection, task_id, gpu, has_demand=found["has_demand"]):
        put_off(connection, task_id)
        on_put_off(why)
        return None
    rows = _TAKE.take(
        connection,
        note=worker,
        starts=found["status"] is JobStatus.QUEUED,
        of_task=task_id,
        so_far=found["attempt"],
        by=worker,
        lease_seconds=lease_seconds,
    )
    if not rows:
        return None
    row = rows[0]
    return Claim(
        task=read_task({**row, **_SET}),
        attempt=row["attempt"],
        job_kind=found["kind"],
        project=found["project"],
        needs=_results_of_needs(connection, task_id) if found["has_needs"] else {},
        failures=failures,
    )


def _refuse(
    connection: Connection, task_id: str, gpu: GpuOffer | None, *, has_demand: bool
) -> str | None:
    """Take what a task needs of a GPU; say why that is not to be had, else ``None``."""
    demand = find_demand(connection, task_id) if has_demand else None
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
        _RENEW,
        {
            "of_task": task_id,
            "by_attempt": attempt,
            "lease_seconds": lease_seconds,
            "done": frames_done,
        },
    ).scalar_one_or_none()
    if renewed is not None:
        connection.execute(
            _RENEW_ATTEMPT,
            {"of_task": task_id, "by_attempt": attempt, "renewed": renewed},
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


def _leave_for_another(connection: Connection, task_id: str) -> None:
    """Have a task sent again in a moment: perhaps another worker takes it then."""
    connection.execute(
        update(tasks)
        .where(tasks.c.id == task_id, one_is(TaskStatus.QUEUED))
        .values(sent=None, not_before=now() + _LEAVE_SECONDS)
    )


def _results_of_needs(connection: Connection, task_id: str) -> dict[str, JsonValue]:
    found = (
        select(tasks.c.name, tasks.c.result)
        .join(task_needs, task_needs.c.needed_id == tasks.c.id)
        .where(task_needs.c.task_id == task_id)
        .order_by(tasks.c.number)
    )
    return {row["name"]: row["result"] for row in connection.execute(found).mappings()}
