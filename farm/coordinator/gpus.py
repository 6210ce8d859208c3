"""Let the CPU do what GPUs fail at, and what waits for a GPU that is not there."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from farm.errors import (
    DiskFull,
    FarmError,
    InvalidJob,
    MediaUnreadable,
    OutputWrong,
    SourceChanged,
    TaskCancelled,
)
from farm.jobs.status import TaskKind, TaskStatus
from farm.logs import get_log
from farm.plan.device import leave_gpu

if TYPE_CHECKING:
    from collections.abc import Sequence

    from farm.jobs.records import Job, JobId, Task
    from farm.jobs.table import JobTable

_log = get_log(__name__)


def leave_failed_gpu(table: JobTable, job: Job, tasks: Sequence[Task]) -> bool:
    """Take a job off the GPU that a task failed on; tell whether it was.

    All attempts that a task has were made by then. What a CPU would fail at too, such
    as a source that is not there, stays a failure.
    """
    failed = [task for task in tasks if task.status is TaskStatus.FAILED]
    if not failed:
        return False
    demands = table.gpu_demands(job.id)
    culprits = [
        (task, error)
        for task in failed
        if demands
        and (error := _error_of(task))
        and (
            _may_be_the_gpus(error)
            if task.id in demands
            else task.kind is TaskKind.CONCAT and isinstance(error, OutputWrong)
        )
    ]
    if not culprits or len(culprits) < len(failed):
        return False
    task, error = culprits[0]
    return _leave(table, job.id, why=f"{task.name}: {error.message}")


@dataclass(slots=True, kw_only=True)
class Waits:
    """Since when jobs wait for GPUs that no worker has any more."""

    wait_seconds: float
    since: dict[JobId, float] = field(default_factory=dict)

    def look(self, table: JobTable) -> None:
        """Take jobs off the GPU that have waited for too long."""
        stranded = _find_stranded(table)
        now = time.monotonic()
        self.since = {job: self.since.get(job, now) for job in stranded}
        for job, since in self.since.items():
            if now - since >= self.wait_seconds:
                why = (
                    f"no GPU worker that can do it was online for "
                    f"{self.wait_seconds:g} s"
                )
                _leave(table, job, why=why)


def _find_stranded(table: JobTable) -> set[JobId]:
    """Return jobs with a queued task that no GPU which is served can do."""
    waiting = table.queued_gpu_demands()
    if not waiting:
        return set()
    offers = table.gpu_offers()
    return {
        job
        for job, demand in waiting
        if all(offer.find_missing(demand) for offer in offers)
    }


def _leave(table: JobTable, job_id: JobId, *, why: str) -> bool:
    count = table.leave_gpu(job_id, why=why, change=leave_gpu)
    if count:
        _log.warning("gpu_left", job_id=job_id, tasks=count, why=why)
    return bool(count)


def _error_of(task: Task) -> FarmError | None:
    return None if task.error is None else FarmError.from_record(task.error)


def _may_be_the_gpus(error: FarmError) -> bool:
    if isinstance(error, InvalidJob):
        return isinstance(error, MediaUnreadable)
    return not isinstance(error, DiskFull | SourceChanged | TaskCancelled)
