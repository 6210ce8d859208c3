"""Alerts: what breaks a rule now, and the history of what did.

```
breaks the rule ──> pending ──for so long──> firing ──not any more──> resolved
                       └── not any more: forgotten
```
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from sqlalchemy import delete, insert, select, update

from farm.jobs.clock import read_clock
from farm.jobs.dialect import insert_new
from farm.jobs.models.news import alerts
from farm.jobs.models.sums import totals
from farm.jobs.outbox import add_delivery
from farm.jobs.records import Alert

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection, RowMapping

    from farm.jobs.database import Database

_OPEN = ("pending", "firing")
_LOCK = {"what": "lock", "kind": "alerts", "queue": "", "detail": ""}
"""A row that is locked by whoever changes alerts."""
Key: TypeAlias = tuple[str, str]
"""Rule and labels."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Breach:
    """A value that breaks a rule now."""

    rule: str
    labels: dict[str, str]
    severity: str
    summary: str
    for_seconds: float
    value: float

    @property
    def key(self) -> Key:
        """What tells it from other breaches."""
        return self.rule, json.dumps(self.labels, sort_keys=True)


class AlertLog:
    """Keeps alerts; safe for several coordinators at once."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def update(
        self,
        breaches: Mapping[Key, Breach],
        *,
        at: float | None = None,
        webhook: str | None = None,
    ) -> list[Alert]:
        """Note what breaks rules now; return the alerts that fire or end by it.

        Args:
            breaches: all of them, at this moment.
            at: the time; unset: now.
            webhook: where each alert that fires or ends is sent to.
        """
        if not breaches and not self.read(limit=0):
            return []
        with self._database.writing() as connection:
            _lock(connection)
            now = read_clock(connection) if at is None else at
            ids = [
                *_note_breaches(connection, breaches, at=now),
                *_end(connection, breaches, at=now),
            ]
            found = select(alerts).where(alerts.c.id.in_(ids)).order_by(alerts.c.id)
            rows = connection.execute(found).mappings()
            changed = [_read(row) for row in rows]
            for alert in changed if webhook else []:
                event, body = f"alert.{alert.state}", alert_to_json(alert)
                add_delivery(connection, url=str(webhook), event=event, body=body)
            return changed

    def read(self, *, limit: int = 50) -> list[Alert]:
        """Return what is pending or firing, then so many that ended; newest first."""
        newest = alerts.c.id.desc()
        going = select(alerts).where(alerts.c.state.in_(_OPEN)).order_by(newest)
        ended = select(alerts).where(alerts.c.state == "resolved").order_by(newest)
        with self._database.reading() as connection:
            rows = [
                *connection.execute(going).mappings(),
                *(connection.execute(ended.limit(limit)).mappings() if limit else ()),
            ]
        return [_read(row) for row in rows]


def alert_to_json(alert: Alert) -> dict[str, Any]:
    """Return an alert as plain data."""
    return {
        "alert": alert.rule,
        "state": alert.state,
        "severity": alert.severity,
        "labels": alert.labels,
        "value": alert.value,
        "summary": alert.summary,
        "since": alert.since,
        "fired": alert.fired,
        "resolved": alert.resolved,
    }


def _lock(connection: Connection) -> None:
    """Let one coordinator at a time look at what is open, and change it."""
    insert_new(connection, totals, {**_LOCK, "value": 0.0})
    connection.execute(
        select(totals.c.value)
        .where(*(totals.c[name] == value for name, value in _LOCK.items()))
        .with_for_update()
    )


def _open(connection: Connection) -> dict[Key, RowMapping]:
    rows = connection.execute(select(alerts).where(alerts.c.state.in_(_OPEN)))
    return {(row["rule"], row["labels"]): row for row in rows.mappings()}


def _note_breaches(
    connection: Connection, breaches: Mapping[Key, Breach], *, at: float
) -> list[int]:
    fired, known = [], _open(connection)
    for key, breach in breaches.items():
        row = known.get(key)
        since = at if row is None else row["since"]
        is_pending = row is None or row["state"] == "pending"
        fires = is_pending and at - since >= breach.for_seconds
        values: dict[str, Any] = {"value": breach.value}
        if fires:
            values |= {"state": "firing", "fired": at}
        if row is None:
            new = {
                "rule": breach.rule,
                "labels": key[1],
                "severity": breach.severity,
                "summary": breach.summary,
                "state": "pending",
                "since": at,
            }
            inserted = insert(alerts).values(**{**new, **values})
            alert_id = connection.execute(inserted.returning(alerts.c.id)).scalar_one()
        else:
            alert_id = row["id"]
            changed = update(alerts).where(alerts.c.id == alert_id)
            connection.execute(changed.values(**values))
        if fires:
            fired.append(alert_id)
    return fired


def _end(
    connection: Connection, breaches: Mapping[Key, Breach], *, at: float
) -> list[int]:
    over = [row for key, row in _open(connection).items() if key not in breaches]
    firing = [row["id"] for row in over if row["state"] == "firing"]
    pending = [row["id"] for row in over if row["state"] == "pending"]
    connection.execute(delete(alerts).where(alerts.c.id.in_(pending)))
    connection.execute(
        update(alerts)
        .where(alerts.c.id.in_(firing))
        .values(state="resolved", resolved=at)
    )
    return firing


def _read(row: RowMapping) -> Alert:
    return Alert(**{**row, "labels": json.loads(row["labels"])})
