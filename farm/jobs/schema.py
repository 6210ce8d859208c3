"""Bring a database to the schema of this version of the farm."""

from __future__ import annotations

import fcntl
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

from sqlalchemy import inspect, text

from farm.errors import TableUnavailable
from farm.jobs.database import Database

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

HEAD = "0009"
"""The last step in ``migrations/versions``: the schema of this version."""

_LOCK_KEY = 0x6661726D  # "farm"; taken by PostgreSQL while one migrates


def migrate(database: Database) -> None:
    """Run the steps that are missing; at most one process does it at a time."""
    if _is_current(database):
        return
    with rebuilding(database) as connection:
        if _find_version(connection) != HEAD:
            upgrade(connection, location=database.location)


@contextmanager
def rebuilding(database: Database) -> Iterator[Connection]:
    """Open a transaction in which the table is made anew; nobody migrates meanwhile."""
    with _alone(database), database.writing() as connection:
        if not database.is_sqlite:
            connection.execute(text(f"SELECT pg_advisory_xact_lock({_LOCK_KEY})"))
        yield connection


def upgrade(connection: Connection, *, location: str, revision: str = "head") -> None:
    """Run the steps that are missing to a schema, in this transaction."""
    # Alembic takes longer to load than an up-to-date table takes to open
    from farm.jobs import migrations

    migrations.upgrade(connection, location=location, revision=revision)


def find_schema(url: str) -> str | None:
    """Return the schema of a job table, and change nothing; ``None``: there is none.

    Raises:
        TableUnavailable: when the database cannot be reached.
    """
    with closing(Database(url)) as database:
        if database.path is not None and not database.path.exists():
            return None
        with database.reading() as connection:
            return _find_version(connection)


def _is_current(database: Database) -> bool:
    if database.path is not None and not database.path.exists():
        return False
    with database.reading() as connection:
        return _find_version(connection) == HEAD


@contextmanager
def _alone(database: Database) -> Iterator[None]:
    """Let one process at a time make a SQLite file, and switch it to WAL."""
    if database.path is None:
        yield
        return
    try:
        database.path.parent.mkdir(parents=True, exist_ok=True)
        lock = database.path.with_name(f".{database.path.name}.migrating").open("w")
    except OSError as error:
        raise TableUnavailable(
            f"The job table at {database.location} cannot be made: {error.strerror}; "
            "name a folder that can be written to (FARM_STORAGE)",
            location=database.location,
        ) from error
    with lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        database.use_wal()
        yield


def _find_version(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    found = connection.execute(text("SELECT version_num FROM alembic_version"))
    return found.scalar_one_or_none()
