"""Messages to be sent to others: written with what they tell, sent later, recorded."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select, update

from farm.jobs.clock import now, read_clock
from farm.jobs.models.news import deliveries
from farm.jobs.records import Delivery

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection

    from farm.jobs.database import Database

RETRY_SECONDS = (2.0, 10.0, 60.0, 300.0, 1800.0)
"""Waits before each further try; after the last one it has failed."""
_CLAIM_SECONDS = 60.0
"""How long a message is its sender's; then another one may send it."""
_AT_ONCE = 20


class Outbox:
    """Messages to be sent; safe for several senders."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def claim(self) -> list[Delivery]:
        """Return messages that are due; they are this sender's for a minute."""
        with self._database.reading() as connection:
            if not _due(connection):
                return []
        with self._database.writing() as connection:
            ids = _due(connection)
            claimed = (
                update(deliveries)
                .where(deliveries.c.id.in_(ids), deliveries.c.state == "waiting")
                .values(next_try=now() + _CLAIM_SECONDS, tries=deliveries.c.tries + 1)
                .returning(*deliveries.c)
            )
            rows = connection.execute(claimed).mappings()
            found = [Delivery(**row) for row in rows]
        return sorted(found, key=lambda delivery: delivery.id)

    def note(
        self, delivery: Delivery, *, http_status: int | None, error: str | None
    ) -> None:
        """Note what came of a try; without an error it is sent."""
        values: dict[str, Any] = {"http_status": http_status, "error": error}
        with self._database.writing() as connection:
            at = read_clock(connection)
            if error is None:
                values |= {"state": "sent", "ended": at}
            elif delivery.tries > len(RETRY_SECONDS):
                values |= {"state": "failed", "ended": at}
            else:
                values["next_try"] = at + RETRY_SECONDS[delivery.tries - 1]
            changed = update(deliveries).where(deliveries.c.id == delivery.id)
            connection.execute(changed.values(**values))

    def read(self, *, job_id: str | None = None, limit: int = 50) -> list[Delivery]:
        """Return messages, of a job or all, newest first."""
        found = select(deliveries).order_by(deliveries.c.id.desc()).limit(limit)
        if job_id is not None:
            found = found.where(deliveries.c.job_id == job_id)
        with self._database.reading() as connection:
            rows = connection.execute(found).mappings().all()
        return [Delivery(**row) for row in rows]


def add_delivery(
    connection: Connection,
    *,
    url: str,
    event: str,
    body: Mapping[str, Any],
    job_id: str | None = None,
) -> None:
    """Write a message, to be sent at once."""
    connection.execute(
        insert(deliveries).values(
            job_id=job_id,
            url=url,
            event=event,
            body=json.dumps(body, separators=(",", ":")),
            state="waiting",
            created=now(),
            tries=0,
            next_try=now(),
        )
    )


def _due(connection: Connection) -> list[int]:
    found = (
        select(deliveries.c.id)
        .where(deliveries.c.state == "waiting", deliveries.c.next_try <= now())
        .order_by(deliveries.c.next_try, deliveries.c.id)
        .limit(_AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    return list(connection.scalars(found))
