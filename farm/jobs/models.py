"""The tables that jobs, tasks, attempts, events, workers and artifacts are kept in.

```
jobs ─┬─ tasks ─┬─ task_needs   which tasks wait for which
      │         └─ attempts     one try at a task
      ├─ events                 one row a move of a job or task
      └─ artifact_pins ─ artifacts     finished files, found by key
workers ── gpu_workers ── gpus ── task_demands    GPUs, and what tasks take of them
leaders                         which of several coordinators coordinates
media                           facts of sources
cache_counts, cache_limits      what happened in the cache, and its bounds
totals, queued_tasks, recent_attempts   what events told, summed up for metrics
job_runs                        how long jobs took
alerts                          what is wrong, and what was
webhooks                        who wants to hear of which job
deliveries                      messages to be sent, and what came of them
```

Times are seconds since 1970 by the database's clock.
A change here needs a step in ``migrations/versions``; a test compares the two.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Double,
    Enum,
    ForeignKey,
    Identity,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypedColumns,
    UniqueConstraint,
    text,
)

from farm.jobs.status import JobKind, JobStatus, Queue, TaskKind, TaskStatus

if TYPE_CHECKING:
    from sqlalchemy.types import TypeEngine

_Value = TypeVar("_Value", bound=StrEnum)

_JSON = JSON(none_as_null=True)
_EVENT_ID = BigInteger().with_variant(Integer(), "sqlite")  # SQLite counts Integer only


def _words(values: type[_Value]) -> TypeEngine[_Value]:
    """Return the type of a column that holds one of these words."""
    words: TypeEngine[Any] = Enum(
        values,
        values_callable=lambda found: [value.value for value in found],
        native_enum=False,
        length=32,
    )
    return words


metadata = MetaData(
    naming_convention={
        "pk": "%(table_name)s_pkey",
        "fk": "%(table_name)s_%(column_0_N_name)s_fkey",
        "uq": "%(table_name)s_%(column_0_N_name)s_key",
        "ix": "%(table_name)s_%(column_0_N_name)s_idx",
    }
)


class JobColumns(TypedColumns):
    """A job: what was asked for, and what came of it."""

    id = Column(String(32), primary_key=True)
    kind = Column(_words(JobKind), nullable=False)
    status = Column(_words(JobStatus), nullable=False)
    planned = Column(Boolean, nullable=False)
    spec = Column(_JSON)
    output = Column(Text)
    priority = Column(Integer, nullable=False)
    owner = Column(Text)
    project = Column(Text)
    idempotency_key = Column(Text, unique=True)
    created = Column(Double, nullable=False)
    started = Column(Double)
    finished = Column(Double)
    error = Column(_JSON)
    result = Column(_JSON)
    warnings = Column(_JSON, nullable=False)


class TaskColumns(TypedColumns):
    """A task of a job; its row is also the outbox of the broker.

    ``owner`` is that of the job, empty where it has none.
    """

    id = Column(String(48), primary_key=True)
    job_id = Column(String(32), ForeignKey("jobs.id"), nullable=False)
    number = Column(Integer, nullable=False)
    name = Column(Text, nullable=False)
    kind = Column(_words(TaskKind), nullable=False)
    status = Column(_words(TaskStatus), nullable=False)
    queue = Column(_words(Queue), nullable=False)
    payload = Column(_JSON)
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
    error = Column(_JSON)
    result = Column(_JSON)


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
    error = Column(_JSON)
    lease_until = Column(Double)


class EventColumns(TypedColumns):
    """A status that moved; ``task_id`` is empty where it is the job's own."""

    id = Column(_EVENT_ID, Identity(), primary_key=True)
    job_id = Column(String(32), ForeignKey("jobs.id"), nullable=False)
    task_id = Column(String(48), ForeignKey("tasks.id"))
    at = Column(Double, nullable=False)
    before = Column(String(32))
    after = Column(String(32), nullable=False)
    attempt = Column(Integer)
    note = Column(Text)


