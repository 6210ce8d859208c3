"""Of several coordinators one coordinates; the next takes over when it is gone."""

from __future__ import annotations

import signal
import socket
import time
from typing import TYPE_CHECKING

import psutil

from farm.coordinator.leader import LEAD_SECONDS
from tests.acceptance.farm.rig import LEASE_SECONDS, Rig, until

if TYPE_CHECKING:
    import subprocess
    from pathlib import Path


def leads(rig: Rig, coordinator: subprocess.Popen[bytes]) -> bool:
    with rig.table() as table:
        leader = table.leader("coordinator")
    return leader == f"{socket.gethostname()}:{coordinator.pid}"


def test_another_takes_over_from_a_coordinator_that_is_killed(rig: Rig) -> None:
    first = rig.running[-1]
    until(lambda: leads(rig, first))
    second = rig.start_coordinator()
    until(lambda: "coordinator_stands_by" in rig.logs())
    rig.start_worker()
    rig.wait_completed(rig.submit(0.2))

    first.kill()
    first.wait()

    until(lambda: leads(rig, second), seconds=LEAD_SECONDS)
    rig.wait_completed(rig.submit(0.2))


def test_another_takes_over_at_once_from_one_that_stops(rig: Rig) -> None:
    first = rig.running[-1]
    until(lambda: leads(rig, first))
    second = rig.start_coordinator()
    until(lambda: "coordinator_stands_by" in rig.logs())

    first.terminate()
    assert first.wait(timeout=10) == 0

    until(lambda: leads(rig, second), seconds=2.0)


def test_a_frozen_coordinator_that_wakes_up_stands_by(rig: Rig) -> None:
    first = rig.running[-1]
    until(lambda: leads(rig, first))
    second = rig.start_coordinator()
    rig.start_worker()
    until(lambda: "coordinator_stands_by" in rig.logs())

    first.send_signal(signal.SIGSTOP)  # while it does not write: SQLite has one writer
    job = rig.submit(0.2, 0.2)
    until(lambda: leads(rig, second), seconds=LEAD_SECONDS + 3)
    rig.wait_completed(job)
    psutil.Process(first.pid).resume()

    until(lambda: "coordinator_superseded" in rig.logs())
    time.sleep(1.0)
    assert leads(rig, second)
    rig.wait_completed(rig.submit(0.2))
    assert "Traceback" not in rig.logs()


def test_a_lost_task_is_queued_again_in_time_whatever_else_is_lost(
    tmp_path: Path,
) -> None:
    """Worker, leading coordinator and broker are killed in one moment."""
    rig = Rig.make(tmp_path)
    try:
        valkey = rig.start_valkey()
        first = rig.start_coordinator()
        until(lambda: leads(rig, first))
        rig.start_coordinator()
        worker = rig.start_worker()
        job = rig.submit(20.0)
        rig.wait_working(job)

        for process in (worker, first, valkey):
            process.kill()
            process.wait()

        until(lambda: rig.outcomes(job) == ["stalled"], seconds=LEASE_SECONDS + 5.0)
    finally:
        rig.stop()
