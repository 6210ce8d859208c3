"""The tables of what events told, summed up."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    Double,
    Index,
    String,
    Table,
    Text,
    TypedColumns,
)

from farm.jobs.models.base import metadata


class TotalColumns(TypedColumns):
    """A sum of what events told; ``seen`` is the last event that is in the sums."""

    what = Column(String(16), primary_key=True)
    kind = Column(String(32), primary_key=True)
    queue = Column(String(32), primary_key=True)
    detail = Column(String(64), primary_key=True)
    value = Column(Double, nullable=False)


class QueuedTaskColumns(TypedColumns):
    """A task that waits for a worker, and since when, as events told."""

    task_id = Column(String(48), primary_key=True)
    queue = Column(String(32), nullable=False)
    since = Column(Double, nullable=False)


class RecentAttemptColumns(TypedColumns):
    """How many attempts ended so in a minute since 1970."""

    minute = Column(BigInteger, primary_key=True, autoincrement=False)
    outcome = Column(String(32), primary_key=True)
    count = Column(BigInteger, nullable=False)


class JobRunColumns(TypedColumns):
    """How long a completed job took; the preset is a suffix where none was named."""

    job_id = Column(String(32), primary_key=True)
    kind = Column(String(32), nullable=False)
    preset = Column(Text, nullable=False)
    frames = Column(BigInteger, nullable=False)
    seconds = Column(Double, nullable=False)
    finished = Column(Double, nullable=False)


totals = Table("totals", metadata, TotalColumns)
queued_tasks = Table("queued_tasks", metadata, QueuedTaskColumns)
recent_attempts = Table("recent_attempts", metadata, RecentAttemptColumns)
job_runs = Table("job_runs", metadata, JobRunColumns)
Index("job_runs_idx", job_runs.c.kind, job_runs.c.preset, job_runs.c.finished)
Index("queued_tasks_queue_idx", queued_tasks.c.queue, queued_tasks.c.since)