class WorkerColumns(TypedColumns):
    """A worker process, and when it was last heard of."""

    name = Column(String(255), primary_key=True)
    host = Column(Text, nullable=False)
    pid = Column(Integer, nullable=False)
    queues = Column(_JSON, nullable=False)
    slots = Column(Integer, nullable=False)
    device = Column(Text)
    ffmpeg = Column(Text)
    started = Column(Double, nullable=False)
    seen = Column(Double, nullable=False)
    state = Column(String(32), nullable=False)
    failures = Column(Integer, nullable=False, server_default="0")
    reason = Column(Text)


class LeaderColumns(TypedColumns):
    """Which of several processes does a work that one shall do."""

    name = Column(String(32), primary_key=True)
    holder = Column(Text, nullable=False)
    lease_until = Column(Double, nullable=False)


class GpuColumns(TypedColumns):
    """A GPU that was served by a worker, and what it offers."""

    id = Column(String(64), primary_key=True)
    offer = Column(_JSON, nullable=False)
    seen = Column(Double, nullable=False)


class GpuWorkerColumns(TypedColumns):
    """The GPU that a worker serves."""

    worker = Column(String(255), primary_key=True)
    gpu = Column(String(64), nullable=False)


class TaskDemandColumns(TypedColumns):
    """What a task takes of a GPU; ``gpu`` is where its last attempt is or was."""

    task_id = Column(
        String(48), ForeignKey("tasks.id", ondelete="CASCADE"), primary_key=True
    )
    demand = Column(_JSON, nullable=False)
    gpu = Column(String(64))


class ArtifactColumns(TypedColumns):
    """A finished file in the cache; the path is relative to the storage."""

    key = Column(String(64), primary_key=True)
    kind = Column(_words(TaskKind), nullable=False)
    path = Column(Text, nullable=False)
    size_bytes = Column(BigInteger, nullable=False)
    checksum = Column(String(64), nullable=False)
    facts = Column(_JSON)
    seconds = Column(Double, nullable=False)
    project = Column(Text)
    job_id = Column(String(32), nullable=False)  # a job that may be forgotten by now
    created = Column(Double, nullable=False)
    used = Column(Double, nullable=False)
    uses = Column(Integer, nullable=False)


class ArtifactPinColumns(TypedColumns):
    """A job that needs an artifact, which stays until the job has ended."""

    key = Column(String(64), primary_key=True)
    job_id = Column(String(32), ForeignKey("jobs.id"), primary_key=True)


class MediaColumns(TypedColumns):
    """What is known of a source, as long as its stamp stays."""

    path = Column(Text, primary_key=True)
    stamp = Column(Text, nullable=False)
    facts = Column(_JSON, nullable=False)
    used = Column(Double, nullable=False)


class CacheCountColumns(TypedColumns):
    """What happened in the cache in a minute since 1970; minute 0 is the sum."""

    minute = Column(BigInteger, primary_key=True, autoincrement=False)
    what = Column(String(16), primary_key=True)
    count = Column(BigInteger, nullable=False)
    seconds = Column(Double, nullable=False)
    longest = Column(Double, nullable=False)


class CacheLimitColumns(TypedColumns):
    """A limit of the cache that was changed at run time."""

    name = Column(String(32), primary_key=True)
    value = Column(Double, nullable=False)


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


class AlertColumns(TypedColumns):
    """A rule that some value broke: pending, firing, then resolved."""

    id = Column(_EVENT_ID, Identity(), primary_key=True)
    rule = Column(String(64), nullable=False)
    labels = Column(Text, nullable=False)
    severity = Column(String(16), nullable=False)
    summary = Column(Text, nullable=False)
    state = Column(String(16), nullable=False)
    value = Column(Double, nullable=False)
    since = Column(Double, nullable=False)
    fired = Column(Double)
    resolved = Column(Double)


