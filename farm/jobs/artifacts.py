"""The files that attempts made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from farm.jobs.clock import now
from farm.jobs.dialect import insert_new
from farm.jobs.models import artifacts, tasks
from farm.jobs.moves import lock_jobs
from farm.jobs.rows import read_artifact
from farm.jobs.status import TaskStatus

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from farm.jobs.records import Artifact


def add_artifact(
    connection: Connection,
    *,
    job_id: str,
    task_id: str,
    attempt: int,
    path: str,
    size_bytes: int,
) -> None:
    """Write that an attempt made a file; one that lost its lease writes nothing."""
    lock_jobs(connection, [job_id])
    owned = select(tasks.c.id).where(
        tasks.c.id == task_id,
        tasks.c.job_id == job_id,
        tasks.c.attempt == attempt,
        tasks.c.status.in_([TaskStatus.ACTIVE, TaskStatus.COMPLETED]),
    )
    if connection.execute(owned).first() is None:
        return
    insert_new(
        connection,
        artifacts,
        {
            "job_id": job_id,
            "task_id": task_id,
            "attempt": attempt,
            "path": path,
            "size_bytes": size_bytes,
            "created": now(),
        },
    )


def find_artifacts(connection: Connection, job_id: str) -> list[Artifact]:
    """Return the files that a job's tasks made, in the order of making."""
    found = select(artifacts).where(artifacts.c.job_id == job_id)
    ordered = found.order_by(artifacts.c.created, artifacts.c.path)
    return [read_artifact(row) for row in connection.execute(ordered).mappings()]
