"""Broker and coordinator are killed, emptied and doubled while work goes on."""

from __future__ import annotations

import signal
import socket
from typing import TYPE_CHECKING

from farm.cache.marks import mark_of
from farm.jobs.records import NewJob
from farm.jobs.status import JobKind, JobStatus, TaskStatus
from tests.acceptance.farm.rig import Rig, until

if TYPE_CHECKING:
    from pathlib import Path

    from farm.jobs.records import Job


def test_a_broker_that_forgets_everything_loses_no_job(rig: Rig) -> None:
    rig.start_worker()
    job = rig.submit(1.0, 0.5, 0.5)
    rig.wait_working(job)
    with rig.broker() as broker:
        until(lambda: len(broker.waiting("cpu.batch")) == 2)

    rig.redis().flushall()

    rig.wait_completed(job)
    assert rig.outcomes(job) == ["completed"] * 3


def test_a_broker_that_is_killed_and_started_again_loses_no_job(tmp_path: Path) -> None:
    rig = Rig.make(tmp_path)
    try:
        valkey = rig.start_valkey()
        rig.start_coordinator()
        rig.start_worker()
        job = rig.submit(2.0, 0.5, 0.5)
        rig.wait_working(job)

        valkey.kill()
        valkey.wait()
        unheard = rig.submit(0.5)  # written while there is no broker
        until(lambda: "broker_lost" in rig.logs())
        rig.start_valkey()

        rig.wait_completed(job)
        rig.wait_completed(unheard)
        assert rig.outcomes(job) == ["completed"] * 3
        assert "broker_back" in rig.logs()
        assert rig.logs().count("broker_lost") == 1
        assert "Traceback" not in rig.logs()
    finally:
        rig.stop()


def test_a_coordinator_that_is_killed_and_started_again_goes_on(tmp_path: Path) -> None:
    rig = Rig.make(tmp_path)
    try:
        rig.start_valkey()
        coordinator = rig.start_coordinator()
        rig.start_worker()
        job = rig.submit(1.0, 0.5)
        rig.wait_working(job)

        coordinator.kill()
        coordinator.wait()
        later = rig.submit(0.5)
        _wait_tasks_completed(rig, job)
        rig.start_coordinator()

        rig.wait_completed(job)
        rig.wait_completed(later)
        assert rig.outcomes(job) == ["completed"] * 2
    finally:
        rig.stop()


def test_two_coordinators_do_everything_once(rig: Rig) -> None:
    second = rig.start_coordinator()
    rig.start_worker()
    jobs = [rig.submit(0.3, 0.3) for _ in range(3)]

    for job in jobs:
        rig.wait_completed(job)
        assert rig.outcomes(job) == ["completed"] * 2
        with rig.table() as table:
            events = [
                event.after for event in table.events(job.id) if not event.task_id
            ]
        assert events == ["queued", "active", "completed"]
    assert not list((rig.folder / "artifacts").iterdir())
    assert not list(rig.folder.glob(".*.part"))
    second.send_signal(signal.SIGTERM)
    assert second.wait(timeout=5) == 0
    assert "Traceback" not in rig.logs()


def test_a_job_that_breaks_the_planning_fails_and_no_other(rig: Rig) -> None:
    rig.start_worker()
    with rig.table() as table:
        broken = table.add_job(NewJob(kind=JobKind.RENDER, spec={}), [], planned=False)
    job = rig.submit(0.3)

    ended = rig.wait(broken)

    assert ended.status is JobStatus.FAILED
    assert ended.error is not None
    assert "this is a mistake in the farm" in ended.error.message
    rig.wait_completed(job)


def _wait_tasks_completed(rig: Rig, job: Job) -> None:
    with rig.table() as table:
        until(
            lambda: all(
                task.status is TaskStatus.COMPLETED for task in table.tasks(job.id)
            )
        )


def test_a_coordinator_marks_the_storage_while_it_has_its_table(rig: Rig) -> None:
    mark = mark_of(rig.settings, f"coordinator@{socket.gethostname()}")

    until(mark.exists)
    mark.unlink()
    until(mark.exists)
