"""How many jobs one owner may have in the farm at once."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

from sqlalchemy import func, select, text

from farm.errors import TooManyJobs
from farm.jobs.models.work import jobs
from farm.jobs.moves import job_is_unfinished

if TYPE_CHECKING:
    from sqlalchemy import Connection

_LOCK_SPACE = 0x6661726D  # "farm"; the first of two keys of a lock in PostgreSQL


def check_unfinished(connection: Connection, owner: str | None, *, most: int) -> None:
    """Refuse one more job of an owner who has so many that have not ended.

    Raises:
        TooManyJobs: with the counts.
    """
    if connection.dialect.name == "postgresql":  # else two could be the last one
        number = zlib.crc32((owner or "").encode("utf-8", "replace")) - 2**31
        connection.execute(
            text("SELECT pg_advisory_xact_lock(:space, :number)"),
            {"space": _LOCK_SPACE, "number": number},
        )
    counts = count_unfinished(connection, owner)
    unfinished = sum(counts.values())
    if unfinished >= most:
        who = f"The owner {owner}" if owner else "Who names no owner"
        told = ", ".join(f"{count} {status}" for status, count in counts.items())
        raise TooManyJobs(
            f"{who} has unfinished jobs ({told or 'none'}), and may have "
            f"{most} at once: wait until some have ended, or cancel some.",
            unfinished=unfinished,
            limit=most,
        )


def count_unfinished(connection: Connection, owner: str | None) -> dict[str, int]:
    """Return how many jobs of an owner have not ended, by status."""
    found = (
        select(jobs.c.status, func.count())
        .where(
            job_is_unfinished(),
            jobs.c.owner.is_(None) if owner is None else jobs.c.owner == owner,
        )
        .group_by(jobs.c.status)
        .order_by(jobs.c.status)
    )
    return {status.value: count for status, count in connection.execute(found)}
