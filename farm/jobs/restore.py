"""Make a job table of a backup: all of it, or nothing is changed.

The table is made as it was when the backup was written, filled, and brought to the
schema of this version, in one transaction.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import zlib
from collections import Counter
from itertools import islice
from typing import TYPE_CHECKING, Any

from sqlalchemy import JSON, MetaData, Table, func, insert, select, text

from farm.errors import BackupFailed, NotAllowed
from farm.jobs import schema
from farm.jobs.backup import FORMAT, Backup
from farm.jobs.clock import read_clock
from farm.jobs.models.base import metadata
from farm.jobs.models.cache import artifacts
from farm.jobs.models.work import jobs
from farm.jobs.workers import LOST_SECONDS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import Connection

    from farm.jobs.database import Database

_AT_ONCE = 100
"""Rows that are written at once: what was asked for may be megabytes each."""
_IS_USED = (jobs, artifacts)
"""Tables whose rows somebody would miss; others fill as soon as a farm starts."""


def check_backup(path: Path) -> Backup:
    """Read a backup to its end, and return what is in it.

    Raises:
        BackupFailed: when it cannot be read, is cut off, was changed, or is of a newer
            farm.
    """
    try:
        return _check(path)
    except (KeyError, TypeError):  # what was changed may be anything
        raise BackupFailed(f"the backup {path} is damaged") from None


def _check(path: Path) -> Backup:
    total = hashlib.sha256()
    rows: Counter[str] = Counter()
    head: dict[str, Any] = {}
    table, width, is_whole = "", -1, False
    for line, value in _read(path):
        if not head:
            head = _check_head(path, value)
        elif is_whole:
            raise BackupFailed(f"the backup {path} is damaged: more follows its end")
        elif isinstance(value, list) and len(value) == width:
            rows[table] += 1
        elif isinstance(value, dict) and "table" in value:
            table, width = str(value["table"]), len(value["columns"])
            rows[table] = 0
        elif value == {"rows": rows, "sha256": total.hexdigest()}:
            is_whole = True
        else:
            raise BackupFailed(f"the backup {path} is damaged: its sum is another one")
        total.update(line)
    if not is_whole:
        raise BackupFailed(f"the backup {path} is cut off: its end is missing")
    return Backup(
        path=path, schema=head["schema"], created=head["created"], rows=dict(rows)
    )


def restore_backup(database: Database, path: Path, *, force: bool) -> Backup:
    """Make the job table of a backup.

    Args:
        database: where it is made; another farm may not run on it.
        path: the backup.
        force: replace a table that holds jobs.

    Raises:
        BackupFailed: when the backup cannot be used.
        NotAllowed: when a farm runs on the table, or it holds jobs.
        TableUnavailable: when the table cannot be written.
    """
    backup = check_backup(path)
    with schema.rebuilding(database) as connection:
        _check_target(connection, location=database.location, force=force)
        _drop_all(connection)
        schema.upgrade(connection, location=database.location, revision=backup.schema)
        _fill(connection, path)
        schema.upgrade(connection, location=database.location)
    return backup


def _check_target(connection: Connection, *, location: str, force: bool) -> None:
    there = _read_tables_there(connection)
    if "workers" in there.tables:
        found = there.tables["workers"]
        alive = select(found.c.name).where(
            found.c.state.in_(("online", "draining")),
            found.c.seen >= read_clock(connection) - LOST_SECONDS,
        )
        if name := connection.scalars(alive.order_by(found.c.name)).first():
            raise NotAllowed(
                f"A farm runs on the job table at {location}: its worker {name} is "
                "online. End it first."
            )
    counts = {
        table.name: connection.execute(
            select(func.count()).select_from(there.tables[table.name])
        ).scalar_one()
        for table in _IS_USED
        if table.name in there.tables
    }
    if any(counts.values()) and not force:
        told = ", ".join(f"{name}: {count}" for name, count in counts.items())
        raise NotAllowed(
            f"The job table at {location} holds rows ({told}), which would be lost. "
            "Say --force to replace them."
        )


def _read_tables_there(connection: Connection) -> MetaData:
    """Return the farm's tables as they are; others in the database are not ours."""
    names = {*metadata.tables, "alembic_version"}
    there = MetaData()
    there.reflect(connection, only=lambda name, _: name in names)
    return there


def _drop_all(connection: Connection) -> None:
    there = _read_tables_there(connection)
    there.drop_all(connection)


def _fill(connection: Connection, path: Path) -> None:
    there = _read_tables_there(connection)
    for table in there.tables.values():
        for column in table.columns:
            if isinstance(column.type, JSON):  # what was empty stays empty
                column.type = JSON(none_as_null=True)
    for name, columns, rows in _read_tables(path):
        table = there.tables[name]
        while part := list(islice(rows, _AT_ONCE)):
            values = [dict(zip(columns, row, strict=True)) for row in part]
            connection.execute(insert(table), values)
        _set_next_number(connection, table)


def _set_next_number(connection: Connection, table: Table[Any]) -> None:
    """Let the numbers of rows go on; SQLite does it by itself."""
    if connection.dialect.name != "postgresql":
        return
    for column in table.primary_key.columns:
        if column.identity is not None:
            last = connection.execute(select(func.max(column))).scalar_one()
            connection.execute(
                text("SELECT setval(pg_get_serial_sequence(:table, :name), :last)"),
                {"table": table.name, "name": column.name, "last": last or 1},
            )


def _read_tables(path: Path) -> Iterator[tuple[str, list[str], Iterator[list[Any]]]]:
    """Yield each table with its columns and rows; these are to be read at once."""
    lines = _read(path)
    _, value = next(lines)  # the head
    _, value = next(lines)
    following: list[Any] = []

    def rows() -> Iterator[list[Any]]:
        for _, line in lines:
            if not isinstance(line, list):
                following.append(line)
                return
            yield line

    while "table" in value:
        yield value["table"], value["columns"], rows()
        value = following.pop()


def _read(path: Path) -> Iterator[tuple[bytes, Any]]:
    """Yield each line, as it stands there and as what it means."""
    try:
        with gzip.open(path) as file:
            for line in file:
                yield line, json.loads(line)
    except EOFError:
        raise BackupFailed(f"the backup {path} is cut off") from None
    except gzip.BadGzipFile:
        raise BackupFailed(f"{path} is no backup of a farm, or is damaged") from None
    except (ValueError, zlib.error):
        raise BackupFailed(f"the backup {path} is damaged") from None
    except OSError as error:
        raise BackupFailed(
            f"the backup {path} cannot be read: {error.strerror or error}"
        ) from error


def _check_head(path: Path, value: Any) -> dict[str, Any]:  # noqa: ANN401  # of JSON
    if not isinstance(value, dict) or value.get("format") != FORMAT:
        raise BackupFailed(f"{path} is no backup of a farm")
    if value["schema"] > schema.HEAD:
        raise BackupFailed(
            f"the backup {path} is of a newer farm (schema {value['schema']}, here "
            f"{schema.HEAD}): restore it with that version"
        )
    return value
