"""What is asked again and again reads no more rows as finished jobs pile up.

The databases are asked for their plans with 100,000 finished jobs in the table.
"""

from __future__ import annotations

import re
from contextlib import closing
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import Connection, event, insert, literal, select
from sqlalchemy.sql import text

from farm.errors import DiskFull
from farm.jobs.database import Database
from farm.jobs.models.work import tasks
from farm.jobs.models.workers import task_demands
from farm.jobs.status import JobStatus, Queue
from farm.jobs.table import JobTable
from tests.integration.jobs.factories import add_job, claim, new_job, new_task
from tests.integration.jobs.filled import fill
from tests.integration.jobs.test_gpus import ENCODE, T4, add_gpu_job, change, take

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from farm.jobs.records import TaskId

FINISHED = 100_000
SMALL = {
    "tasks_waiting_idx",
    "tasks_queued_idx",
    "tasks_sent_idx",
    "tasks_active_idx",
}
"""Indexes of unfinished tasks alone: reading all of one is cheap."""

ACTS: dict[str, Callable[[JobTable, list[str]], object]] = {
    "jobs_to_settle": lambda table, _: table.jobs_to_settle(),
    "growing_jobs": lambda table, _: table.growing_jobs(),
    "results": lambda table, ids: table.results(
        ids[0].split("-")[0], names=["segment-1", "mix"]
    ),
    "payload": lambda table, ids: table.payload(ids[0].split("-")[0], name="output"),
    "levels": lambda table, _: table.levels(),
    "turns": lambda table, _: turns(table),
    "slots": lambda table, _: table.slots(),
    "jobs of an owner": lambda table, _: table.jobs(owner="alice"),
    "add_job within a limit": lambda table, _: table.add_job(
        new_job(owner="alice"), most_unfinished=100
    ),
    "mark_sent": lambda table, ids: table.mark_sent(ids),
    "claim": lambda table, ids: claim(table, ids[0]),
    "heartbeat": lambda table, ids: table.heartbeat(
        ids[0], attempt=1, lease_seconds=60, frames_done=1
    ),
    "claim for a GPU": lambda table, _: take(table, gpu_task(table), T4),
    "gpu_taken": lambda table, _: table.gpu_taken(),
    "gpu_offers": lambda table, _: table.gpu_offers(),
    "queued_gpu_demands": lambda table, _: table.queued_gpu_demands(),
    "gpu_demands": lambda table, ids: table.gpu_demands(ids[0].split("-")[0]),
    "leave_gpu": lambda table, _: table.leave_gpu(
        gpu_task(table).split("-")[0], why="failed", change=change
    ),
    "progress": lambda table, ids: table.progress(ids[0].split("-")[0]),
    "workers": lambda table, _: table.workers(),
    "complete": lambda table, ids: table.complete(ids[0], attempt=1, result=None),
    "release_ready": lambda table, _: table.release_ready(),
    "fail": lambda table, ids: (
        claim(table, ids[1]),
        table.fail(ids[1], attempt=1, error=DiskFull("full")),
    ),
    "release": lambda table, ids: (
        claim(table, ids[1]),
        table.release(ids[1], attempt=2, note="drain"),
    ),
    "requeue_stalled": lambda table, ids: (
        claim(table, ids[1], lease=-1),
        table.requeue_stalled(),
    ),
    "job": lambda table, ids: table.job(ids[0].split("-")[0]),
    "job_and_tasks": lambda table, ids: table.job_and_tasks(ids[0].split("-")[0]),
    "jobs": lambda table, _: table.jobs(),
    "jobs of a status": lambda table, _: table.jobs(status=JobStatus.FAILED),
    "tasks": lambda table, ids: table.tasks(ids[0].split("-")[0]),
    "events": lambda table, ids: table.events(ids[0].split("-")[0], after=3),
    "attempts": lambda table, ids: table.attempts(ids[0].split("-")[0]),
    "add_job": lambda table, _: add_job(table, "a", idempotency_key="k"),
    "pause_job": lambda table, ids: table.pause_job(ids[0].split("-")[0]),
    "resume_job": lambda table, ids: table.resume_job(ids[0].split("-")[0]),
    "cancel_job": lambda table, ids: table.cancel_job(ids[0].split("-")[0]),
    "retry_job": lambda table, ids: table.retry_job(ids[0].split("-")[0]),
    "complete_job": lambda table, ids: table.complete_job(
        ids[0].split("-")[0], result=lambda _: None
    ),
}


def gpu_task(table: JobTable) -> TaskId:
    """Write a job with a task for a GPU; return the task's id."""
    return table.tasks(add_gpu_job(table, "a").id)[0].id


def turns(table: JobTable) -> list[str]:
    """Return the next tasks of the queue of the CPUs."""
    levels = {Queue.CPU_BATCH: list(range(9, -1, -1))}
    found = table.turns(levels, room={Queue.CPU_BATCH: 8}, waiting=(), resend_seconds=5)
    return [turn.task_id for turn in found[Queue.CPU_BATCH]]


