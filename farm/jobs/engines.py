"""How SQLite and PostgreSQL are opened: what each connection is told, and when."""

from __future__ import annotations

import json
import time
from functools import partial
from sqlite3 import SQLITE_BUSY, OperationalError
from typing import TYPE_CHECKING

from sqlalchemy import create_engine, event
from sqlalchemy.exc import InvalidatePoolError

if TYPE_CHECKING:
    from sqlite3 import Connection as SQLiteConnection

    from psycopg import Connection as PostgresConnection
    from sqlalchemy import URL, Connection, Engine
    from sqlalchemy.pool import ConnectionPoolEntry as PoolRecord

BUSY_SECONDS = 10
"""How long a writer waits for another one; each holds the table for milliseconds."""
_LOOK_SECONDS = 0.0002
"""How often a writer looks whether SQLite's one writer is done."""
_TRUSTED_SECONDS = 0.05
"""How long after its last use a connection is believed to be there: no server ends and
starts within it, and to ask costs a round trip."""
_LAST_USED = "farm_last_used"

WRITING = "farm_writing"
"""Option of a connection: whether it writes."""

_to_json = partial(json.dumps, allow_nan=False, separators=(",", ":"))


def open_sqlite(url: URL) -> Engine:
    """Open a file, where writers wait for each other when they begin."""
    engine = create_engine(
        url,
        connect_args={"timeout": BUSY_SECONDS},
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
        if connection.get_execution_options().get(WRITING, True):
            _begin_writing(connection)
        else:
            connection.exec_driver_sql("BEGIN")

    return engine


def _begin_writing(connection: Connection) -> None:
    """Begin as the one writer, as soon as no other one writes.

    SQLite itself would look again less and less often, up to ten times a second, while
    others come and go.
    """
    end = time.monotonic() + BUSY_SECONDS
    opened = connection.connection.cursor()
    opened.execute("PRAGMA busy_timeout = 0")
    try:
        while True:
            try:
                opened.execute("BEGIN IMMEDIATE")
            except OperationalError as error:
                if not _is_busy(error) or time.monotonic() > end:
                    raise
                time.sleep(_LOOK_SECONDS)
            else:
                return
    finally:
        opened.execute(f"PRAGMA busy_timeout = {1000 * BUSY_SECONDS}")
        opened.close()


def _is_busy(error: OperationalError) -> bool:
    return error.sqlite_errorcode & 0xFF == SQLITE_BUSY


def open_postgres(url: URL) -> Engine:
    """Open a server, whose connections are looked at after a rest."""
    engine = create_engine(
        url,
        connect_args={"connect_timeout": 5, "tcp_user_timeout": BUSY_SECONDS * 1000},
        hide_parameters=True,
        json_serializer=_to_json,
    )

    @event.listens_for(engine, "connect")
    def _set_up(connection: PostgresConnection, record: object) -> None:
        del record
        connection.execute(f"SET lock_timeout = '{BUSY_SECONDS}s'")
        # a process that was frozen in a transaction must not hold its locks for ever
        connection.execute(
            f"SET idle_in_transaction_session_timeout = '{BUSY_SECONDS}s'"
        )
        connection.commit()

    @event.listens_for(engine, "checkin")
    def _note_use(connection: PostgresConnection | None, record: PoolRecord) -> None:
        del connection
        record.info[_LAST_USED] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def _check(connection: PostgresConnection, record: PoolRecord, _: object) -> None:
        # a server that was started again costs nobody an error
        last = record.info.get(_LAST_USED)
        if last is None or time.monotonic() - last < _TRUSTED_SECONDS:
            return
        try:
            engine.dialect.do_ping(connection)  # type: ignore[arg-type]  # it is one
        except engine.dialect.loaded_dbapi.Error as error:
            raise InvalidatePoolError from error

    return engine
