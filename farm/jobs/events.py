"""Events: one row for each move of a job or a task, written with the move."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, func, insert, select, union_all

from farm.jobs.clock import now
from farm.jobs.models.work import events
from farm.jobs.rows import read_event, write_note

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection, Insert

    from farm.jobs.records import Event
    from farm.jobs.status import JobStatus, TaskStatus


_INSERT = insert(events).values(at=now()).inline()  # nobody asks for its id
_FEW = 8
"""So many are written by one statement, which is built once for each number."""
_NAMES = ("job_id", "task_id", "before", "after", "attempt", "note")


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
    if len(rows) > _FEW:
        connection.execute(_INSERT, rows)
        return
    connection.execute(
        _insert_few(len(rows)),
        {
            f"{name}_{number}": value
            for number, row in enumerate(rows)
            for name, value in row.items()
        },
    )


@cache
def _insert_few(count: int) -> Insert:
    """Return what writes so many rows at once: a list of rows takes round trips."""
    of_event = events.c
    rows = [
        select(
            now(),
            *(bindparam(f"{name}_{row}", type_=of_event[name].type) for name in _NAMES),
        )
        for row in range(count)
    ]
    # what VALUES with several rows takes is built anew each time
    return insert(events).from_select(["at", *_NAMES], union_all(*rows)).inline()


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
