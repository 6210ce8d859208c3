"""The tables of jobs, tasks, attempts and events."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Double,
    ForeignKey,
    Identity,
    Index,
    Integer,
    String,
    Table,
    Text,
    TypedColumns,
    UniqueConstraint,
    text,
)

from farm.jobs.models.base import EVENT_ID, PLAIN, metadata, words
from farm.jobs.status import JobKind, JobStatus, Queue, TaskKind, TaskStatus


class JobColumns(TypedColumns):
    """A job: what was asked for, and what came of it."""

    id = Column(String(32), primary_key=True)
    kind = Column(words(JobKind), nullable=False)
    status = Column(words(JobStatus), nullable=False)
    planned = Column(Boolean, nullable=False)
    spec = Column(PLAIN)
    output = Column(Text)
    priority = Column(Integer, nullable=False)
    owner = Column(Text)
    project = Column(Text)
    idempotency_key = Column(Text, unique=True)
    created = Column(Double, nullable=False)
    started = Column(Double)
    finished = Column(Double)
    error = Column(PLAIN)
    result = Column(PLAIN)
    warnings = Column(PLAIN, nullable=False)


class TaskColumns(TypedColumns):
    """A task of a job; its row is also the outbox of the broker.

    ``owner`` is that of the job, empty where it has none.
    """

    id = Column(String(48), primary_key=True)
    job_id = Column(String(32), ForeignKey("jobs.id"), nullable=False)
    number = Column(Integer, nullable=False)
    name = Column(Text, nullable=False)
    kind = Column(words(TaskKind), nullable=False)
    status = Column(words(TaskStatus), nullable=False)
    queue = Column(words(Queue), nullable=False)
    payload = Column(PLAIN)
    priority = Column(Integer, nullable=False)
    owner = Column(Text, nullable=False, server_default="")
    frames = Column(Integer, nullable=False)
    frames_done = Column(Integer, nullable=False)
    attempt = Column(Integer, nullable=False)
    attempts_allowed = Column(Integer, nullable=False)
    worker = Column(Text)
    lease_until = Column(Double)
    not_before = Column(Double)
    sent = Column(Double)
    created = Column(Double, nullable=False)
    started = Column(Double)
    finished = Column(Double)
    error = Column(PLAIN)
    result = Column(PLAIN)


class TaskNeedColumns(TypedColumns):
    """A task, and one that must be completed before it."""

    task_id = Column(String(48), ForeignKey("tasks.id"), primary_key=True)
    needed_id = Column(String(48), ForeignKey("tasks.id"), primary_key=True)


class AttemptColumns(TypedColumns):
    """One try at a task."""

    task_id = Column(String(48), ForeignKey("tasks.id"), primary_key=True)
    number = Column(Integer, primary_key=True, autoincrement=False)
    worker = Column(Text, nullable=False)
    started = Column(Double, nullable=False)
    finished = Column(Double)
    outcome = Column(String(32))
    argv = Column(Text)
    log = Column(Text)
    error = Column(PLAIN)
    lease_until = Column(Double)


class EventColumns(TypedColumns):
    """A status that moved; ``task_id`` is empty where it is the job's own."""

    id = Column(EVENT_ID, Identity(), primary_key=True)
    job_id = Column(String(32), ForeignKey("jobs.id"), nullable=False)
    task_id = Column(String(48), ForeignKey("tasks.id"))
    at = Column(Double, nullable=False)
    before = Column(String(32))
    after = Column(String(32), nullable=False)
    attempt = Column(Integer)
    note = Column(Text)


jobs = Table("jobs", metadata, JobColumns)
tasks = Table("tasks", metadata, TaskColumns, UniqueConstraint("job_id", "name"))
task_needs = Table("task_needs", metadata, TaskNeedColumns)
attempts = Table("attempts", metadata, AttemptColumns)
events = Table("events", metadata, EventColumns)

Index("jobs_created_idx", jobs.c.created)
Index("jobs_status_idx", jobs.c.status, jobs.c.created)
Index("jobs_project_idx", jobs.c.project, jobs.c.created)
Index("jobs_owner_idx", jobs.c.owner, jobs.c.created)
Index("jobs_finished_idx", jobs.c.status, jobs.c.finished)
Index("tasks_served_idx", tasks.c.owner, tasks.c.queue, tasks.c.started)
Index("tasks_job_idx", tasks.c.job_id, tasks.c.status)
Index("events_job_idx", events.c.job_id, events.c.id)
Index("events_task_idx", events.c.task_id)  # else forgetting a task reads all events
Index("task_needs_needed_idx", task_needs.c.needed_id)  # and all needs


def _index_tasks(status: TaskStatus) -> None:
    """Index the tasks in one status alone: few, however many are finished."""
    where = text(f"status = '{status.value}'")
    Index(
        f"tasks_{status.value}_idx",
        tasks.c.id,
        sqlite_where=where,
        postgresql_where=where,
    )


def _index_queued(name: str, *columns: Column[Any]) -> None:
    """Index the queued tasks alone: for the order in which they go to workers."""
    where = text(f"status = '{TaskStatus.QUEUED.value}'")
    Index(name, *columns, sqlite_where=where, postgresql_where=where)


def _index_unfinished_jobs() -> None:
    """Index the jobs that have not ended alone, to count them for each owner."""
    names = [status.value for status in JobStatus if not status.is_final]
    where = text(f"status IN ({', '.join(repr(name) for name in names)})")
    Index(
        "jobs_unfinished_idx",
        jobs.c.owner,
        sqlite_where=where,
        postgresql_where=where,
    )


_index_unfinished_jobs()
_index_queued(
    "tasks_turn_idx",
    tasks.c.queue,
    tasks.c.priority,
    tasks.c.owner,
    tasks.c.created,
    tasks.c.job_id,
    tasks.c.number,
)
_index_queued("tasks_sent_idx", tasks.c.sent)
_index_tasks(TaskStatus.WAITING)
_index_tasks(TaskStatus.QUEUED)
_index_tasks(TaskStatus.ACTIVE)
