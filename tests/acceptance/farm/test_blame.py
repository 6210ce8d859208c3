"""Workers that cannot work, tasks that end workers, and tasks that want memory."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from farm.jobs.status import JobStatus
from tests.acceptance.farm.rig import Rig, until

if TYPE_CHECKING:
    from pathlib import Path


def test_a_worker_that_cannot_work_is_drained_and_costs_no_job(tmp_path: Path) -> None:
    # a lease as long as a busy worker is waited for
    with Rig.started(tmp_path, lease_seconds=10.0) as rig:
        (tmp_path / "in the way").touch()
        bad = rig.start_worker(scratch=tmp_path / "in the way" / "scratch")
        rig.start_worker()
        jobs = []
        for _ in range(12):
            jobs.append(rig.submit(0.2, 0.2))
            rig.wait_completed(jobs[-1])
            if bad.poll() is not None:
                break

        assert bad.wait(timeout=20) == 0
        with rig.table() as table:
            shown = next(w for w in table.workers() if f"-{bad.pid}@" in w.name)
        assert shown.state == "offline"
        assert shown.failures >= 3
        assert "tasks in a row that other workers completed" in str(shown.reason)
        assert "the last time: the scratch folder" in str(shown.reason)
        outcomes = [outcome for job in jobs for outcome in rig.outcomes(job)]
        assert outcomes.count("failed") >= 3


def test_a_task_that_ends_its_worker_is_stopped_and_others_go_on(rig: Rig) -> None:
    rig.start_worker()
    poison = rig.submit(0.2, poison="yes")
    good = rig.submit(0.2)

    ended = rig.wait(poison)

    assert ended.status is JobStatus.FAILED
    assert ended.error is not None
    assert ended.error.message.startswith(
        "its worker was lost at 3 of 3 attempts: what it works on may be what ends "
        "workers"
    )
    assert rig.outcomes(poison) == ["failed"] * 3
    rig.wait_completed(good)
    rig.wait_completed(rig.submit(0.2))
    with rig.table() as table:
        assert {worker.state for worker in table.workers()} == {"online"}


def test_a_task_without_memory_is_tried_with_fewer_threads(rig: Rig) -> None:
    rig.start_worker()
    job = rig.submit(0.2, hungry="yes")

    rig.wait_completed(job)

    first, second = rig.attempts(job)
    assert first.error is not None
    assert first.error.kind == "OutOfMemory"
    assert "-threads 1" not in str(first.argv)
    assert re.search(r"-threads 1 (-\w+ \S+ )*-i testsrc2", str(second.argv))


def test_a_worker_told_twice_to_end_gives_its_task_back(rig: Rig) -> None:
    worker = rig.start_worker()
    job = rig.submit(20.0)
    rig.wait_working(job)

    worker.terminate()
    until(lambda: "worker_draining" in rig.logs())
    worker.terminate()

    assert worker.wait(timeout=5) == 0
    assert not rig.ffmpegs()
    assert rig.outcomes(job) == ["released"]


def test_a_worker_out_of_time_gives_its_task_back(tmp_path: Path) -> None:
    with Rig.started(tmp_path, grace_seconds=1.0) as rig:
        worker = rig.start_worker()
        job = rig.submit(20.0)
        rig.wait_working(job)

        worker.terminate()

        assert worker.wait(timeout=10) == 0
        assert rig.outcomes(job) == ["released"]
