"""Which of several processes does a work that one shall do.

It is a courtesy, not a lock: all that a leader does is also safe when two do it, since
one may be frozen in the middle and wake up when another has taken over.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, or_, select, update

from farm.jobs.clock import now
from farm.jobs.dialect import insert_new
from farm.jobs.models.workers import leaders

if TYPE_CHECKING:
    from sqlalchemy import Connection


def may_lead(connection: Connection, name: str, *, holder: str) -> bool:
    """Whether nobody else has the work."""
    found = select(leaders.c.holder).where(
        leaders.c.name == name,
        leaders.c.holder != holder,
        leaders.c.lease_until >= now(),
    )
    return connection.execute(found).first() is None


def lead(
    connection: Connection, name: str, *, holder: str, lease_seconds: float
) -> bool:
    """Take the work for so long, or keep it; ``False``: another has it."""
    row = {"name": name, "holder": holder, "lease_until": now() + lease_seconds}
    if insert_new(connection, leaders, row):
        return True
    taken = connection.execute(
        update(leaders)
        .where(
            leaders.c.name == name,
            or_(leaders.c.holder == holder, leaders.c.lease_until < now()),
        )
        .values(holder=holder, lease_until=now() + lease_seconds)
    )
    return bool(taken.rowcount)


def stop_leading(connection: Connection, name: str, *, holder: str) -> None:
    """Let another take the work at once."""
    connection.execute(
        delete(leaders).where(leaders.c.name == name, leaders.c.holder == holder)
    )


def find_leader(connection: Connection, name: str) -> str | None:
    """Return who has the work; ``None``: nobody for the moment."""
    found = select(leaders.c.holder).where(
        leaders.c.name == name, leaders.c.lease_until >= now()
    )
    return connection.execute(found).scalar_one_or_none()
