"""The only place where a status changes: it checks the move and writes its event."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from sqlalchemy import bindparam, exists, func, insert, literal, select, text, update

from farm.errors import NotAllowed
from farm.jobs.clock import now
from farm.jobs.events import Move, write_events
from farm.jobs.models.work import events, jobs, tasks
from farm.jobs.rows import write_note
from farm.jobs.status import JOB_MOVES, TASK_MOVES, JobStatus, TaskStatus

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import ColumnElement, Connection, FromClause, RowMapping, Select
    from sqlalchemy.sql.dml import ReturningUpdate

OPEN = (JobStatus.QUEUED, JobStatus.ACTIVE)
"""Jobs whose tasks are worked at."""
_LOCKED = (
    jobs.c.id,
    jobs.c.kind,
    jobs.c.status,
    jobs.c.planned,
    jobs.c.priority,
    jobs.c.owner,
    jobs.c.project,
    jobs.c.warnings,
    jobs.c.finished,
)
"""What is read of a locked job; what was asked for may be many megabytes."""
_OF_MOVED = (
    tasks.c.id,
    tasks.c.job_id,
    tasks.c.number,
    tasks.c.attempt,
    now().label("at"),
)
"""What is read of tasks that are moved; what they made may be many megabytes."""


_LOCK_JOBS = (
    select(*_LOCKED)
    .where(jobs.c.id.in_(bindparam("ids", expanding=True)))
    .order_by(jobs.c.id)
    .with_for_update(key_share=True)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class MovedTask:
    """A task that was moved."""

    id: str
    job_id: str
    number: int
    attempt: int
    at: float
    """When it was decided: the same moment that a lease was looked at."""


def lock_jobs(connection: Connection, ids: Iterable[str]) -> dict[str, RowMapping]:
    """Lock jobs until the transaction ends, and return them by id.

    Every move of a job or its tasks is made under this lock, in the order of the ids
    where there are several: moves of one job come one after the other, and no two
    transactions wait for each other.
    """
    rows = connection.execute(_LOCK_JOBS, {"ids": sorted(set(ids))}).mappings()
    return {row["id"]: row for row in rows}


def find_and_lock(
    *where: ColumnElement[bool], also: tuple[ColumnElement[Any], ...] = ()
) -> Select[Any]:
    """Return the statement that locks the job of the task ``of_task``.

    What else is asked of the task, by `also`, is as it was before a wait for the lock.
    A task of which `where` does not hold keeps nobody waiting.
    """
    return (
        select(*_LOCKED, *also)
        .join(tasks, tasks.c.job_id == jobs.c.id)
        .where(tasks.c.id == bindparam("of_task"), *where)
        .with_for_update(key_share=True, of=jobs)
    )


_LOCK_JOB = find_and_lock()


def lock_job_of(
    connection: Connection, task_id: str, statement: Select[Any] = _LOCK_JOB
) -> RowMapping | None:
    """Lock the job of a task until the transaction ends, and return it.

    Args:
        connection: to the job table.
        task_id: the task.
        statement: one that `find_and_lock` returned.
    """
    rows = connection.execute(statement, {"of_task": task_id}).mappings()
    return rows.one_or_none()


def move_job(
    connection: Connection,
    job_id: str,
    *,
    before: JobStatus,
    to: JobStatus,
    note: str | None = None,
    **values: Any,  # noqa: ANN401  # columns have many types
) -> None:
    """Move a locked job, and set other columns with it."""
    if to not in JOB_MOVES[before]:
        raise NotAllowed(f"A job that is {before.value} cannot become {to.value}.")
    connection.execute(
        update(jobs).where(jobs.c.id == job_id).values(status=to, **values)
    )
    write_events(connection, [Move(job_id=job_id, before=before, after=to, note=note)])


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A move of tasks whose statement is built once: building takes as long as asking.

    Values that differ each time are parameters: ``bindparam``.
    """

    before: TaskStatus
    to: TaskStatus
    statement: ReturningUpdate[Any]
    with_events: Select[Any]
    """The same in one statement with its events: SQLite has no such statement."""

    @classmethod
    def of(
        cls,
        *where: ColumnElement[bool],
        before: TaskStatus,
        to: TaskStatus,
        columns: tuple[ColumnElement[Any], ...] = _OF_MOVED,
        **values: Any,  # noqa: ANN401  # columns have many types
    ) -> Self:
        """Return the move of tasks that are in one status and fit.

        Args:
            where: what must hold of a task.
            before: its status.
            to: what becomes its status.
            columns: what is read of it then.
            values: other columns that are set with it.
        """
        if to not in TASK_MOVES[before]:
            raise NotAllowed(f"A task that is {before.value} cannot become {to.value}.")
        statement = (
            update(tasks)
            .where(is_status(before), *where)
            .values(status=to, **values)
            .returning(*columns)
        )
        return cls(
            before=before,
            to=to,
            statement=statement,
            with_events=_tell(statement, before=before, to=to),
        )

    def take(
        self,
        connection: Connection,
        *,
        note: str | None = None,
        **parameters: Any,  # noqa: ANN401  # columns have many types
    ) -> list[RowMapping]:
        """Move tasks of locked jobs, with an event for each; return them in order."""
        if connection.dialect.name == "postgresql":
            told = {**parameters, "note": write_note(note)}
            return [*connection.execute(self.with_events, told).mappings()]
        rows = [*connection.execute(self.statement, parameters).mappings()]
        rows.sort(key=lambda row: (row["job_id"], row["number"]))
        write_events(
            connection,
            [
                Move(
                    job_id=row["job_id"],
                    task_id=row["id"],
                    before=self.before,
                    after=self.to,
                    attempt=row["attempt"] or None,
                    note=note,
                )
                for row in rows
            ],
        )
        return rows


