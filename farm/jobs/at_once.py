"""The parts of one statement in which PostgreSQL moves tasks and writes all about it.

```
held     the job of the task is locked          SELECT ... FOR NO KEY UPDATE
moved    the task, if it is still as was said   UPDATE tasks ... FROM held
started  the job, with the first of its tasks   UPDATE jobs ... FROM moved
told     the events of both                     INSERT INTO events
begun    the attempt; or ended                  INSERT INTO, or UPDATE attempts
```
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    Integer,
    bindparam,
    cast,
    func,
    insert,
    literal,
    null,
    select,
    union_all,
    update,
)

from farm.jobs.attempts import BEGIN, END
from farm.jobs.clock import now
from farm.jobs.models.work import attempts, events, jobs
from farm.jobs.status import JobStatus

if TYPE_CHECKING:
    from sqlalchemy import CTE, Select

    from farm.jobs.status import TaskStatus

STARTED = {"started": func.coalesce(jobs.c.started, now())}
"""What is set when a job starts."""
_LAST = 2**31 - 1
"""The events of a job come after those of its tasks."""


def start(moved: CTE) -> CTE:
    """Start the jobs of tasks that were moved, where these are the first."""
    started = (
        update(jobs)
        .where(jobs.c.id == moved.c.job_id, jobs.c.status == JobStatus.QUEUED)
        .values(status=JobStatus.ACTIVE, **STARTED)
        .returning(jobs.c.id)
    )
    return started.cte("started")


def tell(of_tasks: Select[Any], *of_jobs: Select[Any]) -> CTE:
    """Write events of tasks, then those of jobs."""
    found = union_all(of_tasks, *of_jobs).subquery("found")
    names = [column.name for column in found.c if column.name != "number"]
    told = insert(events).from_select(
        names,
        select(*(found.c[name] for name in names)).order_by(
            found.c.job_id, found.c.number
        ),
    )
    return told.cte("told")


def find_events_of(
    moved: CTE,
    *,
    before: TaskStatus | JobStatus,
    to: TaskStatus | JobStatus,
    has_note: bool = True,
) -> Select[Any]:
    """Return the events of tasks or jobs that were moved."""
    of_tasks = "number" in moved.c
    own = events.c
    note = bindparam("its_note", type_=own.note.type)
    return select(
        (moved.c.job_id if of_tasks else moved.c.id).label("job_id"),
        (moved.c.id if of_tasks else cast(null(), own.task_id.type)).label("task_id"),
        now().label("at"),
        literal(before.value, own.before.type).label("before"),
        literal(to.value, own.after.type).label("after"),
        (
            func.nullif(moved.c.attempt, 0)
            if of_tasks
            else cast(null(), own.attempt.type)
        ).label("attempt"),
        (note if has_note else cast(null(), own.note.type)).label("note"),
        (moved.c.number if of_tasks else literal(_LAST, Integer)).label("number"),
    )


def begin(moved: CTE) -> CTE:
    """Begin attempts at tasks that were moved."""
    begun = insert(attempts).from_select(
        [*BEGIN], select(*(moved.c[column] for column in BEGIN.values()))
    )
    return begun.cte("begun")


def end(moved: CTE) -> CTE:
    """End the attempts of tasks that were moved."""
    ended = (
        update(attempts)
        .where(attempts.c.task_id == moved.c.id, attempts.c.number == moved.c.attempt)
        .values(finished=now(), **END)
    )
    return ended.cte("ended")
