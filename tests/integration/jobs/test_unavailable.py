from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from farm.errors import TableUnavailable
from farm.jobs.table import JobTable
from tests.integration.jobs.factories import add_task, claim, new_job

if TYPE_CHECKING:
    from tests.integration.jobs.postgres import PostgresServer

ROOT = Path(__file__).parents[3]


def test_database_that_is_not_there_is_named_without_password() -> None:
    with pytest.raises(TableUnavailable) as raised:
        JobTable.open(
            "postgresql://farm:s3cret@127.0.0.1:1/jobs?application_name=s3cret"
        )

    message = raised.value.message
    assert message.startswith("The job table at 127.0.0.1:1/jobs cannot be used: ")
    assert "\n" not in message
    assert "s3cret" not in f"{message} {raised.value.facts}"
    assert isinstance(raised.value.__cause__, SQLAlchemyError)
    assert "s3cret" not in str(raised.value.__cause__)


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("", "not the URL of a database"),
        ("farm:s3cret@host", "not the URL of a database"),
        ("mysql://farm:s3cret@host/farm", "SQLite or PostgreSQL"),
        ("postgresql+asyncpg://farm:s3cret@host/farm", "SQLite or PostgreSQL"),
        ("sqlite://", "needs a file"),
        ("sqlite:///:memory:", "needs a file"),
        ("postgresql://farm:s3cret@host:port/farm", "not the URL of a database"),
    ],
)
def test_url_that_cannot_be_used_is_refused(url: str, why: str) -> None:
    with pytest.raises(TableUnavailable, match=why) as raised:
        JobTable.open(url)

    assert "s3cret" not in raised.value.message
    assert raised.value.__cause__ is None


def test_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(TableUnavailable, match="cannot be made: File exists"):
        JobTable.open(f"sqlite:///{tmp_path}/file/jobs.sqlite")


def test_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    path = tmp_path / "jobs.sqlite"
    path.write_text("this is a text, and a rather long one for a header" * 10)

    with pytest.raises(TableUnavailable, match="file is not a database"):
        JobTable.open(f"sqlite:///{path}")
    assert path.read_text().startswith("this is a text")


def test_folder_at_the_place_of_the_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(TableUnavailable, match="unable to open database file"):
        JobTable.open(f"sqlite:///{tmp_path}")


_AS_A_USER = ("setpriv", "--bounding-set=-dac_override,-dac_read_search")
"""Root may write everywhere; without these rights it is like others."""
_ADD_A_JOB = """
import sys
from farm.errors import TableUnavailable
from farm.jobs.table import JobTable
from tests.integration.jobs.factories import new_job
table = JobTable.open(sys.argv[1])
try:
    table.add_job(new_job())
except TableUnavailable as error:
    print(error.message)
"""


def test_file_that_may_not_be_written_is_named(sqlite_url: str, tmp_path: Path) -> None:
    if os.geteuid() == 0 and shutil.which("setpriv") is None:
        pytest.skip("no setpriv here, and root may write everywhere")
    (tmp_path / "jobs.sqlite").chmod(0o400)
    before = _AS_A_USER if os.geteuid() == 0 else ()

    said = subprocess.check_output(
        [*before, sys.executable, "-c", _ADD_A_JOB, sqlite_url], cwd=ROOT, text=True
    )

    assert said.startswith(
        f"The job table at {tmp_path / 'jobs.sqlite'} cannot be used"
    )
    assert "readonly" in said


def test_server_that_was_started_again_costs_no_error(
    postgres: PostgresServer, postgres_url: str
) -> None:
    table = JobTable.open(postgres_url)
    job = table.add_job(new_job())

    postgres.disconnect("farm")
    time.sleep(0.1)  # no server starts again faster

    assert table.job(job.id) == job
    table.close()


def test_connection_that_breaks_in_mid_transaction_writes_nothing(
    postgres: PostgresServer, postgres_url: str
) -> None:
    table = JobTable.open(postgres_url)
    task_id = add_task(table)
    before = table.events(table.task(task_id).job_id)

    def break_it() -> None:
        with table._database.writing() as connection:
            connection.execute(text("UPDATE tasks SET status = 'failed'"))
            postgres.disconnect("farm")
            connection.execute(text("SELECT 1"))

    with pytest.raises(TableUnavailable, match="terminating connection"):
        break_it()
    assert table.task(task_id).status == "queued"
    assert table.events(table.task(task_id).job_id) == before
    claim(table, task_id)
    table.close()


def test_frozen_transaction_is_ended_by_postgres(postgres_url: str) -> None:
    table = JobTable.open(postgres_url)
    with table._database.reading() as connection:
        shown = [
            connection.execute(text(f"SHOW {name}")).scalar_one()
            for name in ("idle_in_transaction_session_timeout", "lock_timeout")
        ]

    assert shown == ["10s", "10s"]
    table.close()


def test_table_taken_away_is_unavailable(table: JobTable) -> None:
    job = table.add_job(new_job())
    with table._database.writing() as connection:
        connection.execute(text("ALTER TABLE task_needs RENAME TO elsewhere"))

    with pytest.raises(TableUnavailable, match="task_needs"):
        table.release_ready()

    with table._database.writing() as connection:
        connection.execute(text("ALTER TABLE elsewhere RENAME TO task_needs"))
    assert table.job(job.id) == job


def test_writer_that_waits_too_long_says_so(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("farm.jobs.engines.BUSY_SECONDS", 0.1)
    table = JobTable.open(sqlite_url)
    other = sqlite3.connect(sqlite_url.removeprefix("sqlite:///"))
    other.execute("BEGIN IMMEDIATE")

    with pytest.raises(TableUnavailable, match="database is locked"):
        table.add_job(new_job())
    assert table.jobs() == []  # readers do not wait

    other.close()
    table.add_job(new_job())
    table.close()
