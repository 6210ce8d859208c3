"""How workers claim, keep and complete tasks.

Each case carries its line of notation: T is the task, J the job.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from farm.errors import DiskFull
from farm.jobs.records import Beat
from farm.jobs.status import JobKind, JobStatus, TaskStatus
from tests.integration.jobs.factories import (
    add_task,
    all_of,
    beat,
    claim,
    complete,
    new_job,
    new_task,
    task_of,
)
from tests.integration.jobs.test_fencing import REPORTS

if TYPE_CHECKING:
    from farm.jobs.table import JobTable


# --- claim


def test_the_first_claim_starts_the_job_and_tells_it_after_the_task(
    table: JobTable,
) -> None:
    """T: queued > active  --> J: queued > active, once."""
    job = table.add_job(new_job(), [new_task("a"), new_task("b")])
    for task in table.tasks(job.id):
        claim(table, task.id, worker="cpu-1")

    told = table.events(job.id)[3:]
    assert [(event.task_id, event.after, event.note) for event in told] == [
        (f"{job.id}-1", "active", "cpu-1"),
        (None, "active", None),
        (f"{job.id}-2", "active", "cpu-1"),
    ]


def test_claim_makes_a_task_the_workers_own(table: JobTable) -> None:
    """T: queued > active  --> J: queued > active."""
    task_id = add_task(table)

    claimed = claim(table, task_id, worker="cpu-1")

    task = table.task(task_id)
    assert claimed.task == task
    assert (claimed.attempt, task.attempt, task.worker) == (1, 1, "cpu-1")
    assert claimed.job_kind is JobKind.RENDER
    assert task.status is TaskStatus.ACTIVE
    assert task.started is not None
    job = table.job(task.job_id)
    assert (job.status, job.started) == (JobStatus.ACTIVE, job.started)
    assert job.started is not None
    [attempt] = table.attempts(job.id)
    assert (attempt.number, attempt.worker, attempt.outcome) == (1, "cpu-1", None)


def test_claim_is_granted_once(table: JobTable) -> None:
    task_id = add_task(table)
    claim(table, task_id)
    before = all_of(table, task_id)

    assert table.claim(task_id, worker="other", lease_seconds=60) is None
    assert all_of(table, task_id) == before


def test_unknown_task_is_not_claimed(table: JobTable) -> None:
    assert table.claim("nothing", worker="w", lease_seconds=60) is None


def test_waiting_task_is_not_claimed(table: JobTable) -> None:
    job = table.add_job(new_job(), [new_task("a"), new_task("b", "a")])

    waiting = task_of(table, job, "b")

    assert table.claim(waiting, worker="w", lease_seconds=60) is None


@pytest.mark.parametrize("ended", ["completed", "failed", "cancelled"])
def test_task_of_an_ended_job_is_not_claimed(table: JobTable, ended: str) -> None:
    task_id = add_task(table)
    job_id = table.task(task_id).job_id
    if ended == "completed":
        complete(table, task_id)
        table.complete_job(job_id, result=lambda _: None)
    elif ended == "failed":
        table.fail_job(job_id, DiskFull("full"))
    else:
        table.cancel_job(job_id)
    assert table.job(job_id).status == ended

    assert table.claim(task_id, worker="w", lease_seconds=60) is None


def test_claim_brings_the_results_that_were_needed(table: JobTable) -> None:
    job = table.add_job(
        new_job(),
        [
            new_task("segment-1"),
            new_task("segment-2"),
            new_task("mix"),
            new_task("output", "segment-2", "segment-1"),
        ],
    )
    for name in ("segment-1", "segment-2", "mix"):
        complete(table, task_of(table, job, name), {"file": f"{name}.mkv"})
    table.release_ready()

    claimed = claim(table, task_of(table, job, "output"))

    assert claimed.needs == {
        "segment-1": {"file": "segment-1.mkv"},
        "segment-2": {"file": "segment-2.mkv"},
    }


# --- heartbeat


def test_heartbeat_renews_the_lease(table: JobTable) -> None:
    task_id = add_task(table)
    claim(table, task_id, lease=5)

    assert beat(table, task_id, 1) is Beat.CONTINUE
    assert table.requeue_stalled() == []
    task = table.task(task_id)
    assert task.lease_until is not None
    assert task.lease_until > table.now() + 50
    assert task.frames_done == 7
    assert table.attempts(task.job_id)[0].lease_until == task.lease_until


def test_lease_that_is_over_is_not_renewed(table: JobTable) -> None:
    task_id = add_task(table)
    claim(table, task_id, lease=-1)

    assert beat(table, task_id, 1) is Beat.LOST
    assert table.requeue_stalled() == [task_id]


@pytest.mark.parametrize("how", ["cancel", "fail"])
def test_heartbeat_tells_that_the_job_has_ended(table: JobTable, how: str) -> None:
    task_id = add_task(table)
    job_id = table.task(task_id).job_id
    claim(table, task_id)
    if how == "cancel":
        table.cancel_job(job_id)
    else:
        table.fail_job(job_id, DiskFull("full"))

    assert beat(table, task_id, 1) is Beat.CANCEL
    assert table.task(task_id).status is TaskStatus.ACTIVE
    assert beat(table, task_id, 2) is Beat.LOST


def test_heartbeat_of_a_task_that_is_not_ours_is_lost(table: JobTable) -> None:
    task_id = add_task(table)
    assert beat(table, "nothing", 1) is Beat.LOST
    assert beat(table, task_id, 0) is Beat.LOST

    claim(table, task_id, lease=-1)
    table.requeue_stalled()
    assert beat(table, task_id, 1) is Beat.LOST

    claim(table, task_id, worker="second")
    assert beat(table, task_id, 1) is Beat.LOST
    assert beat(table, task_id, 2) is Beat.CONTINUE

    assert table.complete(task_id, attempt=2, result=None)
    assert beat(table, task_id, 2) is Beat.LOST


# --- complete


def test_completed_task_keeps_result_command_and_log(table: JobTable) -> None:
    """T: active > completed."""
    task_id = add_task(table)
    claim(table, task_id)

    assert table.complete(
        task_id, attempt=1, result={"file": "a.mkv"}, argv="ffmpeg -i 'a b'", log="ok"
    )

    task = table.task(task_id)
    assert (task.status, task.result) == (TaskStatus.COMPLETED, {"file": "a.mkv"})
    assert (task.frames_done, task.lease_until) == (100, None)
    [attempt] = table.attempts(task.job_id)
    assert attempt.outcome == "completed"
    assert (attempt.argv, attempt.log) == ("ffmpeg -i 'a b'", "ok")
    assert attempt.finished is not None


@pytest.mark.parametrize("report", ["complete", "fail", "stop", "release"])
def test_report_after_the_lease_is_refused_before_anybody_noticed(
    table: JobTable, report: str
) -> None:
    task_id = add_task(table)
    claim(table, task_id, lease=-1)
    before = all_of(table, task_id)

    assert REPORTS[report](table, task_id)

    assert all_of(table, task_id) == before
    assert table.requeue_stalled() == [task_id]


def test_report_given_again_is_taken_as_known(table: JobTable) -> None:
    """Its first answer may have got lost."""
    task_id = add_task(table)
    claim(table, task_id)
    assert table.complete(task_id, attempt=1, result="first")
    before = all_of(table, task_id)

    assert table.complete(task_id, attempt=1, result="again")
    assert all_of(table, task_id) == before


def test_failure_reported_again_is_taken_as_known(table: JobTable) -> None:
    task_id = add_task(table)
    claim(table, task_id)
    error = DiskFull("full")
    assert table.fail(task_id, attempt=1, error=error) is TaskStatus.QUEUED
    before = all_of(table, task_id)

    assert table.fail(task_id, attempt=1, error=error) is TaskStatus.QUEUED
    assert all_of(table, task_id) == before
