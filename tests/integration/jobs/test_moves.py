from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from farm.errors import NotAllowed
from farm.jobs.models.work import tasks
from farm.jobs.moves import move_job, move_tasks
from farm.jobs.status import JOB_MOVES, TASK_MOVES, JobStatus, TaskStatus
from tests.integration.jobs.factories import add_job

if TYPE_CHECKING:
    from farm.jobs.table import JobTable

JOB_PAIRS = [(before, to) for before in JobStatus for to in JobStatus]
TASK_PAIRS = [(before, to) for before in TaskStatus for to in TaskStatus]


def test_only_allowed_moves_of_a_job_are_made(table: JobTable) -> None:
    job = add_job(table, "a")
    for before, to in JOB_PAIRS:
        if to in JOB_MOVES[before]:
            continue
        with (
            pytest.raises(NotAllowed, match=f"is {before} cannot become {to}"),
            table._database.writing() as connection,
        ):
            move_job(connection, job.id, before=before, to=to)

    assert table.job(job.id) == job
    assert len(table.events(job.id)) == 2


def test_only_allowed_moves_of_a_task_are_made(table: JobTable) -> None:
    job = add_job(table, "a")
    for before, to in TASK_PAIRS:
        if to in TASK_MOVES[before]:
            continue
        with (
            pytest.raises(NotAllowed, match=f"is {before} cannot become {to}"),
            table._database.writing() as connection,
        ):
            move_tasks(connection, tasks.c.job_id == job.id, before=before, to=to)

    assert [task.status for task in table.tasks(job.id)] == ["queued"]
    assert len(table.events(job.id)) == 2


def test_task_in_another_status_is_not_moved(table: JobTable) -> None:
    job = add_job(table, "a", "b")
    with table._database.writing() as connection:
        moved = move_tasks(
            connection,
            tasks.c.job_id == job.id,
            before=TaskStatus.ACTIVE,
            to=TaskStatus.COMPLETED,
        )

    assert moved == []
    assert len(table.events(job.id)) == 3


def test_moves_of_many_tasks_are_written_in_their_order(table: JobTable) -> None:
    job = add_job(table, *(f"segment-{number}" for number in range(30)))
    table.cancel_job(job.id)

    cancelled = [event.task_id for event in table.events(job.id, after=31)]

    assert cancelled == [None, *(task.id for task in table.tasks(job.id))]


@pytest.mark.parametrize("is_flushed", [True, False])
def test_a_move_that_goes_wrong_later_has_not_been(
    table: JobTable, *, is_flushed: bool
) -> None:
    job = add_job(table, "a")
    with (
        suppress(ZeroDivisionError),
        table._database.writing(is_flushed=is_flushed) as connection,
    ):
        moved = move_tasks(
            connection,
            tasks.c.job_id == job.id,
            before=TaskStatus.QUEUED,
            to=TaskStatus.CANCELLED,
        )
        assert len(moved) == 1
        raise ZeroDivisionError
    assert [task.status for task in table.tasks(job.id)] == ["queued"]
    assert len(table.events(job.id)) == 2
