"""What each owner has at work, and may have."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, select

from farm.jobs.clock import now
from farm.jobs.models.work import tasks
from farm.jobs.moves import is_status
from farm.jobs.status import Queue, TaskStatus

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from sqlalchemy import Connection


_ACTIVE = select(tasks.c.queue, tasks.c.owner).where(is_status(TaskStatus.ACTIVE))
_SENT = select(tasks.c.id, tasks.c.queue, tasks.c.owner).where(
    is_status(TaskStatus.QUEUED), tasks.c.sent >= now() - bindparam("resend_seconds")
)


@dataclass(slots=True, kw_only=True)
class AtWork:
    """What each owner has at work, and may have."""

    in_queue: Counter[tuple[Queue, str]]
    in_all: Counter[str]
    on_their_way: frozenset[str]
    """Tasks that a worker has just taken, as far as is known."""
    limit_of: Callable[[str], int | None]

    def may_have_more(self, owner: str) -> bool:
        """Whether an owner is below the limit."""
        limit = self.limit_of(owner)
        return limit is None or self.in_all[owner] < limit

    def add(self, queue: Queue, owner: str) -> None:
        """Count a task more."""
        self.in_queue[queue, owner] += 1
        self.in_all[owner] += 1


def read_at_work(
    connection: Connection,
    *,
    waiting: Collection[str],
    resend_seconds: float,
    limit_of: Callable[[str], int | None],
) -> AtWork:
    """Return what is at work: active tasks, and those on their way to a worker."""
    known = set(waiting)
    sent = connection.execute(_SENT, {"resend_seconds": resend_seconds})
    gone = [row for row in sent if row[0] not in known]
    found = AtWork(
        in_queue=Counter(),
        in_all=Counter(),
        on_their_way=frozenset(row[0] for row in gone),
        limit_of=limit_of,
    )
    for queue, owner in connection.execute(_ACTIVE):
        found.add(queue, owner)
    for _, queue, owner in gone:
        found.add(queue, owner)
    return found
