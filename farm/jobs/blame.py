"""Whose fault a failed attempt is: the worker's, the task's, or nobody's.

A task that failed on one worker is tried on another where there is one. When that one
completes it, the first one is to blame; a worker that is to blame several times in a
row, with no success of its own in between, is drained. A task that fails everywhere
blames no worker: what one user's broken files do costs the farm no machine.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select, update

from farm.errors import WorkerLost
from farm.jobs.clock import now, read_clock
from farm.jobs.models.work import attempts, tasks
from farm.jobs.models.workers import workers
from farm.jobs.workers import DRAINING, crew_of

if TYPE_CHECKING:
    from sqlalchemy import Connection, RowMapping

    from farm.jobs.status import Queue

FAILURES_IN_A_ROW = 3
"""A worker that is to blame so often is drained."""
_HEARD_SECONDS = 12.0
"""A worker that was not heard of for so long is not waited for; it is heard of every
5 s."""
_BLAMED = ("failed", "stalled")
OF_WORKER = (
    tasks.c.worker,
    select(workers.c.failures)
    .where(workers.c.name == tasks.c.worker)
    .scalar_subquery()
    .label("failures"),
)
"""The worker of a task, and how often it was to blame in a row."""


def is_for_another(
    connection: Connection,
    task_id: str,
    *,
    queue: Queue,
    worker: str,
    wait_seconds: float,
) -> bool:
    """Whether a worker failed at a task that another one may take.

    The other one is waited for so long after the failure, and no longer: it may be
    busy.
    """
    ended = connection.execute(_find_ended(task_id)).mappings().all()
    blamed = {crew_of(row["worker"]) for row in ended}
    if crew_of(worker) not in blamed:
        return False
    at = read_clock(connection)
    if at - max(row["finished"] for row in ended) > wait_seconds:
        return False
    heard = select(workers.c.name, workers.c.queues).where(
        workers.c.state == "online", workers.c.seen > at - _HEARD_SECONDS
    )
    return any(
        queue.value in row["queues"] and crew_of(row["name"]) not in blamed
        for row in connection.execute(heard).mappings()
    )


def find_failures(connection: Connection, task_id: str) -> tuple[str, ...]:
    """Return the kinds of the errors that a task's attempts ended with."""
    rows = connection.execute(_find_ended(task_id)).mappings()
    return tuple(str((row["error"] or {}).get("kind", "")) for row in rows)


def note_completed(
    connection: Connection, task_id: str, *, attempt: int, by: str
) -> None:
    """Clear the name of the worker that completed a task; blame those before it."""
    blamed: dict[str, str] = {}
    for row in _ended_before(connection, task_id, attempt):
        if crew_of(row["worker"]) != crew_of(by):
            blamed[row["worker"]] = (row["error"] or {}).get("message", "it was lost")
    for name in sorted({by, *blamed}):  # in one order: no two wait for each other
        if name == by:
            connection.execute(
                update(workers)
                .where(workers.c.name == by, workers.c.failures > 0)
                .values(failures=0)
            )
        else:
            _blame(connection, name, last=blamed[name])


def _blame(connection: Connection, name: str, *, last: str) -> None:
    failures = connection.execute(
        update(workers)
        .where(workers.c.name == name)
        .values(failures=workers.c.failures + 1)
        .returning(workers.c.failures)
    ).scalar_one_or_none()
    if failures is None or failures < FAILURES_IN_A_ROW:
        return
    reason = (
        f"it failed at {failures} tasks in a row that other workers completed; "
        f"the last time: {last}"
    )
    names = [
        each
        for each in connection.scalars(select(workers.c.name))
        if crew_of(each) == crew_of(name)
    ]
    connection.execute(
        update(workers)
        .where(workers.c.name.in_(names), workers.c.state == "online")
        .values(state=DRAINING, reason=reason)
    )


def explain_lost(
    connection: Connection, task_id: str, *, attempt: int, error: WorkerLost
) -> WorkerLost:
    """Return the error of a task whose last attempt was lost with its worker."""
    lost = 1 + sum(
        (row["error"] or {}).get("kind") == WorkerLost.__name__
        for row in _ended_before(connection, task_id, attempt)
    )
    if lost == 1:
        return error
    return WorkerLost(
        f"its worker was lost at {lost} of {attempt} attempts: what it works on may "
        f"be what ends workers (out of memory, or a crash); the last time: "
        f"{error.message}",
        **error.facts,
        lost_attempts=lost,
    )


def _ended_before(
    connection: Connection, task_id: str, attempt: int
) -> list[RowMapping]:
    if attempt == 1:
        return []
    found = _find_ended(task_id).where(attempts.c.number < attempt)
    return list(connection.execute(found).mappings())


def _find_ended(task_id: str) -> Any:  # noqa: ANN401  # a statement of SQLAlchemy
    return (
        select(
            attempts.c.worker,
            attempts.c.error,
            func.coalesce(attempts.c.finished, now()).label("finished"),
        )
        .where(attempts.c.task_id == task_id, attempts.c.outcome.in_(_BLAMED))
        .order_by(attempts.c.number)
    )
