"""How a job ends, and how an ended one is tried again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, exists, func, select, update

from farm.errors import JobNotFound, NotAllowed
from farm.jobs.artifacts import pin_again
from farm.jobs.clock import now, read_clock
from farm.jobs.find import find_job
from farm.jobs.models.work import jobs, task_needs, tasks
from farm.jobs.moves import OPEN, is_status, lock_jobs, move_job, move_tasks
from farm.jobs.rows import write_error
from farm.jobs.status import JobStatus, TaskStatus
from farm.jobs.steps import START, JobStep

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydantic import JsonValue
    from sqlalchemy import Connection, RowMapping

    from farm.errors import FarmError
    from farm.jobs.records import Job

PARTS_KEPT_SECONDS = 24 * 3600.0
"""Files of a job that failed or was cancelled are kept so long, for a retry."""

_IS_UNFINISHED = select(
    exists().where(
        tasks.c.job_id == bindparam("of_job"), tasks.c.status != TaskStatus.COMPLETED
    ),
    now(),
)
_COMPLETE = JobStep.of(
    before=JobStatus.ACTIVE,
    to=JobStatus.COMPLETED,
    result=bindparam("made", type_=jobs.c.result.type),
    finished=now(),
)


def complete_job(
    connection: Connection, job_id: str, *, result: Callable[[float], JsonValue]
) -> bool:
    """Complete a job whose tasks are all completed; return whether it was done."""
    job = lock_jobs(connection, [job_id]).get(job_id)
    if job is None or job["status"] not in OPEN or not job["planned"]:
        return False
    is_unfinished, at = connection.execute(_IS_UNFINISHED, {"of_job": job_id}).one()
    if is_unfinished:
        return False
    if job["status"] is JobStatus.QUEUED:  # all was done before it was retried
        START.take(connection, job_id)
    _COMPLETE.take(connection, job_id, made=result(at))
    return True


def fail_job(connection: Connection, job_id: str, error: FarmError) -> bool:
    """Fail a job that has not ended; return whether it was done."""
    job = lock_jobs(connection, [job_id]).get(job_id)
    if job is None or job["status"].is_final:
        return False
    move_job(
        connection,
        job_id,
        before=job["status"],
        to=JobStatus.FAILED,
        note=error.message,
        error=write_error(error),
        finished=now(),
    )
    _cancel_tasks(connection, job_id)
    return True


def cancel_job(connection: Connection, job_id: str) -> Job:
    """Cancel a job that has not ended."""
    job = _locked(connection, job_id)
    if job["status"].is_final:
        raise NotAllowed(
            f"The job {job['id']} is {job['status'].value}; it cannot be cancelled."
        )
    move_job(
        connection,
        job["id"],
        before=job["status"],
        to=JobStatus.CANCELLED,
        finished=now(),
    )
    _cancel_tasks(connection, job["id"])
    return find_job(connection, job["id"])


def pause_job(connection: Connection, job_id: str) -> Job:
    """Start no more tasks of a job; those that are worked at go on to their end."""
    job = _locked(connection, job_id)
    if job["status"] is not JobStatus.PAUSED:
        if job["status"] not in OPEN:
            raise NotAllowed(
                f"The job {job['id']} is {job['status'].value}; it cannot be paused."
            )
        move_job(connection, job["id"], before=job["status"], to=JobStatus.PAUSED)
    return find_job(connection, job["id"])


def resume_job(connection: Connection, job_id: str) -> Job:
    """Let a paused job go on."""
    job = _locked(connection, job_id)
    if job["status"] is not JobStatus.PAUSED:
        raise NotAllowed(
            f"The job {job['id']} is {job['status'].value}; "
            "only a paused job can be resumed."
        )
    move_job(
        connection,
        job["id"],
        before=JobStatus.PAUSED,
        to=JobStatus.ACTIVE,
        started=func.coalesce(jobs.c.started, now()),
    )
    # workers have passed by its messages meanwhile
    connection.execute(
        update(tasks)
        .where(tasks.c.job_id == job["id"], is_status(TaskStatus.QUEUED))
        .values(sent=None)
    )
    return find_job(connection, job["id"])


def retry_job(connection: Connection, job_id: str, *, attempts_allowed: int) -> Job:
    """Queue a failed or cancelled job again; its completed tasks stay."""
    job = _locked(connection, job_id)
    if job["status"] not in {JobStatus.FAILED, JobStatus.CANCELLED}:
        raise NotAllowed(
            f"The job {job['id']} is {job['status'].value}; "
            "only a failed or cancelled job can be retried."
        )
    if job["planned"] and not _has_tasks(connection, job["id"]):
        raise NotAllowed(
            f"The job {job['id']} was refused when it was submitted; "
            "correct it and submit it again."
        )
    move_job(
        connection,
        job["id"],
        before=job["status"],
        to=JobStatus.QUEUED,
        note="retry",
        started=None,
        finished=None,
        error=None,
        result=None,
    )
    _queue_evicted(connection, job, attempts_allowed=attempts_allowed)
    _queue_tasks_again(connection, job["id"], attempts_allowed=attempts_allowed)
    return find_job(connection, job["id"])


def _locked(connection: Connection, job_id: str) -> RowMapping:
    found = find_job(connection, job_id).id
    locked = lock_jobs(connection, [found]).get(found)
    if locked is None:  # it has been forgotten just now
        raise JobNotFound(f"No job has the id {found} any more.")
    return locked


def _has_tasks(connection: Connection, job_id: str) -> bool:
    found = select(tasks.c.id).where(tasks.c.job_id == job_id).limit(1)
    return connection.execute(found).first() is not None


def _cancel_tasks(connection: Connection, job_id: str) -> None:
    """Cancel what no worker has; active attempts hear of it at their heartbeat."""
    for status in (TaskStatus.WAITING, TaskStatus.QUEUED):
        move_tasks(
            connection,
            tasks.c.job_id == job_id,
            before=status,
            to=TaskStatus.CANCELLED,
            finished=now(),
        )


def _queue_evicted(
    connection: Connection, job: RowMapping, *, attempts_allowed: int
) -> None:
    """Queue completed tasks whose file is not there any more.

    The cache evicts what no job needs; what is not cached stays for a while.
    """
    job_id, finished = job["id"], job["finished"] or 0.0
    are_gone = read_clock(connection) - finished > PARTS_KEPT_SECONDS
    found = select(tasks.c.id, tasks.c.result).where(
        tasks.c.job_id == job_id, tasks.c.status == TaskStatus.COMPLETED
    )
    files = {
        row["id"]: row["result"]
        for row in connection.execute(found).mappings()
        if isinstance(row["result"], dict) and row["result"].get("file")
    }
    keys = {
        task: str(result["artifact"])
        for task, result in files.items()
        if result.get("artifact")
    }
    there = pin_again(connection, sorted(set(keys.values())), job_id=job_id)
    gone = [task for task, key in keys.items() if key not in there]
    if are_gone:
        gone += [task for task in files if task not in keys]
    waiting = _needing(connection, gone)
    for to, chosen in (
        (TaskStatus.QUEUED, set(gone) - waiting),
        (TaskStatus.WAITING, waiting),
    ):
        move_tasks(
            connection,
            tasks.c.id.in_(sorted(chosen)),
            before=TaskStatus.COMPLETED,
            to=to,
            note="its file is not kept any more",
            **_again(attempts_allowed),
            result=None,
        )


def _needing(connection: Connection, gone: list[str]) -> set[str]:
    """Return which of some tasks need another of them."""
    found = select(task_needs.c.task_id).where(
        task_needs.c.task_id.in_(gone), task_needs.c.needed_id.in_(gone)
    )
    return set(connection.scalars(found))


def _again(attempts_allowed: int) -> dict[str, Any]:
    return {
        "attempts_allowed": tasks.c.attempt + attempts_allowed,
        "frames_done": 0,
        "worker": None,
        "not_before": None,
        "sent": None,
        "started": None,
        "finished": None,
        "error": None,
    }


def _queue_tasks_again(
    connection: Connection, job_id: str, *, attempts_allowed: int
) -> None:
    needed = tasks.alias("needed")
    waits = exists().where(
        task_needs.c.task_id == tasks.c.id,
        needed.c.id == task_needs.c.needed_id,
        needed.c.status != TaskStatus.COMPLETED,
    )
    values = _again(attempts_allowed)
    for status in (TaskStatus.FAILED, TaskStatus.CANCELLED):
        of_job = tasks.c.job_id == job_id
        for condition, to in ((waits, TaskStatus.WAITING), (~waits, TaskStatus.QUEUED)):
            move_tasks(
                connection,
                of_job,
                condition,
                before=status,
                to=to,
                note="retry",
                **values,
            )
