"""The database of the job table: one door for reading, one for writing."""

from __future__ import annotations

import json
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from sqlite3 import Error as SQLiteError
from typing import TYPE_CHECKING

from sqlalchemy import create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import QueuePool

from farm.errors import TableUnavailable
from farm.jobs.forks import ForkGate

if TYPE_CHECKING:
    from collections.abc import Iterator
    from sqlite3 import Connection as SQLiteConnection

    from psycopg import Connection as PostgresConnection
    from sqlalchemy import URL, Connection, Engine

_BUSY_SECONDS = 10
"""How long a writer waits for another one; each holds the table for milliseconds."""

_POSTGRES = {"postgresql", "postgres", "postgresql+psycopg"}
_SQLITE = {"sqlite", "sqlite+pysqlite"}

_WRITING = "farm_writing"


class Database:
    """A SQLite file or a PostgreSQL database, used by many processes and threads.

    Connections are kept for the next use, but never over a fork.
    """

    def __init__(self, url: str) -> None:
        parsed = _parse(url)
        self.location = _location(parsed)
        """Where it is, without user and password."""
        self.is_sqlite = parsed.drivername in _SQLITE
        self._engine = _sqlite(parsed) if self.is_sqlite else _postgres(parsed)
        self._gate = ForkGate(self._engine)

    @property
    def path(self) -> Path | None:
        """The file of a SQLite database."""
        name = self._engine.url.database
        return Path(name) if self.is_sqlite and name else None

    @property
    def connections(self) -> dict[str, int]:
        """How many connections of this process are in use, and how many idle."""
        pool = self._engine.pool
        if not isinstance(pool, QueuePool):
            return {}
        return {"used": pool.checkedout(), "idle": pool.checkedin()}

    def use_wal(self) -> None:
        """Let readers of a SQLite file go on while one writes; the file keeps this."""
        with self._translated(), self._gate.passing():
            opened = self._engine.raw_connection()
            try:
                opened.cursor().execute("PRAGMA journal_mode = WAL")
            finally:
                opened.close()

    def close(self) -> None:
        """Close the connections; the next use would open new ones."""
        self._engine.dispose()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Open a transaction that reads one state of the database."""
        with self._connected(writing=False) as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Open a transaction that writes; it is whole or it is not at all."""
        with self._connected(writing=True) as connection:
            yield connection

    @contextmanager
    def snapshot(self) -> Iterator[Connection]:
        """Open a long transaction that reads one state of the database in many steps.

        Others write meanwhile. A reader of SQLite has this at all times.
        """
        level = {} if self.is_sqlite else {"isolation_level": "REPEATABLE READ"}
        with self._connected(writing=False, **level) as connection:
            if not self.is_sqlite:  # a slow disk is no frozen process
                connection.exec_driver_sql(
                    "SET LOCAL idle_in_transaction_session_timeout = 0"
                )
            yield connection

    @contextmanager
    def _connected(self, *, writing: bool, **options: str) -> Iterator[Connection]:
        with self._translated(), self._gate.passing(), self._engine.connect() as opened:
            connection = opened.execution_options(**{_WRITING: writing, **options})
            with connection.begin():
                yield connection

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except DBAPIError as error:
            raise self._unavailable(error.orig or error) from error
        except SQLiteError as error:  # of a connection without SQLAlchemy around it
            raise self._unavailable(error) from error
        except PoolTimeout as error:
            raise self._unavailable(error) from error

    def _unavailable(self, error: BaseException) -> TableUnavailable:
        lines = str(error).strip().splitlines() or [type(error).__name__]
        return TableUnavailable(
            f"The job table at {self.location} cannot be used: {lines[0].strip()}",
            location=self.location,
        )


def _parse(url: str) -> URL:
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        raise TableUnavailable(
            "database_url is not the URL of a database; give one such as "
            "sqlite:////srv/farm/jobs.sqlite or postgresql://user@host/farm"
        ) from None  # the cause would show the password
    if parsed.drivername in _POSTGRES:
        return parsed.set(drivername="postgresql+psycopg")
    if parsed.drivername not in _SQLITE:
        raise TableUnavailable(
            f"The job table cannot be kept in {parsed.drivername}; "
            "it is kept in SQLite or PostgreSQL"
        )
    if not parsed.database or parsed.database == ":memory:":
        raise TableUnavailable(
            "The job table needs a file, since many processes use it; "
            "give one such as sqlite:////srv/farm/jobs.sqlite"
        )
    return parsed.set(database=str(Path(parsed.database).expanduser().absolute()))


def _location(url: URL) -> str:
    if url.drivername in _SQLITE:
        return str(url.database)
    host = url.host or url.query.get("host") or "localhost"
    port = f":{url.port}" if url.port else ""
    return f"{host}{port}/{url.database or ''}"


_to_json = partial(json.dumps, allow_nan=False, separators=(",", ":"))


def _sqlite(url: URL) -> Engine:
    engine = create_engine(
        url,
        connect_args={"timeout": _BUSY_SECONDS},
        hide_parameters=True,
        json_serializer=_to_json,
    )

    @event.listens_for(engine, "connect")
    def _set_up(connection: SQLiteConnection, record: object) -> None:
        del record
        connection.isolation_level = None  # transactions begin below, not by guess
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA synchronous = NORMAL")  # safe with WAL

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        # a writer that began by reading could not wait for another writer: it would
        # fail at once, since what it read may have changed
        writing = connection.get_execution_options().get(_WRITING, True)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")

    return engine


def _postgres(url: URL) -> Engine:
    engine = create_engine(
        url,
        connect_args={"connect_timeout": 5, "tcp_user_timeout": _BUSY_SECONDS * 1000},
        hide_parameters=True,
        json_serializer=_to_json,
        pool_pre_ping=True,  # a server that was started again costs nobody an error
    )

    @event.listens_for(engine, "connect")
    def _set_up(connection: PostgresConnection, record: object) -> None:
        del record
        connection.execute(f"SET lock_timeout = '{_BUSY_SECONDS}s'")
        # a process that was frozen in a transaction must not hold its locks for ever
        connection.execute(
            f"SET idle_in_transaction_session_timeout = '{_BUSY_SECONDS}s'"
        )
        connection.commit()

    return engine
