"""Move jobs on whose tasks have ended: plan them, fail them, or publish them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from farm.errors import FarmError, TaskFailed
from farm.jobs.status import TaskStatus
from farm.logs import bind_ids, get_log
from farm.plan.device import place_on_gpu, wanted_device
from farm.plan.jobs import next_tasks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from farm.jobs.records import Job, Task
    from farm.jobs.table import JobTable
    from farm.settings import Settings

_log = get_log(__name__)


def plan_job(
    table: JobTable, job: Job, tasks: Sequence[Task], *, settings: Settings
) -> bool:
    """Cut a job into tasks, now that its first ones have told about its sources.

    Return whether nothing is left to do.
    """
    results = {task.name: task.result for task in tasks}
    spec = table.spec(job.id)
    planned = next_tasks(job.kind, spec, results, settings=settings)
    wanted = wanted_device(job.kind, spec)
    if wanted != "cpu":
        offers = table.gpu_offers()
        planned = place_on_gpu(planned, wanted=wanted, offers=offers)
    with bind_ids(job_id=job.id):
        added = table.add_tasks(
            job.id, planned.tasks, warnings=planned.warnings, are_all=planned.is_all
        )
        if added:
            _log.info("job_planned", tasks=len(planned.tasks))
    return added and not planned.tasks


def fail_job(table: JobTable, job: Job, tasks: Sequence[Task]) -> bool:
    """Fail a job for the first of its tasks that failed; tell whether one did."""
    failed = [task for task in tasks if task.status is TaskStatus.FAILED]
    if not failed:
        return False
    first = min(failed, key=lambda task: task.finished or 0.0)
    error = (
        FarmError.from_record(first.error)
        if first.error
        else TaskFailed(f"the task {first.name} failed")
    )
    error.facts |= {"task": first.name, "task_id": first.id}
    if table.fail_job(job.id, error):
        _log.error("job_failed", job_id=job.id, error=error.message, task=first.name)
    return True