class WebhookColumns(TypedColumns):
    """A URL that hears of a job, up to the last event that it was told."""

    id = Column(_EVENT_ID, Identity(), primary_key=True)
    job_id = Column(String(32), ForeignKey("jobs.id"), nullable=False)
    url = Column(Text, nullable=False)
    wanted = Column(_JSON, nullable=False)
    seen = Column(BigInteger, nullable=False)
    is_open = Column(Boolean, nullable=False)
    next_progress = Column(Double, nullable=False)


class DeliveryColumns(TypedColumns):
    """A message to a URL: waiting, sent, or failed after all tries."""

    id = Column(_EVENT_ID, Identity(), primary_key=True)
    job_id = Column(String(32))
    url = Column(Text, nullable=False)
    event = Column(String(32), nullable=False)
    body = Column(Text, nullable=False)
    state = Column(String(16), nullable=False)
    created = Column(Double, nullable=False)
    tries = Column(Integer, nullable=False)
    next_try = Column(Double, nullable=False)
    ended = Column(Double)
    http_status = Column(Integer)
    error = Column(Text)


jobs = Table("jobs", metadata, JobColumns)
tasks = Table("tasks", metadata, TaskColumns, UniqueConstraint("job_id", "name"))
task_needs = Table("task_needs", metadata, TaskNeedColumns)
attempts = Table("attempts", metadata, AttemptColumns)
events = Table("events", metadata, EventColumns)
workers = Table("workers", metadata, WorkerColumns)
gpus = Table("gpus", metadata, GpuColumns)
gpu_workers = Table("gpu_workers", metadata, GpuWorkerColumns)
task_demands = Table("task_demands", metadata, TaskDemandColumns)
leaders = Table("leaders", metadata, LeaderColumns)
artifacts = Table("artifacts", metadata, ArtifactColumns)
artifact_pins = Table("artifact_pins", metadata, ArtifactPinColumns)
media = Table("media", metadata, MediaColumns)
cache_counts = Table("cache_counts", metadata, CacheCountColumns)
cache_limits = Table("cache_limits", metadata, CacheLimitColumns)
totals = Table("totals", metadata, TotalColumns)
queued_tasks = Table("queued_tasks", metadata, QueuedTaskColumns)
recent_attempts = Table("recent_attempts", metadata, RecentAttemptColumns)
job_runs = Table("job_runs", metadata, JobRunColumns)
alerts = Table("alerts", metadata, AlertColumns)
webhooks = Table("webhooks", metadata, WebhookColumns)
deliveries = Table("deliveries", metadata, DeliveryColumns)

Index("jobs_created_idx", jobs.c.created)
Index("jobs_status_idx", jobs.c.status, jobs.c.created)
Index("jobs_project_idx", jobs.c.project, jobs.c.created)
Index("jobs_owner_idx", jobs.c.owner, jobs.c.created)
Index("jobs_finished_idx", jobs.c.status, jobs.c.finished)
Index("tasks_served_idx", tasks.c.owner, tasks.c.queue, tasks.c.started)
Index("tasks_job_idx", tasks.c.job_id, tasks.c.status)
Index("events_job_idx", events.c.job_id, events.c.id)
Index("gpu_workers_gpu_idx", gpu_workers.c.gpu)
Index("events_task_idx", events.c.task_id)  # else forgetting a task reads all events
Index("task_needs_needed_idx", task_needs.c.needed_id)  # and all needs
Index("artifacts_used_idx", artifacts.c.used)
Index("artifacts_project_idx", artifacts.c.project)
Index("artifact_pins_job_idx", artifact_pins.c.job_id)
Index("job_runs_idx", job_runs.c.kind, job_runs.c.preset, job_runs.c.finished)
Index("alerts_state_idx", alerts.c.state, alerts.c.id)
Index("webhooks_job_idx", webhooks.c.job_id)
Index("webhooks_open_idx", webhooks.c.is_open, webhooks.c.id)
Index("deliveries_state_idx", deliveries.c.state, deliveries.c.next_try)
Index("deliveries_job_idx", deliveries.c.job_id, deliveries.c.id)
Index("queued_tasks_queue_idx", queued_tasks.c.queue, queued_tasks.c.since)


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
