"""A farm on PostgreSQL, whose database goes away while work goes on."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from farm import Farm
from farm.jobs.status import JobStatus
from tests.acceptance.farm.rig import Rig, until
from tests.integration.jobs.postgres import PostgresServer, start_postgres

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def postgres() -> Iterator[PostgresServer]:
    server = start_postgres()
    try:
        server.create("farm")
        yield server
    finally:
        server.stop()


def test_a_database_that_drops_all_connections_loses_no_job(
    postgres: PostgresServer, tmp_path: Path
) -> None:
    rig = Rig.make(tmp_path, database_url=postgres.url("farm"))
    try:
        rig.start_valkey()
        rig.start_coordinator()
        rig.start_worker()
        job = rig.submit(2.0, 0.5)
        rig.wait_working(job)

        for _ in range(3):
            postgres.disconnect("farm")
        later = rig.submit(0.3)

        rig.wait_completed(job)
        rig.wait_completed(later)
        assert rig.outcomes(job) == ["completed"] * 2
        assert "Traceback" not in rig.logs()
    finally:
        rig.stop()


def test_a_coordinator_waits_for_a_database_that_is_not_there_yet(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "later"
    rig = Rig.make(tmp_path, database_url=f"sqlite:///{folder / 'x' / 'jobs.sqlite'}")
    folder.write_text("in the way of the folder")
    try:
        rig.start_valkey()
        coordinator = rig.start_coordinator()
        until(lambda: "job_table_lost" in rig.logs())
        folder.unlink()
        until(lambda: "job_table_back" in rig.logs())
        assert coordinator.poll() is None
        rig.start_worker()
        rig.wait_completed(rig.submit(0.3))
    finally:
        rig.stop()


def test_work_goes_on_while_nobody_can_use_the_database(
    postgres: PostgresServer, tmp_path: Path
) -> None:
    """Within the lease: the worker holds its report, who waits does not notice."""
    with Rig.started(
        tmp_path, database_url=postgres.url("farm"), lease_seconds=15.0
    ) as rig:
        rig.start_worker()
        job = rig.submit(1.0)
        rig.wait_working(job)
        with ThreadPoolExecutor() as waiting, Farm(rig.settings) as farm:
            watched = farm.job(job.id)
            thaw = postgres.freeze()
            ended = waiting.submit(lambda: watched.wait(60))
            until(lambda: not rig.ffmpegs())
            time.sleep(1.0)
            thaw()
            postgres.restart()
            assert ended.result() is JobStatus.COMPLETED

        assert rig.outcomes(job) == ["completed"]
        assert rig.logs().count("report_missed") <= 1
        assert "Traceback" not in rig.logs()


def test_who_is_not_heard_of_for_its_lease_changes_nothing(
    postgres: PostgresServer, tmp_path: Path
) -> None:
    """Beyond the lease: the task is done again, once in effect."""
    with Rig.started(
        tmp_path, database_url=postgres.url("farm"), lease_seconds=2.0
    ) as rig:
        rig.start_worker()
        job = rig.submit(1.0)
        rig.wait_working(job)
        thaw = postgres.freeze()
        time.sleep(3.5)
        thaw()

        rig.wait_completed(job)
        assert rig.outcomes(job) == ["stalled", "completed"]
        assert "Traceback" not in rig.logs()
