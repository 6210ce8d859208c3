"""Which queues hold tasks, and at which priorities."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from sqlalchemy import func, literal, select, union_all

from farm.jobs.models.work import tasks
from farm.jobs.moves import is_status
from farm.jobs.status import Queue, TaskStatus
from farm.jobs.steps import status_is

if TYPE_CHECKING:
    from sqlalchemy import Connection, Select

IN_ORDER = (
    Queue.CPU_INTERACTIVE,
    Queue.GPU_INTERACTIVE,
    Queue.CPU_BATCH,
    Queue.GPU_BATCH,
)
"""Who has a limit for all queues spends it on what a person waits for first."""


def find_levels(connection: Connection) -> dict[Queue, list[int]]:
    """Return the queues that hold tasks, and their priorities, highest first."""
    levels: dict[Queue, list[int]] = {}
    for queue, priority in connection.execute(_find_all_levels()):
        levels.setdefault(queue, []).append(priority)
    return {
        queue: sorted(levels[queue], reverse=True)
        for queue in IN_ORDER
        if queue in levels
    }


@cache
def _find_all_levels() -> Select[Queue, int]:
    """Ask for the queues and priorities that hold tasks; built once.

    The index is read from each priority to the next lower one, and not what lies
    between them.
    """
    word = tasks.c.queue.type
    queues = union_all(
        *(select(literal(queue, word).label("queue")) for queue in IN_ORDER)
    ).subquery("queues")
    highest = select(func.max(tasks.c.priority)).where(
        is_status(TaskStatus.QUEUED), tasks.c.queue == queues.c.queue
    )
    levels = select(
        queues.c.queue, highest.correlate(queues).scalar_subquery().label("priority")
    ).cte("levels", recursive=True)
    later = tasks.alias("later")
    lower = select(func.max(later.c.priority)).where(
        status_is(later, TaskStatus.QUEUED),
        later.c.queue == levels.c.queue,
        later.c.priority < levels.c.priority,
    )
    levels = levels.union_all(
        select(levels.c.queue, lower.correlate(levels).scalar_subquery()).where(
            levels.c.priority.is_not(None)
        )
    )
    found = select(levels.c.queue, levels.c.priority)
    return found.where(levels.c.priority.is_not(None))
