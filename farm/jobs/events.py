"""Events: one row for each move of a job or a task, written with the move."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, insert, select

from farm.jobs.clock import now
from farm.jobs.models.work import events
from farm.jobs.rows import read_event, write_note

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from farm.jobs.records import Event
    from farm.jobs.status import JobStatus, TaskStatus


_INSERT = insert(events).values(at=now()).inline()  # nobody asks for its id


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A job or task that came from one status to another."""

    job_id: str
    task_id: str | None = None
    before: JobStatus | TaskStatus | None
    """``None`` where it is new."""
    after: JobStatus | TaskStatus
    attempt: int | None = None
    note: str | None = None


def write_events(connection: Connection, moves: Sequence[Move]) -> None:
    """Write one event a move."""
    if not moves:
        return
    rows = [
        {
            "job_id": move.job_id,
            "task_id": move.task_id,
            "before": move.before and move.before.value,
            "after": move.after.value,
            "attempt": move.attempt,
            "note": write_note(move.note),
        }
        for move in moves
    ]
    # a list of one would take more round trips
    connection.execute(_INSERT, rows if len(rows) > 1 else rows[0])


def find_events(connection: Connection, job_id: str, *, after: int) -> list[Event]:
    """Return the events of a job and its tasks, oldest first.

    All moves of one job are made one after the other, so that a later look at
    `after` the last seen id misses none.
    """
    found = select(events).where(events.c.job_id == job_id, events.c.id > after)
    rows = connection.execute(found.order_by(events.c.id)).mappings()
    return [read_event(row) for row in rows]


def find_last_id(connection: Connection) -> int:
    """Return the id of the newest event; 0: there is none."""
    found: int | None = connection.execute(select(func.max(events.c.id))).scalar_one()
    return found or 0
