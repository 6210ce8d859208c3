"""The job table on both databases: each test gets an empty table of its own."""

from __future__ import annotations

import shutil
from itertools import count
from typing import TYPE_CHECKING

import pytest

from farm.jobs.models.base import metadata
from farm.jobs.table import JobTable
from tests.integration.jobs.postgres import PostgresServer, start_postgres

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_DATABASE = "farm"
_numbers = count(1)


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """Return a PostgreSQL server that ends with the tests."""
    server = start_postgres()
    try:
        server.create(_DATABASE)
        JobTable.open(server.url(_DATABASE)).close()
        yield server
    finally:
        server.stop()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a SQLite file with an empty job table."""
    path = tmp_path_factory.mktemp("template") / "jobs.sqlite"
    JobTable.open(f"sqlite:///{path}").close()
    return path


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """Return the URL of an empty job table in SQLite."""
    path = shutil.copy(sqlite_template, tmp_path / "jobs.sqlite")
    return f"sqlite:///{path}"


@pytest.fixture
def postgres_url(postgres: PostgresServer) -> str:
    """Return the URL of an empty job table in PostgreSQL."""
    postgres.empty(_DATABASE, tables=list(metadata.tables))
    return postgres.url(_DATABASE)


@pytest.fixture
def new_postgres_url(postgres: PostgresServer) -> Iterator[str]:
    """Return the URL of a PostgreSQL database without any table."""
    name = f"farm_{next(_numbers)}"
    postgres.create(name)
    yield postgres.url(name)
    postgres.drop(name)


@pytest.fixture(params=["sqlite", "postgres"])
def new_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return the URL of a database without any table, of each kind in turn."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'new' / 'jobs.sqlite'}"
    found: str = request.getfixturevalue("new_postgres_url")
    return found


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest) -> str:
    """Return the URL of an empty job table, on each database in turn."""
    found: str = request.getfixturevalue(f"{request.param}_url")
    return found


@pytest.fixture
def table(url: str) -> Iterator[JobTable]:
    """Return an empty job table, on each database in turn."""
    opened = JobTable.open(url)
    yield opened
    opened.close()
