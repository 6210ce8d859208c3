"""Write new jobs and new tasks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import exists, select, update

from farm.errors import InvalidOption, NotAllowed
from farm.jobs.clock import now, read_clock
from farm.jobs.dialect import insert_new
from farm.jobs.events import Move, write_events
from farm.jobs.find import find_job
from farm.jobs.ids import new_job_id
from farm.jobs.limits import check_unfinished
from farm.jobs.models.work import jobs, tasks
from farm.jobs.moves import lock_jobs, move_job
from farm.jobs.new_tasks import HIGHEST_PRIORITY, insert_tasks
from farm.jobs.records import Job
from farm.jobs.rows import write_error
from farm.jobs.status import JobStatus
from farm.jobs.webhooks import EVENTS, add_webhook

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from farm.errors import FarmError
    from farm.jobs.records import JobId, NewJob, NewTask

_LONGEST_NAME = 200
"""Characters of an owner or project: more is no key of an index."""


def add_job(
    connection: Connection,
    new: NewJob,
    new_tasks: Sequence[NewTask],
    *,
    planned: bool,
    warnings: Sequence[str],
    attempts_allowed: int,
    most_unfinished: int | None = None,
) -> Job:
    """Write a job and its first tasks, unless its key was used before.

    Raises:
        TooManyJobs: when its owner has so many that have not ended.
        NotAllowed: when its key was used for something else.
    """
    at = read_clock(connection)
    job_id = _insert_job(
        connection,
        new,
        at=at,
        planned=planned,
        warnings=warnings,
        most_unfinished=most_unfinished,
    )
    if job_id is None:
        return _find_by_key(connection, new)
    _add_webhook(connection, new, job_id)
    moves = insert_tasks(
        connection,
        new_tasks,
        job_id=job_id,
        priority=new.priority,
        owner=new.owner,
        attempts_allowed=attempts_allowed,
        at=at,
        is_new=True,
    )
    write_events(connection, [_began(job_id), *moves])
    return Job(
        id=job_id,
        kind=new.kind,
        status=JobStatus.QUEUED,
        output=new.output,
        priority=new.priority,
        owner=new.owner,
        project=new.project,
        created=at,
        started=None,
        finished=None,
        error=None,
        result=None,
        warnings=tuple(warnings),
        planned=planned,
    )


def add_failed_job(connection: Connection, new: NewJob, error: FarmError) -> Job:
    """Write a job that was refused, unless its key was used before."""
    at = read_clock(connection)
    job_id = _insert_job(connection, new, at=at, planned=True, warnings=())
    if job_id is None:
        return _find_by_key(connection, new)
    _add_webhook(connection, new, job_id)
    write_events(connection, [_began(job_id)])
    move_job(
        connection,
        job_id,
        before=JobStatus.QUEUED,
        to=JobStatus.FAILED,
        note=error.message,
        error=write_error(error),
        finished=now(),
    )
    return find_job(connection, job_id)


def add_tasks(
    connection: Connection,
    job_id: str,
    new_tasks: Sequence[NewTask],
    *,
    warnings: Sequence[str],
    are_all: bool,
    attempts_allowed: int,
) -> bool:
    """Write the tasks that a job was planned into, once."""
    job = lock_jobs(connection, [job_id]).get(job_id)
    if job is None or job["planned"] or job["status"].is_final:
        return False
    if _has_one_of(connection, job_id, new_tasks):  # another coordinator was faster
        return False
    connection.execute(
        update(jobs)
        .where(jobs.c.id == job_id)
        .values(planned=are_all, warnings=[*job["warnings"], *warnings])
    )
    moves = insert_tasks(
        connection,
        new_tasks,
        job_id=job["id"],
        priority=job["priority"],
        owner=job["owner"],
        attempts_allowed=attempts_allowed,
        at=read_clock(connection),
    )
    write_events(connection, moves)
    return True


def _has_one_of(
    connection: Connection, job_id: str, new_tasks: Sequence[NewTask]
) -> bool:
    """Whether a job has the first of these tasks, which are written together."""
    found = exists().where(
        tasks.c.job_id == job_id,
        tasks.c.name.in_([each.name for each in new_tasks[:1]]),
    )
    return bool(connection.scalar(select(found)))


def _insert_job(
    connection: Connection,
    new: NewJob,
    *,
    at: float,
    planned: bool,
    warnings: Sequence[str],
    most_unfinished: int | None = None,
) -> JobId | None:
    """Insert a job and return its id; ``None`` when its key was used before.

    Its event is to be written, too.
    """
    _check(new)
    if most_unfinished is not None and not _key_is_used(connection, new):
        check_unfinished(connection, new.owner, most=most_unfinished)
    values = {
        "kind": new.kind,
        "status": JobStatus.QUEUED,
        "planned": planned,
        "spec": new.spec,
        "output": new.output,
        "priority": new.priority,
        "owner": new.owner,
        "project": new.project,
        "idempotency_key": new.idempotency_key,
        "created": at,
        "warnings": list(warnings),
    }
    while not _key_is_used(connection, new):
        job_id = new_job_id(at)
        # two processes may come with one key at once, or meet at one id by chance
        if insert_new(connection, jobs, {"id": job_id, **values}):
            return job_id
    return None


def _began(job_id: JobId) -> Move:
    return Move(job_id=job_id, before=None, after=JobStatus.QUEUED)


def _check(new: NewJob) -> None:
    """Refuse what the table could not hold or compare."""
    priority: object = new.priority
    if type(priority) is not int or not 0 <= priority <= HIGHEST_PRIORITY:
        raise InvalidOption(
            f"The priority {priority!r} cannot be used: give a whole number from "
            f"0 (last) to {HIGHEST_PRIORITY} (first)"
        )
    for name in ("output", "owner", "project", "idempotency_key"):
        text: object = getattr(new, name)
        if text is None:
            continue
        if not isinstance(text, str):
            raise InvalidOption(f"The {name} of the job should be text, is {text!a}")
        if "\x00" in text or text.encode("utf-8", "replace").decode() != text:
            raise InvalidOption(
                f"The {name} of the job holds characters that are no text: {text!a}"
            )
        if name in {"owner", "project"} and len(text) > _LONGEST_NAME:
            raise InvalidOption(
                f"The {name} of the job has {len(text)} characters; "
                f"give at most {_LONGEST_NAME}"
            )


def _key_is_used(connection: Connection, new: NewJob) -> bool:
    if new.idempotency_key is None:
        return False
    found = select(jobs.c.id).where(jobs.c.idempotency_key == new.idempotency_key)
    return connection.execute(found).first() is not None


def _find_by_key(connection: Connection, new: NewJob) -> Job:
    """Return the job that a key was used for; refuse one that makes something else."""
    found = select(jobs.c.id).where(jobs.c.idempotency_key == new.idempotency_key)
    job = find_job(connection, connection.execute(found).scalar_one())
    if job.kind is not new.kind or job.output != new.output:
        raise NotAllowed(
            f"The idempotency key {new.idempotency_key!r} was used for another job: "
            f"{job.id}, a {job.kind} of {job.output or 'no file'}; "
            f"give a {new.kind} of {new.output or 'no file'} a key of its own.",
            job=job.id,
        )
    _add_webhook(connection, new, job.id)
    return job


def _add_webhook(connection: Connection, new: NewJob, job_id: JobId) -> None:
    if new.webhook is not None:
        add_webhook(connection, job_id, url=new.webhook, wanted=EVENTS)
