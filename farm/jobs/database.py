"""The database of the job table: one door for reading, one for writing."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from sqlite3 import Error as SQLiteError
from sqlite3 import OperationalError
from typing import TYPE_CHECKING

from sqlalchemy import func, literal, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import QueuePool

from farm.errors import TableUnavailable
from farm.jobs.engines import BUSY_SECONDS, WRITING, open_postgres, open_sqlite
from farm.jobs.forks import ForkGate

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import URL, Connection

_BEGIN_UNFLUSHED = "BEGIN; SET LOCAL synchronous_commit = off"
UNFLUSHED = func.set_config("synchronous_commit", "off", literal(value=True))
"""What a statement of PostgreSQL asks for that is not flushed: see `writing`."""

_POSTGRES = {"postgresql", "postgres", "postgresql+psycopg"}
_SQLITE = {"sqlite", "sqlite+pysqlite"}


class Database:
    """A SQLite file or a PostgreSQL database, used by many processes and threads.

    Connections are kept for the next use, but never over a fork.
    """

    def __init__(self, url: str) -> None:
        parsed = _parse(url)
        self.location = _location(parsed)
        """Where it is, without user and password."""
        self.is_sqlite = parsed.drivername in _SQLITE
        self._engine = open_sqlite(parsed) if self.is_sqlite else open_postgres(parsed)
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
        """Open the database to read; each statement reads one state of it.

        With SQLite, all statements of the block read the same state.
        """
        # each statement alone is as good there, and costs two round trips less
        alone = {} if self.is_sqlite else {"isolation_level": "AUTOCOMMIT"}
        with self._connected(writing=False, **alone) as connection:
            yield connection

    @contextmanager
    def writing(self, *, is_flushed: bool = True) -> Iterator[Connection]:
        """Open a transaction that writes; it is whole or it is not at all.

        What is not flushed is seen by all at once, and on the disk a moment later, or
        with the next one that is: only a crash of the server itself could undo it. It
        is for what would be done again then.
        """
        if is_flushed or self.is_sqlite:
            with self._connected(writing=True) as connection:
                yield connection
            return
        with self._connected(writing=True, isolation_level="AUTOCOMMIT") as connection:
            # the driver would begin by itself, a round trip earlier
            connection.exec_driver_sql(
                _BEGIN_UNFLUSHED, execution_options={"no_parameters": True}
            )
            yield connection

    @contextmanager
    def at_once(self) -> Iterator[Connection]:
        """Open the database to write with one statement; others of the block read.

        It is a transaction by itself where one statement can be enough.
        """
        alone = {} if self.is_sqlite else {"isolation_level": "AUTOCOMMIT"}
        with self._connected(writing=True, **alone) as connection:
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
        with (
            self._translated(),
            self._gate.passing(),
            self._alone(writing=writing),
            self._engine.connect() as opened,
        ):
            connection = opened.execution_options(**{WRITING: writing, **options})
            with connection.begin():
                yield connection

    @contextmanager
    def _alone(self, *, writing: bool) -> Iterator[None]:
        """Let one thread of this process wait for SQLite's one writer, not all."""
        if not writing or not self.is_sqlite:
            yield
            return
        lock = self._gate.one_writer
        if not lock.acquire(timeout=BUSY_SECONDS):
            raise OperationalError("database is locked")
        try:
            yield
        finally:
            lock.release()

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
