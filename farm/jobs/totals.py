"""Sum up what events tell, once each, so that metrics cost no count of all jobs.

Every move of a job or task writes an event in its own transaction. Here they are
read in the order of their ids, and added to sums together with the id of the last
one: nothing is counted twice or left out, whoever is killed when.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, func, select

from farm.jobs.batch import MINUTE, Batch, Key
from farm.jobs.clock import read_clock
from farm.jobs.dialect import (
    add_all,
    insert_new,
    insert_or_replace,
    insert_or_replace_all,
)
from farm.jobs.history import note_runs
from farm.jobs.models.sums import queued_tasks, recent_attempts, totals
from farm.jobs.models.work import attempts, events, jobs, tasks
from farm.jobs.rows import read_event
from farm.jobs.status import TaskStatus

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlalchemy import Connection, RowMapping

    from farm.jobs.records import Event

BATCH = 250
"""Events of one transaction: some ten milliseconds, in which others wait."""
GAP_SECONDS = 30.0
"""How long a missing id is waited for: its transaction may still be open.

No transaction of the farm may be idle for more than 10 s, or wait longer for a lock.
"""
_KEPT_MINUTES = 60
_KEYS = ("what", "kind", "queue", "detail")
_SEEN = {"what": "seen", "kind": "", "queue": "", "detail": ""}
_MOST_PARAMETERS = 500


def has_new_events(connection: Connection) -> bool:
    """Whether there are events that the sums do not hold."""
    newest = connection.execute(select(func.max(events.c.id))).scalar_one()
    return (newest or 0) > _seen(connection)


def count_behind(connection: Connection) -> int:
    """Return how many events the sums do not hold, by their ids."""
    newest = connection.execute(select(func.max(events.c.id))).scalar_one()
    return max(0, (newest or 0) - _seen(connection))


def add_up(connection: Connection) -> bool:
    """Add the next events to the sums; return whether there may be more."""
    insert_new(connection, totals, {**_SEEN, "value": 0.0})
    # one at a time: SQLite has one writer, PostgreSQL locks the row
    seen = int(connection.execute(_find_seen().with_for_update()).scalar_one())
    rows = connection.execute(_find_events(seen)).mappings().all()
    ready = without_gap(rows, after=seen, at=read_clock(connection))
    if not ready:
        return False
    sums = Batch()
    _recall_queued(connection, ready, sums)
    for row in ready:
        sums.add(row)
    _write(connection, sums)
    for part in _parts(sums.completed):
        note_runs(connection, part)
    insert_or_replace(connection, totals, {**_SEEN, "value": float(ready[-1]["id"])})
    return len(ready) == BATCH


def without_gap(
    rows: Sequence[RowMapping], *, after: int, at: float
) -> Sequence[RowMapping]:
    """Return the events up to the first id that is missing and may yet come."""
    expected = after + 1
    for place, row in enumerate(rows):
        if row["id"] != expected and row["at"] > at - GAP_SECONDS:
            return rows[:place]
        expected = row["id"] + 1
    return rows


def find_next_events(connection: Connection, *, after: int, limit: int) -> list[Event]:
    """Return the next events of all jobs, as far as none before them may yet come."""
    found = (
        select(events, jobs.c.owner, jobs.c.project)
        .join(jobs, jobs.c.id == events.c.job_id)
        .where(events.c.id > after)
        .order_by(events.c.id)
    )
    rows = connection.execute(found.limit(limit)).mappings().all()
    ready = without_gap(rows, after=after, at=read_clock(connection))
    return [read_event(row) for row in ready]


def read_totals(connection: Connection) -> dict[Key, float]:
    """Return all sums."""
    found = select(totals).where(totals.c.what != "seen")
    return {
        (row["what"], row["kind"], row["queue"], row["detail"]): row["value"]
        for row in connection.execute(found).mappings()
    }


def read_queues(connection: Connection) -> dict[str, tuple[int, float]]:
    """Return for each queue that holds tasks: how many, and since when the oldest."""
    found = select(
        queued_tasks.c.queue, func.count(), func.min(queued_tasks.c.since)
    ).group_by(queued_tasks.c.queue)
    return {queue: (count, since) for queue, count, since in connection.execute(found)}


def read_recent(connection: Connection, *, last_seconds: float) -> dict[str, int]:
    """Return how many attempts ended so lately, by outcome; whole minutes."""
    first = int(read_clock(connection) - last_seconds) // MINUTE
    found = (
        select(recent_attempts.c.outcome, func.sum(recent_attempts.c.count))
        .where(recent_attempts.c.minute > first)
        .group_by(recent_attempts.c.outcome)
    )
    return {outcome: int(count) for outcome, count in connection.execute(found)}


def find_last_summed(connection: Connection) -> int:
    """Return the id of the last event that the sums hold; 0: none."""
    return _seen(connection)


def add_to_totals(connection: Connection, values: Mapping[Key, float]) -> None:
    """Add to the sums."""
    rows = [
        {**dict(zip(_KEYS, keys, strict=True)), "value": float(value)}
        for keys, value in values.items()
    ]
    add_all(connection, totals, rows, sums=("value",))


def _find_seen() -> Any:  # noqa: ANN401  # a statement of SQLAlchemy
    return select(totals.c.value).where(
        *(totals.c[name] == value for name, value in _SEEN.items())
    )


def _seen(connection: Connection) -> int:
    return int(connection.execute(_find_seen()).scalar_one_or_none() or 0)


def _find_events(after: int) -> Any:  # noqa: ANN401  # a statement of SQLAlchemy
    return (
        select(
            events.c.id,
            events.c.job_id,
            events.c.at,
            events.c.before,
            events.c.after,
            events.c.task_id,
            jobs.c.kind.label("job_kind"),
            jobs.c.created.label("job_created"),
            tasks.c.kind.label("task_kind"),
            tasks.c.queue,
            attempts.c.outcome,
            attempts.c.started.label("attempt_started"),
            attempts.c.finished.label("attempt_finished"),
            attempts.c.error.label("attempt_error"),
        )
        .join(jobs, jobs.c.id == events.c.job_id)
        .outerjoin(tasks, tasks.c.id == events.c.task_id)
        .outerjoin(
            attempts,
            (attempts.c.task_id == events.c.task_id)
            & (attempts.c.number == events.c.attempt),
        )
        .where(events.c.id > after)
        .order_by(events.c.id)
        .limit(BATCH)
    )


def _recall_queued(
    connection: Connection, rows: Iterable[RowMapping], sums: Batch
) -> None:
    """Read since when the tasks wait that leave their queue in this batch."""
    left = [row["task_id"] for row in rows if row["before"] == TaskStatus.QUEUED]
    for part in _parts(left):
        found = select(queued_tasks).where(queued_tasks.c.task_id.in_(part))
        for row in connection.execute(found).mappings():
            sums.queued[row["task_id"]] = (row["queue"], row["since"])


def _write(connection: Connection, sums: Batch) -> None:
    add_to_totals(connection, sums.values)
    add_all(
        connection,
        recent_attempts,
        [
            {"minute": minute, "outcome": outcome, "count": count}
            for (minute, outcome), count in sums.minutes.items()
        ],
        sums=("count",),
    )
    if sums.minutes:
        oldest = max(minute for minute, _ in sums.minutes) - _KEPT_MINUTES
        connection.execute(
            delete(recent_attempts).where(recent_attempts.c.minute < oldest)
        )
    for part in _parts(list(sums.left)):
        connection.execute(delete(queued_tasks).where(queued_tasks.c.task_id.in_(part)))
    insert_or_replace_all(
        connection,
        queued_tasks,
        [
            {"task_id": task_id, "queue": queue, "since": since}
            for task_id, (queue, since) in sums.queued.items()
        ],
    )


def _parts(ids: list[str]) -> list[list[str]]:
    return [
        ids[start : start + _MOST_PARAMETERS]
        for start in range(0, len(ids), _MOST_PARAMETERS)
    ]
