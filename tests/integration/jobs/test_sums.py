"""Sums of events equal counts of the table, whatever happened and whoever adds."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import func, insert, select, text, update

from farm.errors import FFmpegFailed, TaskCancelled
from farm.jobs import totals
from farm.jobs.models.work import events, jobs, tasks
from farm.jobs.status import JobStatus, Queue, TaskKind, TaskStatus
from tests.integration.jobs.factories import (
    add_job,
    add_task,
    claim,
    complete,
    new_job,
    new_task,
)

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement

    from farm.jobs.sums import Sums
    from farm.jobs.table import JobTable


def read(table: JobTable) -> Sums:
    table.sums.add_up()
    return table.sums.read()


def counted(table: JobTable, *columns: ColumnElement[Any]) -> Counter[tuple[str, ...]]:
    with table._database.reading() as connection:
        rows = connection.execute(select(*columns, func.count()).group_by(*columns))
        return Counter(
            {tuple(each.value for each in row[:-1]): row[-1] for row in rows}
        )


def standing(sums: Sums, what: str) -> dict[tuple[str, ...], float]:
    return {
        tuple(part for part in key[1:] if part): value
        for key, value in sums.totals.items()
        if key[0] == what and value
    }


def of(sums: Sums, what: str) -> dict[str, float]:
    found: Counter[str] = Counter()
    for key, value in sums.totals.items():
        if key[0] == what:
            found[key[3]] += int(value)
    return dict(found)


def assert_equal(table: JobTable) -> None:
    sums = read(table)
    assert standing(sums, "jobs") == counted(table, jobs.c.kind, jobs.c.status)
    assert standing(sums, "tasks") == counted(
        table, tasks.c.kind, tasks.c.queue, tasks.c.status
    )
    assert sums.behind == 0


def make_history(table: JobTable) -> None:
    done = add_job(table, "segment-1")
    complete(table, table.tasks(done.id)[0].id)
    assert table.complete_job(done.id, result=lambda _: {})
    failed = add_task(table)
    attempt = claim(table, failed).attempt
    table.fail(failed, attempt=attempt, error=FFmpegFailed("it broke"))
    stalled = add_task(table)
    claim(table, stalled, lease=-1)
    assert table.requeue_stalled() == [stalled]
    released = add_task(table)
    table.release(released, attempt=claim(table, released).attempt, note="stop")
    cancelled = add_job(table, "segment-1", "segment-2")
    first = table.tasks(cancelled.id)[0].id
    attempt = claim(table, first).attempt
    table.cancel_job(cancelled.id)
    table.fail(first, attempt=attempt, error=TaskCancelled("told to stop"))
    table.retry_job(cancelled.id)
    table.add_job(
        new_job(),
        [new_task("a"), new_task("output", "a", kind=TaskKind.CONCAT)],
    )


def test_sums_equal_counts_of_the_table(table: JobTable) -> None:
    make_history(table)

    assert_equal(table)

    complete(table, add_task(table))
    assert_equal(table)
    sums = read(table)
    assert of(sums, "attempts") == {
        "completed": 2,
        "failed": 1,
        "stalled": 1,
        "released": 1,
        "cancelled": 1,
    }
    assert of(sums, "failures") == {"FFmpegFailed": 1, "WorkerLost": 1}
    assert of(sums, "requeues") == {"": 3}
    assert sums.recent == of(sums, "attempts")
    assert of(sums, "started") == {"": 6}


def test_queues_tell_how_many_wait_and_since_when(table: JobTable) -> None:
    first = add_task(table)
    add_task(table)
    table.sums.add_up()
    claim(table, first)
    sums = read(table)

    with table._database.reading() as connection:
        last = connection.execute(
            select(func.max(events.c.at)).where(events.c.after == TaskStatus.QUEUED)
        ).scalar_one()
    assert sums.queues == {Queue.CPU_BATCH.value: (1, last)}
    assert read(table).at >= last


def test_waits_and_runs_are_those_of_the_events(table: JobTable) -> None:
    task = add_task(table)
    attempt = claim(table, task).attempt
    table.complete(task, attempt=attempt, result=None)
    ago = {None: 10.0, "queued": 4.0, "active": 1.5}
    with table._database.writing() as connection:
        for before, seconds in ago.items():
            connection.execute(
                update(events)
                .where(
                    events.c.task_id == task,
                    events.c.before.is_not_distinct_from(before),
                )
                .values(at=1000.0 - seconds)
            )
        connection.execute(
            text("UPDATE attempts SET started = 996.0, finished = 998.5")
        )
    sums = read(table)

    key = ("segment", Queue.CPU_BATCH.value)
    assert sums.totals["wait", *key, "sum"] == pytest.approx(6.0)
    assert sums.totals["wait", *key, "15.0"] == 1
    assert sums.totals["run", "segment", "", "sum"] == pytest.approx(2.5)
    assert sums.totals["run", "segment", "", "2.5"] == 1


def test_events_are_added_once_by_many_at_once(
    table: JobTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(totals, "BATCH", 7)
    for _ in range(20):
        complete(table, add_task(table))

    with ThreadPoolExecutor(4) as threads:
        for done in [threads.submit(table.sums.add_up) for _ in range(8)]:
            done.result()

    assert_equal(table)
    assert of(read(table), "attempts") == {"completed": 20}


def test_an_event_that_commits_late_is_waited_for(table: JobTable) -> None:
    job = add_job(table)
    table.sums.add_up()
    with table._database.writing() as connection:
        last = connection.execute(select(func.max(events.c.id))).scalar_one()
        late, now = last + 1, table.now()
        values = {"job_id": job.id, "before": "queued", "at": now}
        connection.execute(
            insert(events).values(id=last + 2, after=JobStatus.FAILED.value, **values)
        )
    assert of(read(table), "ended") == {}

    with table._database.writing() as connection:
        connection.execute(
            insert(events).values(
                id=late, **(values | {"before": "queued", "after": "queued"})
            )
        )
    assert of(read(table), "ended") == {"failed": 1}


def test_an_id_that_never_comes_is_not_waited_for_long(table: JobTable) -> None:
    job = add_job(table)
    table.sums.add_up()
    with table._database.writing() as connection:
        last = connection.execute(select(func.max(events.c.id))).scalar_one()
        connection.execute(
            insert(events).values(
                id=last + 2,
                job_id=job.id,
                before="queued",
                after="failed",
                at=table.now() - totals.GAP_SECONDS - 1,
            )
        )

    assert of(read(table), "ended") == {"failed": 1}
