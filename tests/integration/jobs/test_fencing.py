"""Late reports of attempts whose lease is over change nothing.

Each case carries its line of notation: T is the task, J the job.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor, wait
from typing import TYPE_CHECKING

import pytest

from farm.errors import MediaMissing, TaskCancelled, Unsupported
from farm.jobs.endings import release_task
from farm.jobs.records import Beat, TaskId
from farm.jobs.settle import cancel_job
from farm.jobs.status import TaskStatus
from tests.integration.jobs.factories import (
    add_job,
    add_task,
    all_of,
    beat,
    claim,
    complete,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from farm.jobs.table import JobTable

_WAITS_SECONDS = 0.3
"""Who has not come through by then waits for the lock."""


# --- fencing


REPORTS: dict[str, Callable[[JobTable, str], object]] = {
    "heartbeat": lambda table, task_id: beat(table, task_id, 1) is Beat.LOST,
    "complete": lambda table, task_id: (
        not table.complete(task_id, attempt=1, result="late", argv="late", log="late")
    ),
    "fail": lambda table, task_id: (
        table.fail(task_id, attempt=1, error=Unsupported("late")) is None
    ),
    "stop": lambda table, task_id: (
        table.fail(task_id, attempt=1, error=TaskCancelled("late")) is None
    ),
    "release": lambda table, task_id: (
        not table.release(task_id, attempt=1, note="late")
    ),
}


def queued_again(table: JobTable, task_id: str) -> None:
    """Leave the task queued."""


def claimed_again(table: JobTable, task_id: str) -> None:
    claim(table, task_id, worker="second")


def completed_by_another(table: JobTable, task_id: str) -> None:
    complete(table, task_id, "right")


def failed_by_another(table: JobTable, task_id: str) -> None:
    claim(table, task_id)
    table.fail(task_id, attempt=2, error=MediaMissing("gone"))


def cancelled_meanwhile(table: JobTable, task_id: str) -> None:
    table.cancel_job(table.task(task_id).job_id)


@pytest.mark.parametrize("report", REPORTS)
@pytest.mark.parametrize(
    "meanwhile",
    [queued_again, claimed_again, completed_by_another, failed_by_another],
)
def test_late_report_of_a_fenced_attempt_changes_nothing(
    table: JobTable, report: str, meanwhile: Callable[[JobTable, str], None]
) -> None:
    task_id = add_task(table)
    claim(table, task_id, worker="frozen", lease=-1)
    assert table.requeue_stalled() == [task_id]
    meanwhile(table, task_id)
    before = all_of(table, task_id)

    assert REPORTS[report](table, task_id)

    assert all_of(table, task_id) == before


@pytest.mark.parametrize("report", ["complete", "fail", "stop", "release"])
def test_late_report_to_a_cancelled_job_changes_nothing(
    table: JobTable, report: str
) -> None:
    task_id = add_task(table)
    claim(table, task_id, lease=-1)
    table.requeue_stalled()
    cancelled_meanwhile(table, task_id)
    before = all_of(table, task_id)

    assert REPORTS[report](table, task_id)
    assert all_of(table, task_id) == before


# --- waiting


def test_a_claim_that_waits_for_a_cancel_gets_nothing(table: JobTable) -> None:
    job = add_job(table, "a")
    task_id = f"{job.id}-1"
    with ThreadPoolExecutor(1) as pool:
        with table._database.writing() as connection:
            cancel_job(connection, job.id)
            waiting = pool.submit(
                table.claim, TaskId(task_id), worker="w", lease_seconds=60
            )
            assert wait([waiting], timeout=_WAITS_SECONDS).not_done
        assert waiting.result(timeout=20) is None
    assert table.task(TaskId(task_id)).status is TaskStatus.CANCELLED
    assert table.attempts(job.id) == []


def test_a_report_that_waits_while_its_task_is_taken_back_is_refused(
    table: JobTable,
) -> None:
    job = add_job(table, "a")
    taken = claim(table, f"{job.id}-1")
    with ThreadPoolExecutor(1) as pool:
        with table._database.writing() as connection:
            release_task(connection, taken.task.id, attempt=1, note="n")
            waiting = pool.submit(
                table.complete, taken.task.id, attempt=1, result="late"
            )
            assert wait([waiting], timeout=_WAITS_SECONDS).not_done
        assert waiting.result(timeout=20) is False
    task = table.task(taken.task.id)
    assert (task.status, task.result) == (TaskStatus.QUEUED, None)
