"""Each case carries its line of notation: T are the tasks, J the job."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from farm.errors import DiskFull, JobNotFound, MediaMissing, NotAllowed, OutputWrong
from farm.jobs.status import JobStatus, TaskStatus
from tests.integration.jobs.factories import (
    add_job,
    claim,
    complete,
    find_due,
    new_job,
    new_task,
    task_of,
)

if TYPE_CHECKING:
    from farm.jobs.records import Job
    from farm.jobs.table import JobTable


def statuses(table: JobTable, job: Job) -> list[TaskStatus]:
    return [task.status for task in table.tasks(job.id)]


# --- complete


def test_job_is_completed_with_its_result_once(table: JobTable) -> None:
    """T: all completed, J: active > completed."""
    job = add_job(table, "output")
    complete(table, task_of(table, job, "output"))

    assert table.complete_job(job.id, result=lambda _: {"outputs": ["/out.mp4"]})
    assert not table.complete_job(job.id, result=lambda _: {"outputs": []})

    done = table.job(job.id)
    assert (done.status, done.result) == (
        JobStatus.COMPLETED,
        {"outputs": ["/out.mp4"]},
    )
    assert done.finished is not None
    assert [event.after for event in table.events(job.id)][-1] == "completed"


def test_job_with_work_left_is_not_completed(table: JobTable) -> None:
    job = table.add_job(new_job(), [new_task("a"), new_task("b", "a")])
    assert not table.complete_job(job.id, result=lambda _: None)
    complete(table, task_of(table, job, "a"))

    assert not table.complete_job(job.id, result=lambda _: None)
    assert table.job(job.id).status is JobStatus.ACTIVE


def test_job_that_is_not_planned_is_not_completed(table: JobTable) -> None:
    job = table.add_job(new_job(), [new_task("probe")], planned=False)
    complete(table, task_of(table, job, "probe"))

    assert not table.complete_job(job.id, result=lambda _: None)


def test_unknown_job_is_neither_completed_nor_failed(table: JobTable) -> None:
    assert not table.complete_job("0000000000000", result=lambda _: None)
    assert not table.fail_job("0000000000000", DiskFull("full"))


# --- fail


def test_failed_job_has_a_cause_and_nothing_left_to_do(table: JobTable) -> None:
    """J: active > failed, T: waiting, queued > cancelled."""
    job = table.add_job(
        new_job(), [new_task("a"), new_task("b"), new_task("output", "a", "b")]
    )
    claim(table, task_of(table, job, "a"))
    error = OutputWrong("two frames are missing", task="a")

    assert table.fail_job(job.id, error)
    assert not table.fail_job(job.id, DiskFull("later"))

    failed = table.job(job.id)
    assert failed.status is JobStatus.FAILED
    assert failed.error == error.to_record()
    assert statuses(table, job) == ["active", "cancelled", "cancelled"]
    assert find_due(table, resend_seconds=-1) == []


# --- cancel


def test_cancelled_job_has_nothing_left_to_do(table: JobTable) -> None:
    """J: queued > cancelled, T: waiting, queued > cancelled."""
    job = table.add_job(new_job(), [new_task("a"), new_task("b", "a")])

    cancelled = table.cancel_job(job.id[:8])

    assert cancelled.status is JobStatus.CANCELLED
    assert cancelled == table.job(job.id)
    assert statuses(table, job) == ["cancelled", "cancelled"]


def test_ended_job_cannot_be_cancelled(table: JobTable) -> None:
    job = add_job(table, "a")
    table.cancel_job(job.id)
    before = table.events(job.id)

    with pytest.raises(NotAllowed, match="is cancelled; it cannot be cancelled"):
        table.cancel_job(job.id)
    assert table.events(job.id) == before


def test_unknown_job_cannot_be_cancelled_or_retried(table: JobTable) -> None:
    with pytest.raises(JobNotFound):
        table.cancel_job("0000")
    with pytest.raises(JobNotFound):
        table.retry_job("0000")


# --- retry


def test_retried_job_keeps_what_is_completed(table: JobTable) -> None:
    """J: failed > queued, T: failed, cancelled > queued or waiting."""
    job = table.add_job(
        new_job(),
        [
            new_task("done"),
            new_task("failed"),
            new_task("queued", "done"),
            new_task("output", "failed", "queued"),
        ],
    )
    complete(table, task_of(table, job, "done"), "kept")
    failed = task_of(table, job, "failed")
    for number in (1, 2, 3):
        claim(table, failed)
        table.fail(failed, attempt=number, error=DiskFull("full"))
    table.fail_job(job.id, DiskFull("full"))

    again = table.retry_job(job.id)

    assert again.status is JobStatus.QUEUED
    assert (again.error, again.finished, again.started) == (None, None, None)
    assert statuses(table, job) == ["completed", "queued", "queued", "waiting"]
    task = table.task(failed)
    assert (task.attempt, task.attempts_allowed, task.error) == (3, 6, None)
    for name in ("failed", "queued"):
        complete(table, task_of(table, job, name))
    table.release_ready()
    complete(table, task_of(table, job, "output"))
    assert table.complete_job(job.id, result=lambda _: "all")


def test_job_whose_work_was_all_done_is_completed_after_a_retry(
    table: JobTable,
) -> None:
    """Its output could not be published: J: queued > active > completed."""
    job = add_job(table, "output")
    complete(table, task_of(table, job, "output"))
    table.fail_job(job.id, DiskFull("the disk of the output is full"))
    table.retry_job(job.id)

    assert table.jobs_to_settle() == [job.id]
    assert table.complete_job(job.id, result=lambda _: None)
    assert [event.after for event in table.events(job.id) if not event.task_id] == [
        "queued",
        "active",
        "failed",
        "queued",
        "active",
        "completed",
    ]


@pytest.mark.parametrize("status", ["queued", "active", "completed"])
def test_only_a_failed_or_cancelled_job_is_retried(
    table: JobTable, status: str
) -> None:
    job = add_job(table, "a")
    if status != "queued":
        claim(table, task_of(table, job, "a"))
    if status == "completed":
        table.complete(task_of(table, job, "a"), attempt=1, result=None)
        table.complete_job(job.id, result=lambda _: None)

    with pytest.raises(NotAllowed, match=f"is {status}; only"):
        table.retry_job(job.id)


def test_refused_job_is_not_retried(table: JobTable) -> None:
    job = table.add_failed_job(new_job(), MediaMissing("gone"))

    with pytest.raises(NotAllowed, match="submit it again"):
        table.retry_job(job.id)


def test_job_that_could_not_be_planned_is_planned_again(table: JobTable) -> None:
    job = table.add_job(new_job(), planned=False)
    table.fail_job(job.id, MediaMissing("gone"))

    table.retry_job(job.id)

    assert table.jobs_to_settle() == [job.id]
    assert table.add_tasks(job.id, [new_task()], warnings=[])


def test_attempt_that_runs_over_a_retry_goes_on(table: JobTable) -> None:
    job = add_job(table, "a")
    task_id = task_of(table, job, "a")
    claim(table, task_id)
    table.cancel_job(job.id)
    table.retry_job(job.id)

    beat = table.heartbeat(task_id, attempt=1, lease_seconds=60, frames_done=1)

    assert beat == "continue"
    assert table.complete(task_id, attempt=1, result=None)


# --- pause


def test_paused_job_finishes_what_is_worked_at_and_starts_nothing(
    table: JobTable,
) -> None:
    """J: active > paused > active; T: active > completed, queued stays."""
    job = table.add_job(new_job(), [new_task("a"), new_task("b"), new_task("c", "a")])
    first, second = task_of(table, job, "a"), task_of(table, job, "b")
    claim(table, first)
    table.mark_sent([second])

    assert table.pause_job(job.id).status is JobStatus.PAUSED
    assert table.pause_job(job.id).status is JobStatus.PAUSED

    assert table.heartbeat(first, attempt=1, lease_seconds=9, frames_done=1) == (
        "continue"
    )
    assert table.complete(first, attempt=1, result=None)
    assert table.claim(second, worker="w", lease_seconds=9) is None
    assert table.release_ready() == []
    assert find_due(table, resend_seconds=-1) == []
    assert table.jobs_to_settle() == []

    assert table.resume_job(job.id).status is JobStatus.ACTIVE

    table.release_ready()
    names = {task.name for task in find_due(table, resend_seconds=60)}
    assert names == {"b", "c"}
    for name in ("b", "c"):
        complete(table, task_of(table, job, name))
    assert table.complete_job(job.id, result=lambda _: None)


def test_job_that_ended_is_not_paused_and_only_a_paused_one_is_resumed(
    table: JobTable,
) -> None:
    job = add_job(table, "a")
    with pytest.raises(NotAllowed, match="only a paused job"):
        table.resume_job(job.id)
    table.pause_job(job.id)
    table.cancel_job(job.id)
    with pytest.raises(NotAllowed, match="cannot be paused"):
        table.pause_job(job.id)


def test_attempt_that_fails_in_a_paused_job_is_tried_again_later(
    table: JobTable,
) -> None:
    job = add_job(table, "a")
    task_id = task_of(table, job, "a")
    claim(table, task_id)
    table.pause_job(job.id)
    assert table.fail(task_id, attempt=1, error=DiskFull("full")) == "queued"
    assert find_due(table, resend_seconds=-1) == []
    table.resume_job(job.id)
    assert [task.id for task in find_due(table, resend_seconds=60)] == [task_id]
