"""The only place where a status changes: moves of tasks and of jobs, checked.

What is written with a move is part of it. Its statement is built once: building takes
as long as asking. PostgreSQL does a move, its events and what becomes of the attempts
in one statement; SQLite has no such statement, and needs no round trip for each.

What a worker says of one task is not more than that: the statement locks the job, too,
and is a transaction by itself (see `farm.jobs.at_once`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from sqlalchemy import bindparam, func, select, text, update

from farm.errors import NotAllowed
from farm.jobs.at_once import STARTED, begin, end, find_events_of, start, tell
from farm.jobs.attempts import begin_attempts, end_attempts
from farm.jobs.clock import now
from farm.jobs.events import Move, write_events
from farm.jobs.models.work import jobs, tasks
from farm.jobs.rows import write_note
from farm.jobs.status import JOB_MOVES, TASK_MOVES, JobStatus, TaskStatus

if TYPE_CHECKING:
    from sqlalchemy import (
        ColumnElement,
        Connection,
        FromClause,
        RowMapping,
        Select,
        Update,
    )
    from sqlalchemy.sql.dml import ReturningUpdate

    from farm.jobs.attempts import Ending

OF_MOVED = (
    tasks.c.id,
    tasks.c.job_id,
    tasks.c.number,
    tasks.c.attempt,
    now().label("at"),
)
"""What is read of tasks that are moved; what they made may be many megabytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A move of tasks. Values that differ each time are parameters: ``bindparam``."""

    before: TaskStatus
    to: TaskStatus
    begins: bool
    statement: ReturningUpdate[Any]
    at_once: Select[Any]
    """The same with all that is written with it."""
    at_once_ending: Select[Any]
    """The same, and ends the attempts that the tasks have had."""

    @classmethod
    def of(
        cls,
        *where: ColumnElement[bool],
        before: TaskStatus,
        to: TaskStatus,
        columns: tuple[ColumnElement[Any], ...] = OF_MOVED,
        begins: bool = False,
        holds: Select[Any] | None = None,
        **values: Any,  # noqa: ANN401  # columns have many types
    ) -> Self:
        """Return the move of tasks that are in one status and fit.

        Args:
            where: what must hold of a task.
            before: its status.
            to: what becomes its status.
            columns: what is read of it then.
            begins: whether an attempt begins with it, and its job with the first.
            holds: what locks the job of the one task that it moves, where that is not
                locked yet; it returns the id.
            values: other columns that are set with it.
        """
        if to not in TASK_MOVES[before]:
            raise NotAllowed(f"A task that is {before.value} cannot become {to.value}.")
        statement = (
            update(tasks)
            .where(
                status_is(tasks, before) if holds is None else one_is(before), *where
            )
            .values(status=to, **values)
            .returning(*columns)
        )
        held = None if holds is None else holds.cte("held")
        locking = (
            statement if held is None else statement.where(tasks.c.job_id == held.c.id)
        )
        moved = locking.cte("moved")
        told = [find_events_of(moved, before=before, to=to)]
        at_once = select(moved).order_by(moved.c.job_id, moved.c.number)
        if begins:
            told.append(
                find_events_of(
                    start(moved),
                    before=JobStatus.QUEUED,
                    to=JobStatus.ACTIVE,
                    has_note=False,
                )
            )
            at_once = at_once.add_cte(begin(moved))
        at_once = at_once.add_cte(tell(*told))
        return cls(
            before=before,
            to=to,
            begins=begins,
            statement=statement,
            at_once=at_once,
            at_once_ending=at_once.add_cte(end(moved)),
        )

    def take(
        self,
        connection: Connection,
        *,
        note: str | None = None,
        ending: Ending | None = None,
        starts: bool = False,
        **parameters: Any,  # noqa: ANN401  # columns have many types
    ) -> list[RowMapping]:
        """Move tasks, with an event for each; return them in order.

        Their jobs are locked, or the statement locks the one.

        Args:
            connection: to the job table.
            note: for the events.
            ending: how the attempts end that the tasks have had.
            starts: whether the job of the task has not started yet; PostgreSQL looks.
            parameters: what the statement asks for.
        """
        if connection.dialect.name == "postgresql":
            parameters["its_note"] = write_note(note)
            if ending is None:
                rows = connection.execute(self.at_once, parameters).mappings()
            else:
                parameters |= ending.parameters()
                rows = connection.execute(self.at_once_ending, parameters).mappings()
            return [*rows]
        moved = [*connection.execute(self.statement, parameters).mappings()]
        moved.sort(key=lambda row: (row["job_id"], row["number"]))
        write_events(connection, [self._move(row, note) for row in moved])
        if self.begins:
            begin_attempts(connection, moved)
        for row in moved if starts else ():
            START.take(connection, row["job_id"])
        if ending is not None:
            end_attempts(connection, moved, ending)
        return moved

    def _move(self, row: RowMapping, note: str | None) -> Move:
        return Move(
            job_id=row["job_id"],
            task_id=row["id"],
            before=self.before,
            after=self.to,
            attempt=row["attempt"] or None,
            note=note,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class JobStep:
    """A move of the locked job ``of_job``; likewise with its event."""

    before: JobStatus
    to: JobStatus
    statement: Update
    at_once: Select[Any]

    @classmethod
    def of(
        cls,
        *,
        before: JobStatus,
        to: JobStatus,
        **values: Any,  # noqa: ANN401  # columns have many types
    ) -> Self:
        """Return the move from a status to another, and what is set with it."""
        if to not in JOB_MOVES[before]:
            raise NotAllowed(f"A job that is {before.value} cannot become {to.value}.")
        statement = (
            update(jobs)
            .where(jobs.c.id == bindparam("of_job"))
            .values(status=to, **values)
        )
        moved = statement.returning(jobs.c.id).cte("moved")
        told = tell(find_events_of(moved, before=before, to=to))
        at_once = select(moved).add_cte(told)
        return cls(before=before, to=to, statement=statement, at_once=at_once)

    def take(
        self,
        connection: Connection,
        job_id: str,
        *,
        note: str | None = None,
        **parameters: Any,  # noqa: ANN401  # columns have many types
    ) -> None:
        """Move a locked job, with its event."""
        parameters["of_job"] = job_id
        if connection.dialect.name == "postgresql":
            parameters["its_note"] = write_note(note)
            connection.execute(self.at_once, parameters)
            return
        connection.execute(self.statement, parameters)
        move = Move(job_id=job_id, before=self.before, after=self.to, note=note)
        write_events(connection, [move])


START = JobStep.of(before=JobStatus.QUEUED, to=JobStatus.ACTIVE, **STARTED)
"""A job is worked at from now on."""


def status_is(table: FromClause, status: TaskStatus) -> ColumnElement[bool]:
    """Whether a task of a table, or of an alias of it, is in a status.

    It is written out, so that the small indexes serve.
    """
    return table.c.status == text(f"'{status.value}'")


def one_is(status: TaskStatus) -> ColumnElement[bool]:
    """Whether a task whose id is asked for, too, is in a status.

    It is written so that no small index serves: PostgreSQL would read all of one, as
    long as it has not counted what is in it.
    """
    return func.coalesce(tasks.c.status, "") == status.value
