"""Who wants to hear of which job, and what they are to be told.

What is told comes from the events of the job, each once: a webhook that is added late
hears all that was before. All moves of a job come one after the other, so that the id
of the last event that was told is enough.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, exists, insert, or_, select, update

from farm.jobs.clock import read_clock
from farm.jobs.find import count_progress
from farm.jobs.models.news import deliveries, webhooks
from farm.jobs.models.work import events, jobs
from farm.jobs.outbox import add_delivery
from farm.jobs.status import JobStatus

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import ColumnElement, Connection, RowMapping

    from farm.jobs.database import Database

EVENTS = ("started", "progress", "completed", "failed", "cancelled")
"""What a webhook can hear of."""
_WHEN = {
    JobStatus.ACTIVE.value: "started",
    JobStatus.COMPLETED.value: "completed",
    JobStatus.FAILED.value: "failed",
    JobStatus.CANCELLED.value: "cancelled",
}
_PROGRESS = "job.progress"
_AT_ONCE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook:
    """A URL that hears of a job."""

    url: str
    events: tuple[str, ...]


class Webhooks:
    """Keeps webhooks, and writes what they are to be told into the outbox."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, job_id: str, *, url: str, wanted: Sequence[str]) -> None:
        """Let a URL hear of a job: of all that was and will be.

        Of one that hears of it already, only what it hears is changed.
        """
        with self._database.writing() as connection:
            add_webhook(connection, job_id, url=url, wanted=wanted)

    def of_job(self, job_id: str) -> list[Webhook]:
        """Return who hears of a job."""
        found = select(webhooks).where(webhooks.c.job_id == job_id)
        with self._database.reading() as connection:
            rows = connection.execute(found.order_by(webhooks.c.id)).mappings()
            return [
                Webhook(url=row["url"], events=tuple(row["wanted"])) for row in rows
            ]

    def tell(self, *, progress_seconds: float) -> None:
        """Write what is to be told into the outbox."""
        while True:
            with self._database.reading() as connection:
                if not connection.execute(_find_due(connection).limit(1)).first():
                    return
            with self._database.writing() as connection:
                found = _find_due(connection).limit(_AT_ONCE)
                due = connection.execute(
                    found.with_for_update(skip_locked=True, of=webhooks)
                ).mappings()
                rows = due.all()
                for row in rows:
                    _tell(connection, row, progress_seconds=progress_seconds)
            if len(rows) < _AT_ONCE:
                return


def add_webhook(
    connection: Connection, job_id: str, *, url: str, wanted: Sequence[str]
) -> None:
    """Let a URL hear of a job, in a transaction that goes on."""
    known = update(webhooks).where(webhooks.c.job_id == job_id, webhooks.c.url == url)
    if connection.execute(known.values(wanted=list(wanted))).rowcount:
        return
    connection.execute(
        insert(webhooks).values(
            job_id=job_id,
            url=url,
            wanted=list(wanted),
            seen=0,
            is_open=True,
            next_progress=0.0,
        )
    )


def reopen(connection: Connection, job_id: str) -> None:
    """Let the webhooks of a job that is retried hear of it again."""
    connection.execute(
        update(webhooks).where(webhooks.c.job_id == job_id).values(is_open=True)
    )


def _find_due(connection: Connection) -> Any:  # noqa: ANN401  # a statement
    """Find open webhooks with an event that was not told, or progress to tell."""
    news = exists().where(
        events.c.job_id == webhooks.c.job_id,
        events.c.id > webhooks.c.seen,
        events.c.task_id.is_(None),
    )
    progress = and_(
        jobs.c.status == JobStatus.ACTIVE,
        webhooks.c.next_progress <= read_clock(connection),
    )
    return (
        select(webhooks, jobs.c.status)
        .join(jobs, jobs.c.id == webhooks.c.job_id)
        .where(webhooks.c.is_open, or_(news, progress))
        .order_by(webhooks.c.id)
    )


def _tell(connection: Connection, hook: RowMapping, *, progress_seconds: float) -> None:
    news = select(events).where(
        events.c.job_id == hook["job_id"],
        events.c.id > hook["seen"],
        events.c.task_id.is_(None),
    )
    job = _read_job(connection, hook["job_id"])
    values: dict[str, Any] = {}
    for event in connection.execute(news.order_by(events.c.id)).mappings():
        values["seen"] = event["id"]
        values["is_open"] = not JobStatus(event["after"]).is_final
        what = _WHEN.get(event["after"])
        if what in hook["wanted"]:
            body = {"at": event["at"], "note": event["note"], "job": job}
            _write(connection, hook, event=f"job.{what}", body=body)
    if hook["status"] is JobStatus.ACTIVE:
        at = read_clock(connection)
        if hook["next_progress"] <= at:
            values["next_progress"] = at + progress_seconds
            # the first one waits: it would say what "started" says
            if hook["next_progress"] and not _progress_waits(connection, hook):
                _tell_progress(connection, hook, job=job, at=at)
    if values:
        changed = update(webhooks).where(webhooks.c.id == hook["id"])
        connection.execute(changed.values(**values))


def _tell_progress(
    connection: Connection, hook: RowMapping, *, job: dict[str, Any], at: float
) -> None:
    if "progress" not in hook["wanted"]:
        return
    counts = count_progress(connection, hook["job_id"])
    whole = counts.frames_total
    progress = {
        "fraction": round(counts.frames_done / whole, 4) if whole else 0.0,
        "frames_done": counts.frames_done,
        "frames_total": whole,
        "tasks_completed": counts.tasks_completed,
        "tasks_total": counts.tasks_total,
    }
    body = {"at": at, "job": job, "progress": progress}
    _write(connection, hook, event=_PROGRESS, body=body)


def _write(
    connection: Connection, hook: RowMapping, *, event: str, body: dict[str, Any]
) -> None:
    add_delivery(
        connection,
        url=hook["url"],
        event=event,
        body={"event": event, **body},
        job_id=hook["job_id"],
    )


def _progress_waits(connection: Connection, hook: RowMapping) -> bool:
    """Whether the last progress was not taken yet: another one would pile up."""
    where: tuple[ColumnElement[bool], ...] = (
        deliveries.c.job_id == hook["job_id"],
        deliveries.c.url == hook["url"],
        deliveries.c.event == _PROGRESS,
        deliveries.c.state == "waiting",
    )
    return bool(connection.execute(select(exists().where(*where))).scalar_one())


def _read_job(connection: Connection, job_id: str) -> dict[str, Any]:
    names = (
        "id",
        "status",
        "output",
        "owner",
        "project",
        "created",
        "started",
        "finished",
    )
    columns = [jobs.c[name] for name in (*names, "kind", "error")]
    row = connection.execute(select(*columns).where(jobs.c.id == job_id)).mappings()
    found = row.one()
    error = found["error"]
    told = {name: found[name] for name in names}
    told["kind"], told["status"] = found["kind"].value, found["status"].value
    told["error"] = error and {"kind": error["kind"], "message": error["message"]}
    return told
