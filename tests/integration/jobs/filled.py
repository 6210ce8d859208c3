"""A job table with many finished jobs in it, as years of work would leave it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from sqlalchemy import Integer, String, cast, insert, literal, select
from sqlalchemy.sql import text

from farm.jobs.models.work import attempts, events, jobs, tasks
from farm.jobs.status import JobKind, JobStatus, Queue, TaskKind, TaskStatus

if TYPE_CHECKING:
    from sqlalchemy import CTE, Connection, Table

_EVENTS = ("queued", "active", "completed")


def fill(connection: Connection, finished: int) -> None:
    """Write so many finished jobs, each with a task, an attempt and its events."""
    numbers = select(literal(1).label("n")).cte("numbers", recursive=True)
    numbers = numbers.union_all(select(numbers.c.n + 1).where(numbers.c.n < finished))
    job_id = literal("0") + cast(numbers.c.n, String)
    task_id = job_id + "-1"
    # one each second until now: none is so old that it would be forgotten
    at = numbers.c.n + literal(time.time() - finished)
    _insert(
        connection,
        jobs,
        numbers,
        id=job_id,
        kind=literal(JobKind.RENDER, jobs.c.kind.type),
        status=literal(JobStatus.COMPLETED, jobs.c.status.type),
        planned=literal(value=True),
        priority=literal(4),
        created=at,
        started=at,
        finished=at,
        warnings=literal([], jobs.c.warnings.type),
    )
    _insert(
        connection,
        tasks,
        numbers,
        id=task_id,
        job_id=job_id,
        number=literal(1),
        name=literal("output"),
        kind=literal(TaskKind.CONCAT, tasks.c.kind.type),
        status=literal(TaskStatus.COMPLETED, tasks.c.status.type),
        queue=literal(Queue.CPU_BATCH, tasks.c.queue.type),
        priority=literal(4),
        frames=literal(100),
        frames_done=literal(100),
        attempt=literal(1),
        attempts_allowed=literal(3),
        created=at,
    )
    _insert(
        connection,
        attempts,
        numbers,
        task_id=task_id,
        number=literal(1),
        worker=literal("w"),
        started=at,
        finished=at,
        lease_until=at,
        outcome=literal("completed"),
    )
    for number, status in enumerate(_EVENTS):
        _insert(
            connection,
            events,
            numbers,
            id=cast(numbers.c.n * len(_EVENTS) + number, Integer),
            job_id=job_id,
            at=at,
            after=literal(status),
        )
    if connection.dialect.name == "postgresql":
        last = "SELECT setval(pg_get_serial_sequence('events', 'id'), max(id)) "
        connection.execute(text(last + "FROM events"))


def _insert(
    connection: Connection,
    table: Table,
    numbers: CTE,
    **columns: Any,  # noqa: ANN401  # columns have many types
) -> None:
    rows = select(*columns.values()).select_from(numbers)
    connection.execute(insert(table).from_select(list(columns), rows))
