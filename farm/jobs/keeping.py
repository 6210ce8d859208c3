"""Forget what ended long ago: jobs with all that belongs to them, alerts, messages.

A job goes with its tasks, attempts, events, webhooks and messages, whole, in one
transaction, and its idempotency key can be used anew. What goes is taken out of the
sums of what there is (`farm.jobs.totals`); the sums of what happened stay. A job stays
as long as an event of it is not in these sums, or a webhook has not heard of its end.

Nothing is forgotten of a job that may go on, and no file is touched here.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, exists, func, or_, select, update

from farm.jobs.clock import now
from farm.jobs.dialect import insert_new
from farm.jobs.models.cache import artifact_pins
from farm.jobs.models.news import alerts, deliveries, webhooks
from farm.jobs.models.sums import job_runs, queued_tasks, totals
from farm.jobs.models.work import attempts, events, jobs, task_needs, tasks
from farm.jobs.moves import is_status
from farm.jobs.records import JobId
from farm.jobs.status import JobStatus, TaskStatus
from farm.jobs.totals import add_to_totals, find_last_summed

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from sqlalchemy import ColumnElement, Connection, Select

    from farm.jobs.database import Database

BATCH_JOBS = 50
"""Most jobs that one transaction forgets."""
BATCH_TASKS = 500
"""Most tasks of them, unless a single job has more: others wait for the transaction."""
_BATCH_ROWS = 500
_KEPT_RUNS = 10_000
"""How long jobs took is kept of so many: it outlives them, to foretell others."""
_FINAL = [status for status in JobStatus if status.is_final]
_TURN = {"what": "turn", "kind": "house", "queue": "", "detail": ""}


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """How long what has ended is kept."""

    seconds: Mapping[JobStatus, float]
    """Since a job ended, by how it ended; infinite: for ever."""
    jobs: int | None = None
    """Ended jobs that are kept at most, the newest; ``None``: any number."""
    alert_seconds: float
    """Since an alert ended, or since a message about one was sent."""


class Keeping:
    """Forgets what ended long ago; safe for several coordinators."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def take_turn(self, *, seconds: float) -> bool:
        """Whether to keep house now: one process of all does it, and not so often."""
        with self._database.writing() as connection:
            insert_new(connection, totals, {**_TURN, "value": 0.0})
            taken = connection.execute(
                update(totals)
                .where(
                    *(totals.c[name] == value for name, value in _TURN.items()),
                    totals.c.value <= now(),
                )
                .values(value=now() + seconds)
            )
            return bool(taken.rowcount)

    def forget_jobs(self, kept: Kept) -> list[JobId]:
        """Forget some jobs that ended too long ago, or are too many; return them."""
        with self._database.reading() as connection:
            found = _find_old(connection, kept)
        if not found:
            return []
        with self._database.writing() as connection:
            ids = _choose(connection, found)
            if ids:
                _take_out_of_sums(connection, ids)
                _delete_jobs(connection, ids)
            return ids

    def forget_others(self, kept: Kept) -> int:
        """Forget alerts and messages of long ago, and old runs; return how many.

        The newest of each stays, so that no number is given twice.
        """
        seconds = kept.alert_seconds
        with self._database.writing() as connection:
            gone = _delete_old(
                connection,
                alerts,
                alerts.c.state == "resolved",
                alerts.c.resolved < now() - seconds,
            )
            gone += _delete_old(
                connection,
                deliveries,
                deliveries.c.job_id.is_(None),
                deliveries.c.ended < now() - seconds,
            )
            return gone + _delete_runs(connection)

    def find_unknown(self, job_ids: Collection[str]) -> set[str]:
        """Return which of these are no jobs, or none any more."""
        found = select(jobs.c.id).where(jobs.c.id.in_(sorted(job_ids)))
        with self._database.reading() as connection:
            return set(job_ids) - set(connection.scalars(found))

    def active_attempts(self) -> set[tuple[str, int]]:
        """Return the attempts that workers are at: task and number."""
        found = select(tasks.c.id, tasks.c.attempt).where(is_status(TaskStatus.ACTIVE))
        with self._database.reading() as connection:
            return {
                (task_id, attempt) for task_id, attempt in connection.execute(found)
            }


def _find_old(connection: Connection, kept: Kept) -> list[str]:
    """Return jobs that are to be forgotten, those that ended first."""
    found: list[str] = []
    for status, seconds in kept.seconds.items():
        if seconds != float("inf"):
            old = jobs.c.finished < now() - seconds
            found += connection.scalars(_oldest(jobs.c.status == status, old))
    if kept.jobs is not None:
        ended = jobs.c.status.in_(_FINAL)
        count = connection.execute(
            select(func.count()).select_from(jobs).where(ended)
        ).scalar_one()
        if count > kept.jobs:
            too_many = min(BATCH_JOBS, count - kept.jobs)
            found += connection.scalars(_oldest(ended).limit(too_many))
    return list(dict.fromkeys(found))[:BATCH_JOBS]


