"""Rows of the job table as plain records; times are seconds since 1970, UTC."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, NewType

if TYPE_CHECKING:
    from pydantic import JsonValue

    from farm.errors import ErrorRecord
    from farm.jobs.demands import GpuDemand, GpuOffer
    from farm.jobs.status import JobKind, JobStatus, Queue, TaskKind, TaskStatus

JobId = NewType("JobId", str)
TaskId = NewType("TaskId", str)

OUTPUT_TASK = "output"
"""Name of the task whose result is the result of its job."""
INSTEAD = "instead"
"""In the result of that task: the name of another that makes the output instead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTask:
    """A task to be written; `name` is unique in its job and names it in `needs`."""

    name: str
    kind: TaskKind
    queue: Queue
    payload: JsonValue
    needs: tuple[str, ...] = ()
    """Names of tasks of the same job that must be completed before."""
    frames: int = 0
    """How much work it is, in frames of the output (share of the progress)."""
    is_urgent: bool = False
    """Whether it comes before what has the priority of its job."""
    demand: GpuDemand | None = None
    """What it takes of a GPU; ``None``: it needs none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewJob:
    """A job to be written."""

    kind: JobKind
    spec: JsonValue
    """What was asked for, as plain data."""
    output: str | None = None
    """Absolute path that the result is published at."""
    priority: int = 4
    """0 (last) to 9 (first)."""
    owner: str | None = None
    """Who asked for it: takes turns with others, and has limits."""
    project: str | None = None
    webhook: str | None = None
    """URL that hears of all that happens to it, a key that was used before or not."""
    idempotency_key: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A row of the jobs, but for what was asked for (`JobTable.spec`)."""

    id: JobId
    kind: JobKind
    status: JobStatus
    output: str | None
    priority: int
    owner: str | None
    project: str | None
    created: float
    started: float | None
    finished: float | None
    error: ErrorRecord | None
    result: JsonValue
    warnings: tuple[str, ...]
    planned: bool = True
    """Whether all its tasks are written; else it is planned when those are done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A row of the tasks."""

    id: TaskId
    job_id: JobId
    name: str
    kind: TaskKind
    status: TaskStatus
    queue: Queue
    payload: JsonValue
    priority: int
    frames: int
    frames_done: int
    attempt: int
    """Number of the last attempt, 0 before the first: the fencing token."""
    attempts_allowed: int
    worker: str | None
    lease_until: float | None
    created: float
    started: float | None
    finished: float | None
    error: ErrorRecord | None
    result: JsonValue


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """A task that is next in its queue, and what its message tells."""

    task_id: TaskId
    job_id: JobId
    name: str
    kind: TaskKind
    queue: Queue
    priority: int
    is_due: bool
    """Whether it was not sent, or so long ago that its message may be lost."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What a worker gets when it claims a task, which is its own for the lease."""

    task: Task
    attempt: int
    job_kind: JobKind
    project: str | None = None
    needs: dict[str, JsonValue] = field(default_factory=dict)
    """Results of the tasks that this one needed, by their names."""
    failures: tuple[str, ...] = ()
    """Kinds of the errors that earlier attempts ended with, in their order."""


class Beat(StrEnum):
    """What a worker is told when it says that it is alive."""

    CONTINUE = "continue"
    CANCEL = "cancel"  #: the job has ended: stop, and report `TaskCancelled`
    LOST = "lost"  #: the task is not the attempt's any more: stop, report nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One try at a task."""

    task_id: TaskId
    number: int
    worker: str
    started: float
    finished: float | None
    outcome: str | None
    """``completed``, ``failed``, ``stalled``, ``released`` or ``cancelled``."""
    argv: str | None
    """The FFmpeg commands of the attempt, each quoted for a shell, a line each."""
    log: str | None
    """The last lines of FFmpeg's log."""
    error: ErrorRecord | None
    lease_until: float | None = None
    """Until when the task was its own, as last renewed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A status that moved."""

    id: int
    job_id: JobId
    task_id: TaskId | None
    at: float
    before: str | None
    after: str
    attempt: int | None
    note: str | None
    owner: str | None = None
    """Of the job, where events of all jobs are read."""
    project: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Worker:
    """A worker process."""

    name: str
    host: str
    pid: int
    queues: tuple[str, ...]
    slots: int
    device: str | None
    ffmpeg: str | None
    started: float
    seen: float
    state: str
    """``online``, ``draining`` (finishes what it does), ``offline`` (it said so) or
    ``lost`` (it was not heard of)."""
    failures: int = 0
    """Tasks in a row that it failed at, and another worker then completed."""
    reason: str | None = None
    """Why it is drained, where the farm itself decided so."""
    active: tuple[TaskId, ...] = ()
    gpu: GpuOffer | None = None
    """The GPU that it serves, and what that was seen to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KindProgress:
    """How far the tasks of one kind are."""

    frames_total: int
    frames_done: int
    tasks_total: int
    tasks_completed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class JobProgress:
    """How far a job is: completed tasks, and what the active ones have done."""

    frames_total: int
    frames_done: int
    tasks_total: int
    tasks_completed: int
    kinds: dict[TaskKind, KindProgress] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """A rule that a value broke; times are seconds since 1970."""

    id: int
    rule: str
    labels: dict[str, str]
    severity: str
    summary: str
    state: str
    """``pending`` (not long enough yet), ``firing`` or ``resolved``."""
    value: float
    """The last one that broke the rule."""
    since: float
    fired: float | None
    resolved: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """A message to a URL."""

    id: int
    job_id: JobId | None
    url: str
    event: str
    body: str
    state: str
    """``waiting``, ``sent``, or ``failed`` after all tries."""
    created: float
    tries: int
    next_try: float
    ended: float | None
    http_status: int | None
    """What the last answer was; ``None``: there was none."""
    error: str | None
