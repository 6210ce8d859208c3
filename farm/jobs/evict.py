"""Strike out files of the cache that no job needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, exists, func, select

from farm.jobs.clock import read_clock
from farm.jobs.models.cache import artifact_pins, artifacts
from farm.jobs.models.work import jobs
from farm.jobs.rows import read_artifact
from farm.jobs.status import JobStatus

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import ColumnElement, Connection

    from farm.jobs.cached import Artifact, CacheLimits

BATCH = 500
"""Artifacts that are evicted in one transaction."""
_ENDED = [status for status in JobStatus if status.is_final]


def is_pinned() -> ColumnElement[bool]:
    """Whether a job needs an artifact."""
    return exists().where(artifact_pins.c.key == artifacts.c.key)


def unpin_ended(connection: Connection) -> None:
    """Free what jobs needed that have ended."""
    ended = exists().where(
        jobs.c.id == artifact_pins.c.job_id, jobs.c.status.in_(_ENDED)
    )
    connection.execute(delete(artifact_pins).where(ended))


def evict_batch(connection: Connection, limits: CacheLimits) -> list[Artifact]:
    """Strike out up to `BATCH` artifacts that are over the limits."""
    total = select(func.count(), func.coalesce(func.sum(artifacts.c.size_bytes), 0))
    entries, size = connection.execute(total).one()
    oldest = read_clock(connection) - limits.max_age_seconds
    free = (
        select(artifacts.c.key, artifacts.c.size_bytes, artifacts.c.used)
        .where(~is_pinned())
        .order_by(artifacts.c.used, artifacts.c.key)
        .limit(BATCH)
        .with_for_update(skip_locked=True, of=artifacts)
    )
    chosen = []
    for key, size_bytes, used in connection.execute(free):
        is_over = entries > limits.max_entries or size > limits.max_bytes
        if not is_over and used >= oldest:
            break
        chosen.append(key)
        entries -= 1
        size -= size_bytes
    # who pinned one before its row was locked is seen now
    return delete_where(connection, [artifacts.c.key.in_(chosen), ~is_pinned()])


def delete_where(
    connection: Connection, where: Sequence[ColumnElement[bool]]
) -> list[Artifact]:
    """Strike out artifacts, and return them."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(artifacts.c.key).where(*where).with_for_update())
    gone = connection.execute(
        delete(artifacts).where(*where).returning(*artifacts.c)
    ).mappings()
    return [read_artifact(row) for row in gone]
