"""Workers are killed, frozen and stopped in the middle of a task."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

from farm.broker import Message
from farm.cache.marks import mark_of
from farm.jobs.records import NewJob, NewTask
from farm.jobs.status import JobKind, JobStatus, Queue, TaskKind, TaskStatus
from tests.acceptance.farm.rig import LEASE_SECONDS, Rig, until

if TYPE_CHECKING:
    import subprocess

    from farm.jobs.records import Task

TASK_SECONDS = 2.0
SLACK_SECONDS = 2.5
"""Start of FFmpeg, publishing, and a machine that does other things too."""


def worker_of(task: Task, *workers: subprocess.Popen[bytes]) -> subprocess.Popen[bytes]:
    return next(w for w in workers if str(task.worker).startswith(f"cpu-{w.pid}@"))


def test_a_killed_workers_task_is_done_by_another_when_its_lease_is_over(
    rig: Rig,
) -> None:
    # scratch folders of their own, as on two machines
    workers = [rig.start_worker(scratch=rig.folder / name) for name in ("one", "two")]
    job = rig.submit(TASK_SECONDS)
    task = rig.wait_working(job)
    ffmpeg = rig.ffmpeg_of(task)[0]

    worker_of(task, *workers).kill()
    killed_at = time.monotonic()
    psutil.wait_procs([ffmpeg], timeout=2)
    assert not ffmpeg.is_running()

    rig.wait_completed(job)
    took = time.monotonic() - killed_at
    assert rig.outcomes(job) == ["stalled", "completed"]
    assert took < LEASE_SECONDS + TASK_SECONDS + SLACK_SECONDS


def test_a_killed_workers_task_is_given_back_by_the_next_worker_of_its_host(
    tmp_path: Path,
) -> None:
    with Rig.started(tmp_path, lease_seconds=60.0) as rig:
        killed = rig.start_worker()
        job = rig.submit(TASK_SECONDS)
        rig.wait_working(job)

        killed.kill()
        rig.start_worker()

        rig.wait_completed(job)
        first, second = rig.attempts(job)
        assert first.outcome == "failed"
        assert first.error is not None
        assert first.error.kind == "WorkerLost"
        assert second.outcome == "completed"
        assert not list(rig.settings.scratch_folder.iterdir())


def test_a_killed_process_of_the_pool_costs_no_lease(tmp_path: Path) -> None:
    with Rig.started(tmp_path, lease_seconds=60.0) as rig:
        rig.start_worker()
        job = rig.submit(TASK_SECONDS)
        ffmpeg = rig.ffmpeg_of(rig.wait_working(job))[0]
        slot = ffmpeg.parent()
        assert slot is not None

        slot.kill()

        rig.wait_completed(job)
        assert rig.outcomes(job) == ["failed", "completed"]
        assert not ffmpeg.is_running()


def test_a_frozen_worker_that_wakes_up_late_changes_nothing(rig: Rig) -> None:
    workers = [rig.start_worker(), rig.start_worker()]
    job = rig.submit(TASK_SECONDS)
    task = rig.wait_working(job)
    frozen = psutil.Process(worker_of(task, *workers).pid)
    family = [frozen, *frozen.children(recursive=True)]

    for process in family:
        process.suspend()
    with rig.table() as table:
        until(lambda: table.task(task.id).attempt == 2)
        until(lambda: table.task(task.id).status is TaskStatus.COMPLETED)
        result = table.task(task.id).result
    for process in family:
        process.resume()

    rig.wait_completed(job)
    until(lambda: not rig.ffmpegs())
    until(lambda: not list(rig.settings.scratch_folder.iterdir()))
    with rig.table() as table:
        assert table.task(task.id).result == result
    made = Path(str(job.output)).read_bytes()
    assert b"attempt 2" in made
    assert b"attempt 1" not in made
    assert frozen.is_running()
    with rig.live() as live:  # as the metric farm_fenced_reports_total tells
        until(lambda: live.sums().get("fenced:segment") == 1)
    again = rig.submit(0.5, 0.5)  # the woken worker is of use
    rig.wait_completed(again)


def test_a_message_that_comes_twice_is_done_once(rig: Rig) -> None:
    rig.start_worker()
    job = rig.submit(TASK_SECONDS, 0.5)
    task = rig.wait_working(job)
    message = Message(
        task_id=task.id,
        kind=task.kind.value,
        queue=task.queue.value,
        priority=9,
        job_id=job.id,
        task_name=task.name,
    )

    with rig.broker() as broker:
        broker.send([message] * 3)
    rig.wait_completed(job)
    with rig.broker() as broker:
        broker.send([message] * 3)
        until(lambda: not broker.waiting(task.queue.value))

    rig.wait_completed(rig.submit(0.5))
    assert rig.outcomes(job) == ["completed", "completed"]


def test_cancelling_a_job_stops_its_ffmpeg_within_two_seconds(rig: Rig) -> None:
    rig.start_worker()
    job = rig.submit(30.0)
    task = rig.wait_working(job)

    with rig.table() as table, rig.live() as live:
        table.cancel_job(job.id)
        live.notify(job.id)
    until(lambda: not rig.ffmpegs(), seconds=2.0)

    with rig.table() as table:
        until(lambda: table.task(task.id).status is TaskStatus.CANCELLED)
        assert table.job(job.id).status is JobStatus.CANCELLED
    assert not Path(str(job.output)).exists()
    until(lambda: not list(rig.settings.scratch_folder.iterdir()))


def test_a_worker_told_to_end_by_term_finishes_its_task(rig: Rig) -> None:
    worker = rig.start_worker()
    job = rig.submit(TASK_SECONDS)
    rig.wait_working(job)
    with rig.table() as table:  # it has left its mark in the storage
        assert all(
            mark_of(rig.settings, worker.name).exists() for worker in table.workers()
        )

    worker.send_signal(signal.SIGTERM)

    assert worker.wait(timeout=20) == 0
    rig.wait_completed(job)
    assert rig.outcomes(job) == ["completed"]
    with rig.table() as table:
        workers = table.workers()
    assert {worker.state for worker in workers} == {"offline"}
    assert not any(mark_of(rig.settings, worker.name).exists() for worker in workers)


def test_a_worker_told_to_end_at_once_gives_its_task_back(rig: Rig) -> None:
    worker = rig.start_worker()
    job = rig.submit(TASK_SECONDS)
    rig.wait_working(job)

    worker.send_signal(signal.SIGINT)

    assert worker.wait(timeout=5) == 0
    assert not rig.ffmpegs()
    assert rig.outcomes(job) == ["released"]
    rig.start_worker()
    rig.wait_completed(job)
    assert rig.outcomes(job) == ["released", "completed"]
    with rig.table() as table:
        assert table.tasks(job.id)[0].attempts_allowed == rig.settings.max_attempts + 1


def test_a_task_stopped_by_celery_itself_is_given_back(rig: Rig) -> None:
    """Revoking with terminate sends TERM to the process of the pool."""
    rig.start_worker()
    job = rig.submit(TASK_SECONDS)
    slot = rig.ffmpeg_of(rig.wait_working(job))[0].parent()
    assert slot is not None

    os.kill(slot.pid, signal.SIGTERM)

    rig.wait_completed(job)
    assert rig.outcomes(job) == ["released", "completed"]


def test_a_task_whose_ffmpeg_is_killed_is_tried_again(rig: Rig) -> None:
    rig.start_worker()
    job = rig.submit(TASK_SECONDS)

    rig.ffmpeg_of(rig.wait_working(job))[0].kill()

    rig.wait_completed(job)
    first, second = rig.attempts(job)
    assert (first.outcome, second.outcome) == ("failed", "completed")
    assert first.error is not None
    assert first.error.kind == "FFmpegKilled"
    for attempt in (first, second):
        assert "-preset ultrafast made.mkv" in str(attempt.argv)
    assert "testsrc2" in str(second.log)  # the first was killed too early for a log


def test_a_task_that_cannot_be_done_fails_its_job_with_the_cause(rig: Rig) -> None:
    rig.start_worker()
    job = rig.submit(20.0, encoder="libnone")

    ended = rig.wait(job)

    assert ended.status is JobStatus.FAILED
    assert ended.error is not None
    assert ended.error.kind == "EncoderMissing"
    assert "libnone" in ended.error.message
    assert ended.error.facts["task"] == "output"
    assert rig.outcomes(job) == ["failed"]
    assert "libnone" in str(rig.attempts(job)[0].argv)
    assert not Path(str(job.output)).exists()


def test_a_failed_task_stops_the_others_of_its_job(rig: Rig) -> None:
    rig.start_worker(cpu_slots=2)
    with rig.table() as table:
        tasks = [
            NewTask(
                name=name,
                kind=TaskKind.SEGMENT,
                queue=Queue.CPU_BATCH,
                payload={"seconds": 60.0, "encoder": encoder},
            )
            for name, encoder in (("output", "libx264"), ("bad", "libnone"))
        ]
        job = table.add_job(NewJob(kind=JobKind.RENDER, spec={}), tasks)

    assert rig.wait(job).status is JobStatus.FAILED
    until(lambda: not rig.ffmpegs(), seconds=2.0)
    with rig.table() as table:
        until(lambda: all(task.status.is_final for task in table.tasks(job.id)))
        found = {task.name: task.status for task in table.tasks(job.id)}
    assert found["bad"] is TaskStatus.FAILED
    assert found["output"] in {TaskStatus.CANCELLED, TaskStatus.FAILED}


def test_a_drained_worker_finishes_its_task_and_another_does_the_rest(rig: Rig) -> None:
    worker = rig.start_worker()
    first = rig.submit(TASK_SECONDS)
    rig.wait_working(first)
    with rig.table() as table:
        assert table.drain_worker(f"cpu-{worker.pid}")

    assert worker.wait(timeout=30) == 0
    rig.wait_completed(first)
    assert rig.outcomes(first) == ["completed"]
    second = rig.submit(TASK_SECONDS)
    rig.start_worker()
    rig.wait_completed(second)


def test_a_paused_job_goes_on_where_it_was(rig: Rig) -> None:
    rig.start_worker()
    job = rig.submit(TASK_SECONDS)
    rig.wait_working(job)
    with rig.table() as table:
        table.pause_job(job.id)
        until(lambda: not table.tasks(job.id, status=TaskStatus.ACTIVE))
        time.sleep(2 * rig.settings.resend_seconds)  # its end is not taken for more
        assert table.job(job.id).status is JobStatus.PAUSED
        assert not Path(str(job.output)).exists()
        table.resume_job(job.id)
    rig.wait_completed(job)
    assert rig.outcomes(job) == ["completed"]
