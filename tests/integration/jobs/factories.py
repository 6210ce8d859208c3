"""Jobs and tasks to be written: a test states only what matters to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from farm.jobs.records import Beat, NewJob, NewTask
from farm.jobs.status import JobKind, Queue, TaskKind

if TYPE_CHECKING:
    from pydantic import JsonValue

    from farm.jobs.records import Claim, Job, Task, TaskId
    from farm.jobs.table import JobTable


def new_job(**values: Any) -> NewJob:  # noqa: ANN401  # as NewJob says
    """Return a job to be written."""
    defaults: dict[str, Any] = {"kind": JobKind.RENDER, "spec": {"timeline": {}}}
    return NewJob(**defaults | values)


def new_task(
    name: str = "segment-1",
    *needs: str,
    **values: Any,  # noqa: ANN401  # as NewTask says
) -> NewTask:
    """Return a task to be written."""
    defaults: dict[str, Any] = {
        "kind": TaskKind.SEGMENT,
        "queue": Queue.CPU_BATCH,
        "payload": {"start": 0},
        "frames": 100,
    }
    return NewTask(name=name, needs=needs, **defaults | values)


def add_job(
    table: JobTable,
    *names: str,
    **values: Any,  # noqa: ANN401  # as NewJob says
) -> Job:
    """Write a job with tasks of these names."""
    return table.add_job(new_job(**values), [new_task(name) for name in names])


def task_of(table: JobTable, job: Job, name: str) -> TaskId:
    """Return the id of a job's task."""
    return next(task.id for task in table.tasks(job.id) if task.name == name)


def add_task(table: JobTable, **values: Any) -> TaskId:  # noqa: ANN401  # as NewJob
    """Write a job with one task; return the task's id."""
    return table.tasks(add_job(table, "segment-1", **values).id)[0].id


def claim(
    table: JobTable, task_id: str, *, worker: str = "worker-1", lease: float = 60.0
) -> Claim:
    """Claim a task that is to be had; a lease below 0 is over at once."""
    claimed = table.claim(task_id, worker=worker, lease_seconds=lease)
    assert claimed is not None
    return claimed


def complete(table: JobTable, task_id: str, result: JsonValue = None) -> None:
    """Claim a task and complete it."""
    attempt = claim(table, task_id).attempt
    assert table.complete(task_id, attempt=attempt, result=result)


def beat(table: JobTable, task_id: str, attempt: int, *, lease: float = 60.0) -> Beat:
    """Tell that a worker is alive; return what it is told."""
    return table.heartbeat(task_id, attempt=attempt, lease_seconds=lease, frames_done=7)


def all_of(table: JobTable, task_id: str) -> tuple[object, ...]:
    """Return all that the table says of a task's job."""
    job_id = table.task(task_id).job_id
    return (
        table.job(job_id),
        table.tasks(job_id),
        table.attempts(job_id),
        table.events(job_id),
    )


def find_due(
    table: JobTable,
    *,
    resend_seconds: float = 60,
    limit: int = 100,
    queue: Queue | None = None,
) -> list[Task]:
    """Return the tasks that are next in each queue and were not sent lately."""
    levels = table.levels()
    turns = table.turns(
        levels,
        room=dict.fromkeys(levels, limit),
        waiting=(),
        resend_seconds=resend_seconds,
    )
    due = [
        turn.task_id
        for each, found in turns.items()
        for turn in found
        if turn.is_due and queue in {None, each}
    ]
    return [table.task(task_id) for task_id in due]
