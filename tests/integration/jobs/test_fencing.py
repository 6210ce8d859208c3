"""Late reports of attempts whose lease is over change nothing.

Each case carries its line of notation: T is the task, J the job.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from farm.errors import MediaMissing, TaskCancelled, Unsupported
from farm.jobs.records import Beat
from tests.integration.jobs.factories import add_task, all_of, beat, claim, complete

if TYPE_CHECKING:
    from collections.abc import Callable

    from farm.jobs.table import JobTable


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
