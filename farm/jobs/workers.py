"""Which worker processes there are, and whether they were heard of."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from sqlalchemy import delete, select, update

from farm.jobs.clock import now, read_clock
from farm.jobs.dialect import insert_or_replace
from farm.jobs.models import tasks, workers
from farm.jobs.moves import is_status
from farm.jobs.rows import read_worker
from farm.jobs.status import TaskStatus

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from farm.jobs.records import Worker

LOST_SECONDS = 20.0
"""A worker that was not seen for so long is lost; it is seen every 5 seconds."""
_FORGET_SECONDS = 7 * 24 * 3600.0
"""Workers not heard of for so long are listed no more: each start makes a new name."""


def register_worker(  # noqa: PLR0913  # a worker is this many facts
    connection: Connection,
    *,
    name: str,
    host: str,
    pid: int,
    queues: Sequence[str],
    slots: int,
    device: str | None,
    ffmpeg: str | None,
) -> None:
    """Write that a worker has started; one of this name is replaced."""
    insert_or_replace(
        connection,
        workers,
        {
            "name": name,
            "host": host,
            "pid": pid,
            "queues": [str(queue) for queue in queues],
            "slots": slots,
            "device": device,
            "ffmpeg": ffmpeg,
            "started": now(),
            "seen": now(),
            "state": "online",
        },
    )


def see_worker(connection: Connection, name: str, *, state: str) -> None:
    """Write that a worker was heard of just now."""
    connection.execute(
        update(workers).where(workers.c.name == name).values(seen=now(), state=state)
    )


def mark_lost_workers(connection: Connection, *, after_seconds: float) -> list[str]:
    """Mark workers that were not heard of for so long; forget those long gone."""
    lost = connection.scalars(
        update(workers)
        .where(workers.c.state == "online", workers.c.seen < now() - after_seconds)
        .values(state="lost")
        .returning(workers.c.name)
    )
    names = sorted(lost)
    connection.execute(
        delete(workers).where(
            workers.c.state != "online", workers.c.seen < now() - _FORGET_SECONDS
        )
    )
    return names


def find_workers(connection: Connection) -> list[Worker]:
    """Return all workers by name, each with the tasks that it has.

    One that was not heard of is lost, whether a coordinator has seen it or not.
    """
    oldest = read_clock(connection) - LOST_SECONDS
    active: defaultdict[str | None, list[str]] = defaultdict(list)
    found = select(tasks.c.worker, tasks.c.id).where(is_status(TaskStatus.ACTIVE))
    for worker, task_id in connection.execute(found.order_by(tasks.c.started)):
        active[worker].append(task_id)
    rows = connection.execute(select(workers).order_by(workers.c.name)).mappings()
    return [
        read_worker(row, active=active[row["name"]], is_lost=row["seen"] < oldest)
        for row in rows
    ]
