"""What ended long ago is forgotten whole; what may go on, and the sums, stay."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.sql import text

from farm.errors import DiskFull, JobNotFound
from farm.jobs.alerts import Breach
from farm.jobs.cached import NewArtifact
from farm.jobs.keeping import BATCH_TASKS, Kept
from farm.jobs.models.base import metadata
from farm.jobs.models.work import jobs
from farm.jobs.status import JobStatus, TaskKind
from tests.integration.jobs.factories import (
    add_job,
    claim,
    complete,
    new_job,
    new_task,
    task_of,
)

if TYPE_CHECKING:
    from farm.jobs.records import Job
    from farm.jobs.table import JobTable

DAY = 24 * 3600.0
FOR_EVER = float("inf")


def kept(
    *,
    completed: float = 30 * DAY,
    failed: float = 30 * DAY,
    most: int | None = None,
    alerts: float = 90 * DAY,
) -> Kept:
    return Kept(
        seconds={
            JobStatus.COMPLETED: completed,
            JobStatus.FAILED: failed,
            JobStatus.CANCELLED: FOR_EVER,
        },
        jobs=most,
        alert_seconds=alerts,
    )


def complete_job(table: JobTable, **values: Any) -> Job:  # noqa: ANN401  # as NewJob says
    """Write a job of two tasks and bring it to its end."""
    job = table.add_job(new_job(**values), [new_task("a"), new_task("output", "a")])
    complete(table, task_of(table, job, "a"))
    table.release_ready()
    complete(table, task_of(table, job, "output"))
    assert table.complete_job(job.id, result=lambda _: {"outputs": []})
    return table.job(job.id)


def age(table: JobTable, job: Job, *, days: float) -> None:
    """Let a job have ended so long ago."""
    with table._database.writing() as connection:
        changed = update(jobs).where(jobs.c.id == job.id)
        connection.execute(changed.values(finished=jobs.c.finished - days * DAY))


def forget_all(table: JobTable, kept: Kept) -> list[str]:
    table.sums.add_up()
    forgotten: list[str] = []
    while ids := table.keeping.forget_jobs(kept):
        forgotten += ids
    return forgotten


def count_rows(table: JobTable) -> dict[str, int]:
    with table._database.reading() as connection:
        return {
            name: connection.execute(
                select(func.count()).select_from(each)
            ).scalar_one()
            for name, each in metadata.tables.items()
        }


def test_a_job_of_long_ago_goes_with_all_that_belongs_to_it(table: JobTable) -> None:
    old = complete_job(table, idempotency_key="k", output="/out.mp4")
    table.webhooks.add(old.id, url="http://a.example", wanted=["completed"])
    table.webhooks.tell(progress_seconds=1)
    for delivery in table.outbox.claim():
        table.outbox.note(delivery, http_status=200, error=None)
    young = complete_job(table)
    before = count_rows(table)
    age(table, old, days=31)

    assert forget_all(table, kept()) == [old.id]

    with pytest.raises(JobNotFound):
        table.job(old.id)
    assert table.job(young.id) == young
    after = count_rows(table)
    gone = {name: before[name] - after[name] for name in after}
    expected = {"jobs": 1, "tasks": 2, "task_needs": 1, "attempts": 2}
    expected |= {"webhooks": 1, "deliveries": 1, "events": 10}
    assert {name: gone[name] for name in expected} == expected
    again = table.add_job(new_job(idempotency_key="k", output="/other.mp4"))
    assert again.id != old.id


def test_each_status_has_its_own_time(table: JobTable) -> None:
    completed = complete_job(table)
    failed, cancelled, going = (add_job(table, "a") for _ in range(3))
    table.fail_job(failed.id, DiskFull("full"))
    table.cancel_job(cancelled.id)
    claim(table, task_of(table, going, "a"))
    for job in (completed, failed, cancelled, going):
        age(table, job, days=10)

    assert forget_all(table, kept(failed=5 * DAY)) == [failed.id]
    assert forget_all(table, kept(completed=0, failed=FOR_EVER)) == [completed.id]
    assert {job.id for job in table.jobs()} == {cancelled.id, going.id}


def test_the_newest_of_too_many_stay(table: JobTable) -> None:
    ended = [complete_job(table) for _ in range(5)]
    for days, job in enumerate(reversed(ended)):
        age(table, job, days=days)
    open_job = add_job(table, "a")

    forgotten = forget_all(table, kept(most=2))

    assert sorted(forgotten) == sorted(job.id for job in ended[:3])
    assert {job.id for job in table.jobs()} == {*(j.id for j in ended[3:]), open_job.id}


def test_sums_of_what_happened_stay_and_of_what_there_is_follow(
    table: JobTable,
) -> None:
    olds = [complete_job(table) for _ in range(3)]
    complete_job(table)
    table.sums.add_up()
    before = table.sums.read().totals
    for job in olds:
        age(table, job, days=31)

    assert len(forget_all(table, kept())) == 3

    after = table.sums.read().totals
    changed = {
        key: after[key] - before[key] for key in after if after[key] != before[key]
    }
    assert changed == {
        ("jobs", "render", "", "completed"): -3.0,
        ("tasks", "segment", "cpu.batch", "completed"): -6.0,
    }
    assert after["jobs", "render", "", "completed"] == 1
    assert after["ended", "render", "", "completed"] == 4
    assert after["attempts", "segment", "cpu.batch", "completed"] == 8


def test_events_after_forgetting_are_counted_once_each(table: JobTable) -> None:
    """The numbers of events go on, also where the newest ones would be forgotten."""
    olds = [complete_job(table) for _ in range(2)]
    for job in olds:
        age(table, job, days=31)

    assert forget_all(table, kept()) == [olds[0].id]  # the other has the newest event
    complete_job(table)
    assert forget_all(table, kept()) == [olds[1].id]

    table.sums.add_up()
    totals = table.sums.read().totals
    assert totals["ended", "render", "", "completed"] == 3
    assert totals["jobs", "render", "", "completed"] == 1
    assert table.sums.read().behind == 0


def test_a_job_stays_until_it_is_in_the_sums_and_its_webhooks_have_heard(
    table: JobTable,
) -> None:
    job = complete_job(table)
    complete_job(table)
    age(table, job, days=31)
    assert table.keeping.forget_jobs(kept()) == []  # nobody has added up
    table.sums.add_up()
    table.webhooks.add(job.id, url="http://a.example", wanted=["completed"])
    assert table.keeping.forget_jobs(kept()) == []
    table.webhooks.tell(progress_seconds=1)
    assert table.keeping.forget_jobs(kept()) == []  # the message waits yet
    (delivery,) = table.outbox.claim()
    table.outbox.note(delivery, http_status=200, error=None)

    assert table.keeping.forget_jobs(kept()) == [job.id]


def test_a_job_whose_attempt_has_not_reported_stays(table: JobTable) -> None:
    job = add_job(table, "a")
    claim(table, task_of(table, job, "a"))
    table.fail_job(job.id, DiskFull("full"))
    complete_job(table)
    age(table, job, days=31)

    assert forget_all(table, kept()) == []


def test_what_the_cache_holds_outlives_the_job_that_made_it(table: JobTable) -> None:
    job = complete_job(table)
    artifact = NewArtifact(
        key="a" * 64,
        kind=TaskKind.SEGMENT,
        path="cache/a",
        size_bytes=1,
        checksum="b" * 64,
        facts=None,
        seconds=1.0,
    )
    table.artifacts.add(artifact, job_id=job.id)
    complete_job(table)
    age(table, job, days=31)

    assert forget_all(table, kept()) == [job.id]

    later = add_job(table, "a")
    taken = table.artifacts.take("a" * 64, job_id=later.id)
    assert taken is not None
    assert taken.job_id == job.id


def test_many_tasks_are_forgotten_in_small_batches(table: JobTable) -> None:
    names = [f"t{number}" for number in range(BATCH_TASKS // 2)]
    large = [add_job(table, *names) for _ in range(3)]
    for job in large:
        table.cancel_job(job.id)
        age(table, job, days=1)
    complete_job(table)
    table.sums.add_up()
    seconds = dict.fromkeys((JobStatus.CANCELLED,), 0.0)
    all_cancelled = Kept(seconds=seconds, alert_seconds=FOR_EVER)

    first = table.keeping.forget_jobs(all_cancelled)
    second = table.keeping.forget_jobs(all_cancelled)

    assert (len(first), len(second)) == (2, 1)


def test_old_alerts_and_messages_go_but_their_numbers_do_not_come_again(
    table: JobTable,
) -> None:
    breach = Breach(
        rule="r", labels={}, severity="warning", summary="s", value=1, for_seconds=0
    )
    at = table.now()
    for _ in range(3):
        at += 1
        table.alerts.update({breach.key: breach}, at=at, webhook="http://a.example")
        table.alerts.update({}, at=at, webhook="http://a.example")
    for delivery in table.outbox.claim():
        table.outbox.note(delivery, http_status=200, error=None)
    ids = [alert.id for alert in table.alerts.read()]
    sent = [delivery.id for delivery in table.outbox.read()]
    assert (len(ids), len(sent)) == (3, 6)
    assert table.keeping.forget_others(kept()) == 0
    with table._database.writing() as connection:
        for name, column in (("alerts", "resolved"), ("deliveries", "ended")):
            connection.execute(
                text(f"UPDATE {name} SET {column} = {column} - {100 * DAY}")  # noqa: S608
            )

    assert table.keeping.forget_others(kept()) == 2 + 5

    assert [alert.id for alert in table.alerts.read()] == [max(ids)]
    assert [delivery.id for delivery in table.outbox.read()] == [max(sent)]


def test_one_process_at_a_time_keeps_house(table: JobTable) -> None:
    assert table.keeping.take_turn(seconds=60)
    assert not table.keeping.take_turn(seconds=60)
    with table._database.writing() as connection:
        connection.execute(text("UPDATE totals SET value = 0 WHERE what = 'turn'"))
    assert table.keeping.take_turn(seconds=60)
