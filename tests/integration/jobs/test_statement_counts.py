"""How many SQL statements each act on the job table takes, on any machine."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import event

from farm.jobs.status import Queue
from farm.jobs.table import JobTable
from tests.integration.jobs.factories import add_job, add_task, claim, new_job, new_task

SUBMIT, TURNS, LIST = 7, 7, 2
"""The most of each, with `BEGIN`."""
CLAIM_AND_COMPLETE = {True: (7, 4), False: (2, 1)}
"""The most of each, by whether it is SQLite; the first claim of a job starts the job,
too. PostgreSQL does what a worker says of a task in one statement, without `BEGIN`."""

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def counting(table: JobTable) -> Iterator[list[str]]:
    """Collect the statements of a block."""
    found: list[str] = []

    def note(_c: object, _u: object, statement: str, *_rest: Any) -> None:  # noqa: ANN401
        found.append(statement)

    engine = table._database._engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(engine, "before_cursor_execute", note)


@pytest.mark.parametrize("tasks", [1, 30, 300])
def test_a_job_is_written_in_as_many_statements_whatever_its_tasks(
    table: JobTable, tasks: int
) -> None:
    made = [new_task(f"segment-{number}") for number in range(tasks)]
    table.add_job(new_job(), made[:1])
    with counting(table) as found:
        table.add_job(new_job(), made)
    assert len(found) <= SUBMIT, found


def test_a_task_is_claimed_and_completed_in_few_statements(table: JobTable) -> None:
    first, second = add_task(table), add_task(table)
    for task_id in (first, second):  # the first opens what is kept open
        with counting(table) as claimed:
            taken = claim(table, task_id)
        with counting(table) as completed:
            table.complete(task_id, attempt=taken.attempt, result={"frames": 1})
        claiming, completing = CLAIM_AND_COMPLETE[table._database.is_sqlite]
        assert len(claimed) <= claiming, claimed
        assert len(completed) <= completing, completed


def test_what_would_be_done_again_is_not_flushed(postgres_url: str) -> None:
    table = JobTable.open(postgres_url)
    task_id = add_task(table)
    with counting(table) as claimed:  # its number must not be given twice
        taken = claim(table, task_id)
    with counting(table) as completed:
        table.complete(task_id, attempt=taken.attempt, result=None)
    table.close()
    assert not any("set_config" in statement for statement in claimed)
    assert len(completed) == 1
    assert "set_config" in completed[0]


@pytest.mark.parametrize("tasks", [2, 60])
def test_tasks_to_send_are_found_in_as_many_statements_however_many_wait(
    table: JobTable, tasks: int
) -> None:
    add_job(table, *(f"segment-{number}" for number in range(tasks)))
    with counting(table) as found:
        levels = table.levels()
        table.turns(
            levels,
            room=dict.fromkeys(levels, 32),
            waiting=set(),
            resend_seconds=5,
            limit_of=lambda _: None,
        )
    assert list(levels) == [Queue.CPU_BATCH]
    assert len(found) <= TURNS, found


def test_a_list_of_jobs_is_read_in_as_many_statements_however_long(
    table: JobTable,
) -> None:
    for _ in range(3):
        add_job(table, "segment-1", "segment-2")
    with counting(table) as few:
        assert len(table.jobs(limit=1)) == 1
    with counting(table) as many:
        assert len(table.jobs(limit=50)) == 3
    assert len(many) == len(few) <= LIST
