"""`farm doctor` on farms that are really ill: it says what, and changes nothing."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from alembic import command

from farm.ffmpeg.locate import find_ffmpeg
from farm.jobs.database import Database
from farm.jobs.migrations import build_config
from farm.jobs.schema import HEAD, find_schema
from farm.settings import Settings
from tests.acceptance.farm.rig import ROOT, until
from tests.integration.jobs.postgres import PostgresServer, start_postgres

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.acceptance.farm.rig import Rig

Checks = dict[str, dict[str, str]]
_MOUNTS = ("unshare", "--user", "--map-root-user", "--mount")
_FAKETIME = next(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"), None)


def doctor(folder: Path, *, before: tuple[str, ...] = (), **variables: str) -> Checks:
    """Run the command as a user does; return its checks by name."""
    kept = {n: value for n, value in os.environ.items() if not n.startswith("FARM_")}
    found = subprocess.run(
        [*before, sys.executable, "-m", "farm", "doctor", "--json"],
        cwd=folder,
        env={**kept, "PYTHONPATH": str(ROOT), **variables},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert found.stderr == ""
    told = json.loads(found.stdout)
    checks = {check["name"]: check for check in told["checks"]}
    states = {check["state"] for check in told["checks"]}
    assert told["ok"] is ("failed" not in states)
    assert found.returncode == ("failed" in states)
    assert all(c["fix"] for c in told["checks"] if c["state"] != "ok")
    return checks


def upgrade_to(url: str, schema: str) -> None:
    """Make a job table as an older version of the farm did."""
    with closing(Database(url)) as database, database.writing() as connection:
        command.upgrade(build_config(connection), schema)


def stand_in(folder: Path, *, answer: str) -> Path:
    """Write a program that is the farm's FFmpeg but for its version."""
    program = folder / "ffmpeg"
    ours = find_ffmpeg(Settings())
    program.write_text(
        '#!/bin/sh\nif [ "$*" = "-hide_banner -version" ] || [ "$*" = "-version" ]\n'
        f"then echo 'ffmpeg version {answer} Copyright'; exit; fi\n"
        f'exec {ours} "$@"\n'
    )
    program.chmod(0o755)
    return program


@pytest.mark.parametrize(
    ("version", "state"),
    [
        ("4.2.2-static", "failed"),
        ("7.0.2-static", "failed"),
        ("n8.0", "warning"),
        ("n9.0.2-17-g2a571b6068", "ok"),
        ("10.1", "ok"),
        ("N-125000-gabcdef", "ok"),
    ],
)
def test_an_ffmpeg_that_is_too_old(tmp_path: Path, version: str, state: str) -> None:
    from farm.doctor.programs import look_at_ffmpeg

    program = stand_in(tmp_path, answer=version)
    check = next(look_at_ffmpeg(Settings.read(ffmpeg_path=program)))

    assert (check.name, check.state) == ("ffmpeg", state)
    assert check.found.startswith(version)
    assert ("made for 9" in check.found) is (state != "ok")


def test_a_table_behind_is_told_and_left_alone(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'jobs.sqlite'}"
    before = f"{int(HEAD) - 1:04}"
    upgrade_to(url, before)

    checks = doctor(tmp_path, FARM_STORAGE=str(tmp_path), FARM_DATABASE_URL=url)

    assert checks["database"]["state"] == "failed"
    assert f"at {before}, behind {HEAD}" in checks["database"]["found"]
    assert "farm migrate" in checks["database"]["fix"]
    assert find_schema(url) == before


def test_no_table_is_no_fault_and_none_is_made(tmp_path: Path) -> None:
    checks = doctor(tmp_path, FARM_STORAGE=str(tmp_path / "storage"))

    assert checks["database"]["found"] == "sqlite, no job table yet"
    assert {check["state"] for check in checks.values()} == {"ok"}
    assert not (tmp_path / "storage" / "jobs.sqlite").exists()


def test_a_disk_that_is_nearly_full(tmp_path: Path) -> None:
    probe = [*_MOUNTS, "mount", "-t", "tmpfs", "tmpfs", "/mnt"]
    if (
        shutil.which("unshare") is None
        or subprocess.run(probe, check=False, capture_output=True).returncode
    ):
        pytest.skip("no file systems of one's own here")
    for name in ("storage", "scratch"):
        (tmp_path / name).mkdir()
    script = (
        "mount -t tmpfs -o size=64m tmpfs storage && "
        'mount -t tmpfs -o size=32m tmpfs scratch && exec "$@"'
    )
    checks = doctor(
        tmp_path,
        before=(*_MOUNTS, "sh", "-c", script, "sh"),
        FARM_STORAGE=str(tmp_path / "storage"),
        FARM_SCRATCH=str(tmp_path / "scratch"),
    )

    for name in ("storage", "scratch"):
        assert checks[name]["state"] == "warning"
        assert "0 GB free" in checks[name]["found"]


@pytest.fixture
def postgres() -> Iterator[PostgresServer]:
    server = start_postgres()
    server.create("farm")
    try:
        yield server
    finally:
        server.stop()


def test_a_clock_that_is_wrong(tmp_path: Path, postgres: PostgresServer) -> None:
    if _FAKETIME is None:
        pytest.skip("no libfaketime here")
    url = postgres.url("farm")
    upgrade_to(url, "head")

    checks = doctor(
        tmp_path,
        FARM_STORAGE=str(tmp_path),
        FARM_DATABASE_URL=url,
        LD_PRELOAD=str(_FAKETIME),
        FAKETIME="-90s",
    )

    assert checks["clock"]["state"] == "warning"
    assert "s behind the database's" in checks["clock"]["found"]
    assert float(checks["clock"]["found"].split(" is ")[1].split(" s ")[0]) == (
        pytest.approx(90, abs=5)
    )


def test_workers_that_are_unlike_us(rig: Rig) -> None:
    """One of another FFmpeg and another folder; a farm that is older; a wrong clock."""
    away = rig.folder / "away"
    away.mkdir()
    other = stand_in(rig.folder, answer="n9.9-other")
    rig.start_worker()
    rig.start_worker(
        storage=away, database_url=rig.settings.database, ffmpeg_path=other
    )
    with rig.live() as live:
        until(lambda: len(live.told()) == 2)
        (mine, _) = live.told()
        live.tell("b:1", {**mine, "host": "b", "version": "0.0.9"})
        live.tell("c:1", {**mine, "host": "c", "clock_seconds": -75.0})
        checks = doctor(
            rig.folder,
            FARM_STORAGE=str(rig.settings.storage),
            FARM_BROKER_URL=str(rig.settings.broker_url),
        )

    assert abs(mine["clock_seconds"]) < 1
    assert checks["broker"]["state"] == "ok"
    assert checks["workers"]["found"] == "2 online"
    assert checks["versions"]["state"] == "warning"
    assert "n9.9-other: cpu-" in checks["versions"]["found"]
    assert checks["shared storage"]["state"] == "failed"
    assert checks["shared storage"]["found"].startswith("cpu-")
    assert "0.0.9: b" in checks["farm versions"]["found"]
    assert checks["clocks"]["found"] == "that of c is 75.0 s behind the database's"
