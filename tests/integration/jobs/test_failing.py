"""How attempts end that do not complete their task: failed, released, stalled.

Each case carries its line of notation: T is the task, J the job.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from farm.errors import DiskFull, FFmpegFailed, MediaMissing, TaskCancelled, WorkerLost
from farm.jobs.status import TaskStatus
from tests.integration.jobs.factories import (
    add_job,
    add_task,
    claim,
    complete,
    find_due,
    task_of,
)

if TYPE_CHECKING:
    from farm.jobs.table import JobTable


# --- fail


def test_error_that_a_retry_can_help_queues_the_task_again(table: JobTable) -> None:
    """T: active > queued."""
    task_id = add_task(table)
    claim(table, task_id)
    error = FFmpegFailed("FFmpeg ended with an error", argv=["ffmpeg"], exit_code=1)

    status = table.fail(task_id, attempt=1, error=error, argv="ffmpeg", log="bad")

    task = table.task(task_id)
    assert status is task.status is TaskStatus.QUEUED
    assert (task.worker, task.lease_until) == (None, None)
    assert task.error == error.to_record()
    [attempt] = table.attempts(task.job_id)
    assert (attempt.outcome, attempt.error) == ("failed", error.to_record())
    assert (attempt.argv, attempt.log) == ("ffmpeg", "bad")
    assert [sent.id for sent in find_due(table, resend_seconds=60)] == [task_id]


def test_error_that_no_retry_can_help_fails_the_task(table: JobTable) -> None:
    """T: active > failed."""
    task_id = add_task(table)
    claim(table, task_id)

    assert table.fail(task_id, attempt=1, error=MediaMissing("gone")) == "failed"
    task = table.task(task_id)
    assert task.status is TaskStatus.FAILED
    assert task.error == MediaMissing("gone").to_record()
    assert task.finished is not None


def test_task_fails_when_its_attempts_are_used_up(table: JobTable) -> None:
    task_id = add_task(table)

    statuses = [
        table.fail(
            task_id, attempt=claim(table, task_id).attempt, error=DiskFull("full")
        )
        for _ in range(3)
    ]

    assert statuses == ["queued", "queued", "failed"]
    assert [
        attempt.number for attempt in table.attempts(table.task(task_id).job_id)
    ] == [
        1,
        2,
        3,
    ]


def test_next_attempt_waits_for_the_delay(table: JobTable) -> None:
    task_id = add_task(table)
    claim(table, task_id)

    table.fail(task_id, attempt=1, error=DiskFull("full"), delay_seconds=60)

    assert find_due(table, resend_seconds=0) == []
    assert table.claim(task_id, worker="w", lease_seconds=60) is None


def test_next_attempt_starts_without_the_last_ones_error(table: JobTable) -> None:
    task_id = add_task(table)
    claim(table, task_id)
    table.fail(task_id, attempt=1, error=DiskFull("full"))

    task = claim(table, task_id).task

    assert (task.error, task.frames_done, task.attempt) == (None, 0, 2)


def test_stopped_attempt_leaves_a_cancelled_task(table: JobTable) -> None:
    """J: cancelled, T: active > cancelled."""
    task_id = add_task(table)
    claim(table, task_id)
    table.cancel_job(table.task(task_id).job_id)

    status = table.fail(task_id, attempt=1, error=TaskCancelled("told to stop"))

    assert status is TaskStatus.CANCELLED
    assert table.task(task_id).error is None
    [attempt] = table.attempts(table.task(task_id).job_id)
    assert attempt.outcome == "cancelled"


def test_failure_in_a_cancelled_job_is_not_tried_again(table: JobTable) -> None:
    task_id = add_task(table)
    claim(table, task_id)
    table.cancel_job(table.task(task_id).job_id)

    assert table.fail(task_id, attempt=1, error=DiskFull("full")) == "cancelled"


def test_attempt_stopped_for_a_job_that_was_retried_runs_again(
    table: JobTable,
) -> None:
    """The order to stop was given before the retry: the task must not be lost."""
    task_id = add_task(table)
    claim(table, task_id)
    job_id = table.task(task_id).job_id
    table.cancel_job(job_id)
    table.retry_job(job_id)

    assert table.fail(task_id, attempt=1, error=TaskCancelled("stop")) == "queued"
    complete(table, task_id)
    assert table.complete_job(job_id, result=lambda _: None)


@pytest.mark.parametrize(
    "text",
    ["nul \x00 in it", "half a \udce4 letter", "é" * 100_000],
    ids=["nul", "surrogate", "long"],
)
def test_foreign_text_is_stored_as_far_as_it_can_be(table: JobTable, text: str) -> None:
    task_id = add_task(table)
    claim(table, task_id)

    error = FFmpegFailed(text, log=text)
    assert table.fail(task_id, attempt=1, error=error, argv=text, log=text) == "queued"

    [attempt] = table.attempts(table.task(task_id).job_id)
    assert attempt.log is not None
    assert attempt.log[-5:] == text[-5:].replace("\x00", "\ufffd")
    assert len(attempt.log) <= 65_536
    assert attempt.error == error.to_record()


# --- release


def test_released_task_is_queued_and_the_attempt_does_not_count(
    table: JobTable,
) -> None:
    task_id = add_task(table)
    for number in range(1, 6):
        claim(table, task_id)
        assert table.release(task_id, attempt=number, note="the worker drains")

    task = table.task(task_id)
    assert (task.status, task.attempt) == (TaskStatus.QUEUED, 5)
    assert task.attempts_allowed - task.attempt == 3
    assert {attempt.outcome for attempt in table.attempts(task.job_id)} == {"released"}
    assert table.events(task.job_id)[-1].note == "the worker drains"
    assert [sent.id for sent in find_due(table, resend_seconds=60)] == [task_id]


def test_task_released_to_an_ended_job_is_cancelled(table: JobTable) -> None:
    task_id = add_task(table)
    claim(table, task_id)
    table.cancel_job(table.task(task_id).job_id)

    assert table.release(task_id, attempt=1, note="drain")
    assert table.task(task_id).status is TaskStatus.CANCELLED


# --- stalled


def test_stalled_task_is_queued_again(table: JobTable) -> None:
    """T: active > queued."""
    task_id = add_task(table)
    claim(table, task_id, worker="dead", lease=-1)

    assert table.requeue_stalled() == [task_id]

    task = table.task(task_id)
    assert (task.status, task.worker) == (TaskStatus.QUEUED, None)
    [attempt] = table.attempts(task.job_id)
    assert attempt.outcome == "stalled"
    assert attempt.error is not None
    assert attempt.error.kind == "WorkerLost"
    assert [sent.id for sent in find_due(table, resend_seconds=60)] == [task_id]
    assert table.requeue_stalled() == []


def test_task_that_loses_all_its_workers_fails(table: JobTable) -> None:
    task_id = add_task(table)
    for _ in range(3):
        claim(table, task_id, lease=-1)
        assert table.requeue_stalled() == [task_id]

    task = table.task(task_id)
    assert task.status is TaskStatus.FAILED
    assert task.error is not None
    assert task.error.kind == WorkerLost.__name__
    assert table.jobs_to_settle() == [task.job_id]


def test_stalled_task_of_an_ended_job_is_cancelled(table: JobTable) -> None:
    task_id = add_task(table)
    claim(table, task_id, lease=-1)
    table.cancel_job(table.task(task_id).job_id)

    assert table.requeue_stalled() == [task_id]
    assert table.task(task_id).status is TaskStatus.CANCELLED


def test_live_lease_is_left_alone(table: JobTable) -> None:
    job = add_job(table, "live", "dead", "idle")
    claim(table, task_of(table, job, "live"))
    dead = task_of(table, job, "dead")
    claim(table, dead, lease=-1)

    assert table.requeue_stalled() == [dead]


def test_many_stalled_tasks_of_many_jobs_come_back_at_once(table: JobTable) -> None:
    jobs: list[Any] = [add_job(table, "a", "b", "c") for _ in range(10)]
    ids = [task.id for job in jobs for task in table.tasks(job.id)]
    for task_id in ids:
        claim(table, task_id, lease=-1)
    table.cancel_job(jobs[0].id)

    assert sorted(table.requeue_stalled()) == sorted(ids)
    statuses = {task.status for job in jobs[1:] for task in table.tasks(job.id)}
    assert statuses == {TaskStatus.QUEUED}
    assert {task.status for task in table.tasks(jobs[0].id)} == {TaskStatus.CANCELLED}