def _oldest(*where: ColumnElement[bool]) -> Select[Any]:
    found = select(jobs.c.id).where(*where)
    return found.order_by(jobs.c.finished, jobs.c.id).limit(BATCH_JOBS)


def _choose(connection: Connection, found: Sequence[str]) -> list[JobId]:
    """Lock the jobs that can be forgotten now, as many as are a small batch."""
    last = (
        select(func.max(events.c.id)).where(events.c.job_id == jobs.c.id)
    ).scalar_subquery()
    newest = select(func.max(events.c.id)).scalar_subquery()
    waits = exists().where(webhooks.c.job_id == jobs.c.id, webhooks.c.is_open)
    unsent = exists().where(
        deliveries.c.job_id == jobs.c.id, deliveries.c.state == "waiting"
    )
    at_work = exists().where(tasks.c.job_id == jobs.c.id, is_status(TaskStatus.ACTIVE))
    size = select(func.count()).where(tasks.c.job_id == jobs.c.id).scalar_subquery()
    free = (
        select(jobs.c.id, size)
        .where(
            jobs.c.id.in_(found),
            jobs.c.status.in_(_FINAL),
            last <= find_last_summed(connection),
            last < newest,  # SQLite would give its number to the next event
            ~or_(waits, unsent, at_work),
        )
        .order_by(jobs.c.id)
        .with_for_update(skip_locked=True, of=jobs)
    )
    chosen: list[JobId] = []
    count = 0
    for job_id, size_of_job in connection.execute(free):
        count += size_of_job
        if chosen and count > BATCH_TASKS:
            break
        chosen.append(JobId(job_id))
    return chosen


def _take_out_of_sums(connection: Connection, ids: Sequence[str]) -> None:
    """Let the sums of what there is say what there will be."""
    gone: Counter[tuple[str, str, str, str]] = Counter()
    ended = select(jobs.c.kind, jobs.c.status).where(jobs.c.id.in_(ids))
    for job_kind, status in connection.execute(ended):
        gone["jobs", job_kind.value, "", status.value] += 1
    counted = (
        select(tasks.c.kind, tasks.c.queue, tasks.c.status, func.count())
        .where(tasks.c.job_id.in_(ids))
        .group_by(tasks.c.kind, tasks.c.queue, tasks.c.status)
    )
    for task_kind, queue, task_status, count in connection.execute(counted):
        gone["tasks", task_kind.value, queue.value, task_status.value] += count
    add_to_totals(connection, {key: -count for key, count in gone.items()})


def _delete_jobs(connection: Connection, ids: Sequence[str]) -> None:
    of_jobs = select(tasks.c.id).where(tasks.c.job_id.in_(ids))
    for statement in (
        delete(deliveries).where(deliveries.c.job_id.in_(ids)),
        delete(webhooks).where(webhooks.c.job_id.in_(ids)),
        delete(artifact_pins).where(artifact_pins.c.job_id.in_(ids)),
        delete(events).where(events.c.job_id.in_(ids)),
        delete(attempts).where(attempts.c.task_id.in_(of_jobs)),
        delete(task_needs).where(task_needs.c.task_id.in_(of_jobs)),
        delete(queued_tasks).where(queued_tasks.c.task_id.in_(of_jobs)),
        delete(tasks).where(tasks.c.job_id.in_(ids)),
        delete(jobs).where(jobs.c.id.in_(ids)),
    ):
        connection.execute(statement)


def _delete_old(
    connection: Connection,
    table: Any,  # noqa: ANN401  # one of those with numbered rows
    *where: ColumnElement[bool],
) -> int:
    newest = select(func.max(table.c.id)).scalar_subquery()
    old = (
        select(table.c.id)
        .where(*where, table.c.id < newest)
        .order_by(table.c.id)
        .limit(_BATCH_ROWS)
    )
    ids = list(connection.scalars(old))
    if ids:
        connection.execute(delete(table).where(table.c.id.in_(ids)))
    return len(ids)


def _delete_runs(connection: Connection) -> int:
    last_kept = (
        select(job_runs.c.finished)
        .order_by(job_runs.c.finished.desc())
        .offset(_KEPT_RUNS)
        .limit(1)
    ).scalar_subquery()
    gone = connection.execute(delete(job_runs).where(job_runs.c.finished <= last_kept))
    return gone.rowcount
