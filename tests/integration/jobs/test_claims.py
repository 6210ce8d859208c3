"""Each case carries its line of notation: T is the task, J the job."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from farm.errors import (
    DiskFull,
    FFmpegFailed,
    MediaMissing,
    TaskCancelled,
    Unsupported,
    WorkerLost,
)
from farm.jobs.records import Beat
from farm.jobs.status import JobKind, JobStatus, TaskStatus
from tests.integration.jobs.factories import (
    add_job,
    add_task,
    claim,
    complete,
    new_job,
    new_task,
    task_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from farm.jobs.table import JobTable


def beat(table: JobTable, task_id: str, attempt: int, *, lease: float = 60.0) -> Beat:
    return table.heartbeat(task_id, attempt=attempt, lease_seconds=lease, frames_done=7)


def all_of(table: JobTable, task_id: str) -> tuple[object, ...]:
    """Return all that the table says of a task's job."""
    job_id = table.task(task_id).job_id
    return (
        table.job(job_id),
        table.tasks(job_id),
        table.attempts(job_id),
        table.events(job_id),
    )


# --- claim


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
    assert [sent.id for sent in table.tasks_to_send(resend_seconds=60)] == [task_id]


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

    assert table.tasks_to_send(resend_seconds=0) == []
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
    assert [sent.id for sent in table.tasks_to_send(resend_seconds=60)] == [task_id]


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
    assert [sent.id for sent in table.tasks_to_send(resend_seconds=60)] == [task_id]
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
