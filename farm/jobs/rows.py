"""Rows of the database turned into records."""

from __future__ import annotations

from dataclasses import asdict, fields
from typing import TYPE_CHECKING, Any

from farm.errors import ErrorRecord
from farm.jobs.cached import Artifact
from farm.jobs.records import Attempt, Event, Job, JobId, Task, TaskId, Worker

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sqlalchemy import RowMapping

    from farm.errors import FarmError
    from farm.jobs.demands import GpuOffer

_LONGEST_LOG = 64 * 1024
"""Characters kept of a log, from its end."""
_LONGEST_NOTE = 500
"""Characters kept of an event's note; an error is kept whole with its attempt."""


READ = (*(field.name for field in fields(Task)), "number")
"""What is read of a task, and its number."""


def read_job(row: RowMapping) -> Job:
    """Return the record of a job."""
    return Job(
        id=JobId(row["id"]),
        kind=row["kind"],
        status=row["status"],
        output=row["output"],
        priority=row["priority"],
        owner=row["owner"],
        project=row["project"],
        created=row["created"],
        started=row["started"],
        finished=row["finished"],
        error=_read_error(row["error"]),
        result=row["result"],
        warnings=tuple(row["warnings"]),
        planned=row["planned"],
    )


def read_task(row: Mapping[Any, Any]) -> Task:
    """Return the record of a task."""
    return Task(
        id=TaskId(row["id"]),
        job_id=JobId(row["job_id"]),
        name=row["name"],
        kind=row["kind"],
        status=row["status"],
        queue=row["queue"],
        payload=row["payload"],
        priority=row["priority"],
        frames=row["frames"],
        frames_done=row["frames_done"],
        attempt=row["attempt"],
        attempts_allowed=row["attempts_allowed"],
        worker=row["worker"],
        lease_until=row["lease_until"],
        created=row["created"],
        started=row["started"],
        finished=row["finished"],
        error=_read_error(row["error"]),
        result=row["result"],
    )


def read_attempt(row: RowMapping) -> Attempt:
    """Return the record of an attempt."""
    return Attempt(
        task_id=TaskId(row["task_id"]),
        number=row["number"],
        worker=row["worker"],
        started=row["started"],
        finished=row["finished"],
        outcome=row["outcome"],
        argv=row["argv"],
        log=row["log"],
        error=_read_error(row["error"]),
        lease_until=row["lease_until"],
    )


def read_event(row: RowMapping) -> Event:
    """Return the record of an event."""
    return Event(
        id=row["id"],
        job_id=JobId(row["job_id"]),
        task_id=None if row["task_id"] is None else TaskId(row["task_id"]),
        at=row["at"],
        before=row["before"],
        after=row["after"],
        attempt=row["attempt"],
        note=row["note"],
        owner=row.get("owner"),
        project=row.get("project"),
    )


def read_worker(
    row: RowMapping,
    *,
    active: Iterable[str],
    is_lost: bool,
    gpu: GpuOffer | None = None,
) -> Worker:
    """Return the record of a worker, the tasks that it has, and its GPU."""
    return Worker(
        name=row["name"],
        host=row["host"],
        pid=row["pid"],
        queues=tuple(row["queues"]),
        slots=row["slots"],
        device=row["device"],
        ffmpeg=row["ffmpeg"],
        started=row["started"],
        seen=row["seen"],
        state="lost" if is_lost and row["state"] != "offline" else row["state"],
        failures=row["failures"],
        reason=row["reason"],
        active=tuple(TaskId(task_id) for task_id in active),
        gpu=gpu,
    )


def read_artifact(row: RowMapping) -> Artifact:
    """Return the record of an artifact."""
    return Artifact(**row)


def write_error(error: FarmError) -> dict[str, Any]:
    """Return an error as it is stored."""
    return asdict(error.to_record())


def write_log(log: str | None) -> str | None:
    """Return a log, or commands, as stored: the end, as far as SQL can hold it."""
    return None if log is None else _clean(log[-_LONGEST_LOG:])


def write_note(note: str | None) -> str | None:
    """Return a remark as stored: its start, as far as SQL can hold it."""
    return None if note is None else _clean(note[:_LONGEST_NOTE])


def _clean(text: str) -> str:
    without_nul = text.replace("\x00", "\ufffd")
    return without_nul.encode("utf-8", "backslashreplace").decode("utf-8")


def _read_error(stored: dict[str, Any] | None) -> ErrorRecord | None:
    return None if stored is None else ErrorRecord(**stored)