def queue_all(connection: Connection) -> None:
    """Let all jobs wait for a worker, each with its task; a thousand owners wait."""
    owner = "'owner-' || cast(created as integer) % 1000"
    if connection.dialect.name == "postgresql":
        owner = "'owner-' || mod(floor(created)::int, 1000)"
    for table in ("jobs", "tasks"):
        changed = f"UPDATE {table} SET status = 'queued', owner = {owner}"  # noqa: S608
        connection.execute(text(changed))


def demand_gpu(connection: Connection) -> None:
    """Let all tasks demand a GPU."""
    values = {
        "task_id": tasks.c.id,
        "demand": literal(asdict(ENCODE), task_demands.c.demand.type),
        "gpu": literal(T4.id),
    }
    rows = select(*values.values())
    connection.execute(insert(task_demands).from_select(list(values), rows))


@pytest.fixture(params=["sqlite", "sqlite counted", "postgres counted"])
def plans(request: pytest.FixtureRequest) -> Iterator[dict[str, list[str]]]:
    """Return what the database would do, a list of steps for each act."""
    name, _, is_counted = request.param.partition(" ")
    url = request.getfixturevalue(f"{name}_url")
    database = Database(url)
    with database.writing() as connection:
        fill(connection, FINISHED)
        demand_gpu(connection)
    if is_counted:  # as PostgreSQL does by itself in time, and who looks after SQLite
        with database.writing() as connection:
            connection.execute(text("ANALYZE"))
    table = JobTable.open(url)
    for _ in range(20):
        add_job(table, "x", priority=1)
    job = table.add_job(
        new_job(), [new_task("a"), new_task("b"), new_task("output", "a")]
    )
    ids: list[str] = [task.id for task in table.tasks(job.id)]
    yield {name: explain(table, act, ids) for name, act in ACTS.items()}
    table.close()
    database.close()


def explain(
    table: JobTable, act: Callable[[JobTable, list[str]], object], ids: list[str]
) -> list[str]:
    """Return the plans of all statements of an act."""
    engine = table._database._engine
    prefix = "EXPLAIN QUERY PLAN " if table._database.is_sqlite else "EXPLAIN "
    steps: list[str] = []

    def look(
        connection: Connection,
        cursor: Any,  # noqa: ANN401  # of either driver
        statement: str,
        parameters: Any,  # noqa: ANN401  # of either driver
        *_: object,
    ) -> None:
        if not statement.startswith(("SELECT", "UPDATE", "DELETE", "WITH")):
            return
        first = parameters[0] if isinstance(parameters, list) else parameters
        with closing(cursor.connection.cursor()) as explaining:
            explaining.execute(prefix + statement, first)
            steps.extend(str(row[-1]) for row in explaining.fetchall())

    event.listen(engine, "before_cursor_execute", look)
    act(table, ids)
    event.remove(engine, "before_cursor_execute", look)
    assert steps
    return steps


def reads_all(step: str) -> bool:
    """Whether a step of a plan reads a whole table, or an index of all of it."""
    scan = re.search(
        r"(?:SCAN|Seq Scan on) (jobs|tasks|attempts|events|needed|task_demands)", step
    )
    index = re.search(r"USING (?:COVERING )?INDEX (\w+)", step)
    return scan is not None and not (index and index[1] in SMALL)


def test_hot_statements_read_no_finished_jobs(plans: dict[str, list[str]]) -> None:
    slow = {name: list(filter(reads_all, steps)) for name, steps in plans.items()}
    # the newest ones are read from the end of this index, no more than asked for
    newest_first = ["SCAN jobs USING INDEX jobs_created_idx"]

    assert slow.pop("jobs") in ([], newest_first)
    assert {name: steps for name, steps in slow.items() if steps} == {}


def test_turns_read_a_few_of_a_hundred_thousand_queued_tasks(url: str) -> None:
    database = Database(url)
    with database.writing() as connection:
        fill(connection, FINISHED)
        queue_all(connection)
    if not database.is_sqlite:
        with database.writing() as connection:
            connection.execute(text("ANALYZE"))
    table = JobTable.open(url)

    steps = explain(table, lambda table, _: turns(table), [])

    assert [step for step in steps if reads_all(step)] == []
    assert len({step.split("-1")[0] for step in turns(table)}) == 8
    assert any("tasks_turn_idx" in step for step in steps)
    assert any("tasks_served_idx" in step for step in steps)
    if database.is_sqlite:  # each look into the index says what it looks for
        looks = [step for step in steps if "tasks_turn_idx" in step]
        assert {look.partition("(")[2] for look in looks} == {
            "queue=? AND priority=? AND owner=?)",
            "queue=? AND priority=?)",
            "queue=? AND priority=? AND owner>?)",
        }
    table.close()
    database.close()
