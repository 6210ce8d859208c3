"""Take a job off the GPU: all that it made there is made again by the CPU.

Pieces of one file come from one encoder, so that it is all of them or none. What an
attempt still does on a GPU loses its lease, and what it reports changes nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, delete, select, update

from farm.jobs.attempts import Ending
from farm.jobs.models.work import jobs, task_needs, tasks
from farm.jobs.models.workers import task_demands
from farm.jobs.moves import lock_jobs, move_tasks
from farm.jobs.rows import write_note
from farm.jobs.status import Queue, TaskStatus

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pydantic import JsonValue
    from sqlalchemy import Connection

_QUEUES = {
    Queue.GPU_BATCH: Queue.CPU_BATCH,
    Queue.GPU_INTERACTIVE: Queue.CPU_INTERACTIVE,
}


def leave_gpu(
    connection: Connection,
    job_id: str,
    *,
    why: str,
    change: Callable[[JsonValue, str], JsonValue],
    attempts_allowed: int,
) -> int:
    """Queue the GPU tasks of a job for the CPU; return how many there were.

    Args:
        connection: of the transaction.
        job_id: the job; one that has ended is left alone.
        why: said in the job's warnings and events.
        change: from a task's payload and the reason to what the CPU does instead.
        attempts_allowed: attempts that each task has from now on.
    """
    job = lock_jobs(connection, [job_id]).get(job_id)
    if job is None or job["status"].is_final:
        return 0
    found = (
        select(tasks.c.id, tasks.c.payload, tasks.c.queue)
        .join(task_demands, task_demands.c.task_id == tasks.c.id)
        .where(tasks.c.job_id == job_id)
    )
    rows = connection.execute(found).mappings().all()
    if not rows:
        return 0
    ids = [row["id"] for row in rows]
    changed = [
        {
            "of_task": row["id"],
            "to_queue": _QUEUES.get(row["queue"], row["queue"]),
            "to_payload": change(row["payload"], why),
        }
        for row in rows
    ]
    connection.execute(delete(task_demands).where(task_demands.c.task_id.in_(ids)))
    connection.execute(
        update(tasks)
        .where(tasks.c.id == bindparam("of_task"))
        .values(
            queue=bindparam("to_queue"), payload=bindparam("to_payload"), sent=None
        ),
        changed,
    )
    _queue_again(connection, ids, why=why, attempts_allowed=attempts_allowed)
    connection.execute(
        update(jobs)
        .where(jobs.c.id == job_id)
        .values(warnings=[*job["warnings"], f"made by the CPU instead of a GPU: {why}"])
    )
    return len(rows)


def _queue_again(
    connection: Connection, ids: Sequence[str], *, why: str, attempts_allowed: int
) -> None:
    """Queue what was done, failed or worked at; what needs it waits for it anew."""
    note = write_note(why)
    fresh: dict[str, Any] = {
        "attempts_allowed": tasks.c.attempt + attempts_allowed,
        "frames_done": 0,
        "worker": None,
        "lease_until": None,
        "not_before": None,
        "sent": None,
        "started": None,
        "finished": None,
        "error": None,
        "result": None,
    }
    move_tasks(
        connection,
        tasks.c.id.in_(ids),
        before=TaskStatus.ACTIVE,
        to=TaskStatus.QUEUED,
        note=note,
        ending=Ending(outcome="released"),
        **fresh,
    )
    for before in (TaskStatus.COMPLETED, TaskStatus.FAILED):
        move_tasks(
            connection,
            tasks.c.id.in_(ids),
            before=before,
            to=TaskStatus.QUEUED,
            note=note,
            **fresh,
        )
    connection.execute(
        update(tasks)
        .where(tasks.c.id.in_(ids), tasks.c.status == TaskStatus.QUEUED)
        .values(not_before=None, attempts_allowed=tasks.c.attempt + attempts_allowed)
    )
    needing = select(task_needs.c.task_id).where(task_needs.c.needed_id.in_(ids))
    move_tasks(
        connection,
        tasks.c.id.in_(needing),
        before=TaskStatus.FAILED,
        to=TaskStatus.WAITING,
        note=note,
        **fresh,
    )
