"""Write the tasks of a job, with what each needs."""

from __future__ import annotations

from dataclasses import asdict
from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select

from farm.jobs.events import Move
from farm.jobs.ids import task_id
from farm.jobs.models.work import task_needs, tasks
from farm.jobs.models.workers import task_demands
from farm.jobs.status import TaskStatus

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from farm.jobs.records import JobId, NewTask


HIGHEST_PRIORITY = 9
_INSERT = insert(tasks).inline()


def insert_tasks(  # noqa: PLR0913  # a task is of a job that is this many facts
    connection: Connection,
    new_tasks: Sequence[NewTask],
    *,
    job_id: JobId,
    priority: int,
    owner: str | None,
    attempts_allowed: int,
    at: float,
    is_new: bool = False,
) -> list[Move]:
    """Write tasks, what they need and what they take of a GPU; return their events.

    These are to be written, too.

    Args:
        connection: to the job table.
        new_tasks: the tasks.
        job_id: their job.
        priority: that of their job.
        owner: that of their job.
        attempts_allowed: of each task.
        at: the time, in seconds since 1970.
        is_new: whether their job is new and has no others.
    """
    if not new_tasks:
        return []
    ids = {} if is_new else _known_ids(connection, job_id)
    first = len(ids) + 1
    ids |= {
        task.name: task_id(job_id, number)
        for number, task in enumerate(new_tasks, start=first)
    }
    _check_needs(new_tasks, ids)
    shared = {
        "job_id": job_id,
        "owner": owner or "",
        "frames_done": 0,
        "attempt": 0,
        "attempts_allowed": attempts_allowed,
        "created": at,
    }
    rows = [
        {
            "id": ids[task.name],
            "number": number,
            "priority": min(HIGHEST_PRIORITY, priority + task.is_urgent),
            **_task_values(task),
            **shared,
        }
        for number, task in enumerate(new_tasks, start=first)
    ]
    # a list of one would take more round trips
    connection.execute(_INSERT, rows if len(rows) > 1 else rows[0])
    demands = [
        {"task_id": ids[task.name], "demand": asdict(task.demand)}
        for task in new_tasks
        if task.demand is not None
    ]
    if demands:
        connection.execute(insert(task_demands), demands)
    needs = [
        {"task_id": ids[task.name], "needed_id": ids[need]}
        for task in new_tasks
        for need in dict.fromkeys(task.needs)
    ]
    if needs:
        connection.execute(insert(task_needs), needs)
    return [
        Move(
            job_id=job_id,
            task_id=ids[task.name],
            before=None,
            after=_first_status(task),
        )
        for task in new_tasks
    ]


def _task_values(task: NewTask) -> dict[str, Any]:
    return {
        "name": task.name,
        "kind": task.kind,
        "status": _first_status(task),
        "queue": task.queue,
        "payload": task.payload,
        "frames": task.frames,
    }


def _first_status(task: NewTask) -> TaskStatus:
    return TaskStatus.WAITING if task.needs else TaskStatus.QUEUED


def _known_ids(connection: Connection, job_id: JobId) -> dict[str, str]:
    found = select(tasks.c.name, tasks.c.id).where(tasks.c.job_id == job_id)
    return {row["name"]: row["id"] for row in connection.execute(found).mappings()}


def _check_needs(new_tasks: Sequence[NewTask], ids: dict[str, str]) -> None:
    """Refuse a plan that could never end; that would be an error of the farm's own."""
    names = [task.name for task in new_tasks]
    if len(set(names)) < len(names):
        raise ValueError(f"two tasks of a job have one name: {sorted(names)}")
    for task in new_tasks:
        if unknown := [need for need in task.needs if need not in ids]:
            raise ValueError(f"the task {task.name} needs {unknown}, which is no task")
    try:
        TopologicalSorter({task.name: task.needs for task in new_tasks}).prepare()
    except CycleError as error:
        raise ValueError(
            f"tasks need each other in a circle: {error.args[1]}"
        ) from error