def _tell(
    statement: ReturningUpdate[Any], *, before: TaskStatus, to: TaskStatus
) -> Select[Any]:
    """Return a statement that moves tasks and writes their events."""
    moved = statement.cte("moved")
    in_order = (moved.c.job_id, moved.c.number)
    told = insert(events).from_select(
        ["job_id", "task_id", "at", "before", "after", "attempt", "note"],
        select(
            moved.c.job_id,
            moved.c.id,
            now(),
            literal(before.value),
            literal(to.value),
            func.nullif(moved.c.attempt, 0),
            bindparam("note", type_=events.c.note.type),
        ).order_by(*in_order),
    )
    return select(moved).add_cte(told.cte("told")).order_by(*in_order)


def move_tasks(
    connection: Connection,
    *where: ColumnElement[bool],
    before: TaskStatus,
    to: TaskStatus,
    note: str | None = None,
    **values: Any,  # noqa: ANN401  # columns have many types
) -> list[MovedTask]:
    """Move the tasks of locked jobs that are in one status and fit; return them."""
    step = Step.of(*where, before=before, to=to, **values)
    return [MovedTask(**row) for row in step.take(connection, note=note)]


def is_status(status: TaskStatus) -> ColumnElement[bool]:
    """Whether a task is in a status; written out, so that the small indexes serve."""
    return status_is(tasks, status)


def status_is(table: FromClause, status: TaskStatus) -> ColumnElement[bool]:
    """Whether a task of a table, or of an alias of it, is in a status."""
    return table.c.status == text(f"'{status.value}'")


def job_is_open() -> ColumnElement[bool]:
    """Whether the job of a task is worked at."""
    return exists().where(jobs.c.id == tasks.c.job_id, jobs.c.status.in_(OPEN))


def job_goes_on() -> ColumnElement[bool]:
    """Whether the job of a task has not ended."""
    going = [status for status in JobStatus if not status.is_final]
    return exists().where(jobs.c.id == tasks.c.job_id, jobs.c.status.in_(going))
