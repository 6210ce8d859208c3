"""Which worker processes there are, and whether they were heard of."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, cast

from sqlalchemy import case, delete, literal, select, update

from farm.errors import NotAllowed
from farm.jobs.clock import now, read_clock
from farm.jobs.dialect import insert_or_replace
from farm.jobs.models.work import tasks
from farm.jobs.models.workers import workers
from farm.jobs.moves import is_status
from farm.jobs.rows import read_worker
from farm.jobs.status import TaskStatus

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Connection

    from farm.jobs.demands import GpuOffer
    from farm.jobs.records import Worker

LOST_SECONDS = 20.0
"""A worker that was not seen for so long is lost; it is seen every 5 seconds."""
DRAINING = "draining"
"""A worker that finishes what it does, and takes nothing new."""
_GOING = ("online", DRAINING)
INTERACTIVE_LANE = "-interactive@"
"""In the name of the lane that a worker keeps for what a person waits for."""
_FORGET_SECONDS = 7 * 24 * 3600.0
"""Workers not heard of for so long are listed no more: each start makes a new name."""


_FIND_SLOTS = select(workers.c.queues, workers.c.slots).where(
    workers.c.state == "online", workers.c.seen >= now() - LOST_SECONDS
)


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
            "failures": 0,
            "reason": None,
        },
    )


def see_worker(connection: Connection, name: str, *, state: str) -> str:
    """Write that a worker was heard of just now; return its state.

    One that is to be drained stays so until it is offline.
    """
    stays = (workers.c.state == DRAINING) & (literal(state) == "online")
    found = connection.scalars(
        update(workers)
        .where(workers.c.name == name)
        .values(seen=now(), state=case((stays, DRAINING), else_=state))
        .returning(workers.c.state)
    )
    return found.one_or_none() or state


def drain_worker(connection: Connection, name: str) -> list[str]:
    """Let a worker finish what it does, and end; return the names of its lanes.

    It may be called by the beginning of its name, or by its host.
    """
    going = [row for row in find_workers(connection) if row.state in _GOING]
    found = {
        crew_of(row.name)
        for row in going
        if row.name.startswith(name) or row.host == name
    }
    if len(found) != 1:
        names = ", ".join(sorted(found or {crew_of(row.name) for row in going}))
        raise NotAllowed(
            f"More than one worker is called {name}: {names}."
            if found
            else f"No worker {name} is online; online: {names or 'none'}."
        )
    lanes = [row.name for row in going if crew_of(row.name) in found]
    connection.execute(
        update(workers).where(workers.c.name.in_(lanes)).values(state=DRAINING)
    )
    return lanes


def crew_of(lane: str) -> str:
    """Return the name of a worker, of which a lane is a part."""
    return lane.replace(INTERACTIVE_LANE, "@")


def mark_lost_workers(connection: Connection, *, after_seconds: float) -> list[str]:
    """Mark workers that were not heard of for so long; forget those long gone."""
    lost = connection.scalars(
        update(workers)
        .where(
            workers.c.state.in_(_GOING),
            workers.c.seen < now() - after_seconds,
        )
        .values(state="lost")
        .returning(workers.c.name)
    )
    names = sorted(lost)
    connection.execute(
        delete(workers).where(
            workers.c.state.in_(("offline", "lost")),
            workers.c.seen < now() - _FORGET_SECONDS,
        )
    )
    return names


def count_slots(connection: Connection) -> Counter[str]:
    """Return how many slots of workers that are online serve each queue."""
    slots: Counter[str] = Counter()
    for queues, count in connection.execute(_FIND_SLOTS):
        slots.update({str(queue): count for queue in cast("list[str]", queues)})
    return slots


def find_workers(
    connection: Connection, gpus: Mapping[str, GpuOffer] | None = None
) -> list[Worker]:
    """Return all workers by name, each with the tasks that it has.

    One that was not heard of is lost, whether a coordinator has seen it or not. The
    GPUs are those of workers by their names.
    """
    oldest = read_clock(connection) - LOST_SECONDS
    active: defaultdict[str | None, list[str]] = defaultdict(list)
    found = select(tasks.c.worker, tasks.c.id).where(is_status(TaskStatus.ACTIVE))
    for worker, task_id in connection.execute(found.order_by(tasks.c.started)):
        active[worker].append(task_id)
    rows = connection.execute(select(workers).order_by(workers.c.name)).mappings()
    return [
        read_worker(
            row,
            active=active[row["name"]],
            is_lost=row["seen"] < oldest,
            gpu=(gpus or {}).get(row["name"]),
        )
        for row in rows
    ]
