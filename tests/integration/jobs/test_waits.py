"""Tasks that wait for room on a disk."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from farm.errors import DiskFull
from farm.jobs.status import JobStatus, TaskStatus
from tests.integration.jobs.factories import add_task, claim, find_due

if TYPE_CHECKING:
    from farm.jobs.records import TaskId
    from farm.jobs.table import JobTable

FULL = DiskFull("the disk is full where /scratch is: 1 MB are free")


def wait(table: JobTable, task_id: TaskId, *, limit: float) -> TaskStatus | None:
    attempt = claim(table, task_id).attempt
    return table.wait_for_room(
        task_id, attempt=attempt, error=FULL, limit_seconds=limit
    )


def wait_until_due(table: JobTable) -> None:
    deadline = time.monotonic() + 5
    while not find_due(table, resend_seconds=-1):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_a_task_waits_for_room_and_its_attempts_do_not_count(table: JobTable) -> None:
    """T: active > queued, as often as it takes."""
    task_id = add_task(table)

    assert wait(table, task_id, limit=1.0) is TaskStatus.QUEUED
    assert find_due(table, resend_seconds=-1) == []
    wait_until_due(table)
    assert wait(table, task_id, limit=60.0) is TaskStatus.QUEUED

    task = table.task(task_id)
    assert (task.attempt, task.attempts_allowed) == (2, 5)
    assert task.error is not None
    assert task.error.message == FULL.message
    assert {found.outcome for found in table.attempts(task.job_id)} == {"released"}
    assert table.job(task.job_id).status is JobStatus.ACTIVE


def test_a_task_that_has_waited_too_long_fails(table: JobTable) -> None:
    """T: active > queued > active > failed."""
    task_id = add_task(table)
    assert wait(table, task_id, limit=0.6) is TaskStatus.QUEUED
    wait_until_due(table)
    time.sleep(0.2)

    assert wait(table, task_id, limit=0.6) is TaskStatus.FAILED

    error = table.task(task_id).error
    assert error is not None
    assert error.kind == "DiskFull"
    assert error.message == f"{FULL.message}; it has waited for 1 s"


def test_who_lost_its_lease_waits_for_nothing(table: JobTable) -> None:
    task_id = add_task(table)
    claim(table, task_id, lease=-1)

    found = table.wait_for_room(task_id, attempt=1, error=FULL, limit_seconds=60)

    assert found is None
