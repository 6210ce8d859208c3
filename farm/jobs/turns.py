"""Whose turn it is: the order in which queued tasks go to the workers of a queue.

The highest priority comes first. Within a priority, owners take turns: next is the
owner who has the fewest tasks at work in this queue, and of several the one who was
served longest ago. Within an owner, the oldest task is next. An owner who has as many
tasks at work as the limit allows waits.

```
alice  a3 a4 a5 …     two at work   ┐
bob    b1             none at work  ├─►  b1 c1 c2 a3 …
carol  c1 c2          none at work  ┘
```
All of it is read from small indexes of queued tasks: the time that it takes grows with
the number of owners who wait and of tasks asked for, not with the number of tasks.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache, partial
from heapq import heapify, heappop, heappush
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import bindparam, func, or_, select

from farm.jobs.at_work import AtWork, read_at_work
from farm.jobs.clock import now
from farm.jobs.levels import IN_ORDER
from farm.jobs.models.work import tasks
from farm.jobs.moves import job_is_open
from farm.jobs.records import JobId, TaskId, Turn
from farm.jobs.status import Queue, TaskStatus
from farm.jobs.steps import status_is

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from sqlalchemy import Connection, FromClause, Select


def find_turns(
    connection: Connection,
    levels: Mapping[Queue, Collection[int]],
    *,
    room: Mapping[Queue, int],
    waiting: Collection[str],
    resend_seconds: float,
    limit_of: Callable[[str], int | None],
) -> dict[Queue, list[Turn]]:
    """Return which tasks are next in each queue, as many as it has room for.

    Args:
        connection: to the job table.
        levels: queues and priorities to look at, as `find_levels` returns them.
        room: how many tasks may wait in each queue of the broker.
        waiting: tasks whose message no worker has taken yet. Those that were sent
            lately and wait no more are on their way: they count as at work.
        resend_seconds: how long a task that was sent is believed to be on its way.
        limit_of: most tasks that an owner may have at work; ``None``: any number.
    """
    at_work = read_at_work(
        connection, waiting=waiting, resend_seconds=resend_seconds, limit_of=limit_of
    )
    return {
        queue: _find_next(
            connection,
            queue,
            levels[queue],
            at_work=at_work,
            room=room[queue],
            resend_seconds=resend_seconds,
        )
        for queue in IN_ORDER
        if queue in levels
    }


@dataclass(slots=True, kw_only=True)
class _Line:
    """The tasks of one owner that wait at one priority, read when they are needed."""

    owner: str
    connection: Connection
    statement: Select[*tuple[Any, ...]]
    passed: frozenset[str]
    resend_seconds: float
    tasks: list[Turn] = field(default_factory=list)
    read: int = 0
    is_whole: bool = False

    def take(self, *, at_least: int) -> Turn | None:
        """Return the next task; ``None``: there is no more."""
        while not self.tasks and not self.is_whole:
            self._read(at_least + len(self.passed))
        return self.tasks.pop() if self.tasks else None

    def _read(self, limit: int) -> None:
        asked = {
            "of_owner": self.owner,
            "most": limit,
            "first": self.read,
            "resend_seconds": self.resend_seconds,
        }
        rows = self.connection.execute(self.statement, asked).mappings().all()
        self.read += len(rows)
        self.is_whole = len(rows) < limit
        self.tasks = [
            Turn(
                task_id=TaskId(row["id"]),
                job_id=JobId(row["job_id"]),
                name=row["name"],
                kind=row["kind"],
                queue=row["queue"],
                priority=row["priority"],
                is_due=bool(row["is_due"]),
            )
            for row in reversed(rows)
            if row["id"] not in self.passed
        ]


class _Place(NamedTuple):
    """Where an owner stands; the smallest is next."""

    at_work: int
    served: float
    """When a task of the owner was last started, in seconds since 1970."""
    owner: str


def _find_next(
    connection: Connection,
    queue: Queue,
    priorities: Collection[int],
    *,
    at_work: AtWork,
    room: int,
    resend_seconds: float,
) -> list[Turn]:
    chosen: list[Turn] = []
    for priority in priorities:
        if len(chosen) >= room:
            break
        _take_turns(
            chosen,
            partial(
                _Line,
                connection=connection,
                statement=_find_line(queue, priority),
                passed=at_work.on_their_way,
                resend_seconds=resend_seconds,
            ),
            _find_owners(connection, queue, priority),
            queue=queue,
            at_work=at_work,
            room=room,
        )
    return chosen


@cache
def _find_line(queue: Queue, priority: int) -> Select[*tuple[Any, ...]]:
    """Ask for the tasks of one owner that wait there, in their order; built once."""
    is_due = or_(
        tasks.c.sent.is_(None), tasks.c.sent < now() - bindparam("resend_seconds")
    )
    return (
        select(
            tasks.c.id,
            tasks.c.job_id,
            tasks.c.name,
            tasks.c.kind,
            tasks.c.queue,
            tasks.c.priority,
            is_due.label("is_due"),
        )
        .where(
            *_at(tasks, queue, priority),
            or_(tasks.c.not_before.is_(None), tasks.c.not_before <= now()),
            job_is_open(),
            tasks.c.owner == bindparam("of_owner"),
        )
        .order_by(tasks.c.created, tasks.c.job_id, tasks.c.number)
        .limit(bindparam("most"))
        .offset(bindparam("first"))
    )


def _take_turns(
    chosen: list[Turn],
    line_of: Callable[..., _Line],
    served: Mapping[str, float],
    *,
    queue: Queue,
    at_work: AtWork,
    room: int,
) -> None:
    """Choose tasks until there is no more room, as workers would take them."""
    places = [
        _Place(at_work.in_queue[queue, owner], at, owner)
        for owner, at in served.items()
    ]
    heapify(places)
    lines: dict[str, _Line] = {}
    last = max(served.values(), default=0.0)
    while places and len(chosen) < room:
        owner = heappop(places).owner
        if not at_work.may_have_more(owner):
            continue
        a_share = (room - len(chosen)) // (len(places) + 1) + 1
        if owner not in lines:
            lines[owner] = line_of(owner=owner)
        turn = lines[owner].take(at_least=a_share)
        if turn is None:
            continue
        chosen.append(turn)
        at_work.add(queue, owner)
        last += 1.0
        heappush(places, _Place(at_work.in_queue[queue, owner], last, owner))


def _find_owners(
    connection: Connection, queue: Queue, priority: int
) -> dict[str, float]:
    """Return who has tasks in a queue, and when each was last served (0: never)."""
    rows = connection.execute(_find_all_owners(queue, priority))
    return {owner: at or 0.0 for owner, at in rows}


@cache
def _find_all_owners(queue: Queue, priority: int) -> Select[Any]:
    """Ask for the owners of the tasks in a queue; built once.

    The index is read from each owner to the next, and not what lies between them.
    """
    first = select(func.min(tasks.c.owner).label("owner"))
    owners = first.where(*_at(tasks, queue, priority)).cte("owners", recursive=True)
    later = tasks.alias("later")
    following = select(func.min(later.c.owner)).where(
        *_at(later, queue, priority), later.c.owner > owners.c.owner
    )
    owners = owners.union_all(
        select(following.correlate(owners).scalar_subquery()).where(
            owners.c.owner.is_not(None)
        )
    )
    done = tasks.alias("done")
    served = select(func.max(done.c.started)).where(
        done.c.owner == owners.c.owner, done.c.queue == queue
    )
    return select(
        owners.c.owner, served.correlate(owners).scalar_subquery().label("served")
    ).where(owners.c.owner.is_not(None))


def _at(table: FromClause, queue: Queue, priority: int) -> tuple[Any, ...]:
    """Whether a task is queued here; written out, so that the small index serves."""
    return (
        status_is(table, TaskStatus.QUEUED),
        table.c.queue == queue,
        table.c.priority == priority,
    )
