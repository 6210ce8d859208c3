"""Write the whole job table into one file, while the farm runs.

The file is JSON Lines, compressed with gzip, and the same for both databases:

```
{"format": "farm-backup/1", "schema": "0008", "farm": "0.1.0", "created": 1764115200.5}
{"table": "jobs", "columns": ["id", "kind", …]}
["1m8b16tdkq7wy", "render", …]                     one line a row
{"table": "tasks", "columns": […]}
…
{"rows": {"jobs": 1, "tasks": 5, …}, "sha256": "…"}      of all lines before
```
All rows are of one moment. Files of the storage and outputs are not in it.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

import farm
from farm.errors import BackupFailed
from farm.jobs.clock import read_clock
from farm.jobs.models.base import metadata
from farm.jobs.schema import HEAD

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import Connection

    from farm.jobs.database import Database

FORMAT = "farm-backup/1"
_AT_ONCE = 100
"""Rows that are read at once: what was asked for may be megabytes each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Backup:
    """A backup that was written, or read to its end and found whole."""

    path: Path
    schema: str
    """The schema of the table that it is of."""
    created: float
    """When it was begun, in seconds since 1970 by the database's clock."""
    rows: dict[str, int]
    """How many rows of each table it holds."""


@dataclass(slots=True, kw_only=True)
class _Lines:
    """Lines of a backup, with the sum over all of them."""

    file: gzip.GzipFile
    sum: Any = field(default_factory=hashlib.sha256)

    def write(self, value: object) -> None:
        line = json.dumps(value, separators=(",", ":"), allow_nan=False) + "\n"
        data = line.encode("utf-8")
        self.sum.update(data)
        self.file.write(data)


def write_backup(database: Database, path: Path) -> Backup:
    """Write all rows into a file; it is there whole, or not at all.

    Raises:
        BackupFailed: when the file cannot be written.
        TableUnavailable: when the table cannot be read.
    """
    if database.path is not None and _is_same(path, database.path):
        raise BackupFailed(f"{path} is the job table itself; name another file")
    try:
        with _written_aside(path) as file, database.snapshot() as connection:
            return _write(connection, file, path)
    except OSError as error:
        raise BackupFailed(
            f"the backup {path} cannot be written: {error.strerror or error}"
        ) from error


def _write(connection: Connection, file: gzip.GzipFile, path: Path) -> Backup:
    lines = _Lines(file=file)
    created = read_clock(connection)
    rows: dict[str, int] = {}
    head = {"format": FORMAT, "schema": HEAD, "farm": farm.__version__}
    lines.write({**head, "created": created})
    streaming = connection.execution_options(yield_per=_AT_ONCE)
    for table in metadata.sorted_tables:
        columns = list(table.columns)
        lines.write({"table": table.name, "columns": [each.name for each in columns]})
        rows[table.name] = 0
        ordered = select(*columns).order_by(*table.primary_key.columns)
        for row in streaming.execute(ordered):
            lines.write([_plain(value) for value in row])
            rows[table.name] += 1
    lines.write({"rows": rows, "sha256": lines.sum.hexdigest()})
    return Backup(path=path, schema=HEAD, created=created, rows=rows)


def _plain(value: object) -> object:
    return value.value if isinstance(value, Enum) else value


@contextmanager
def _written_aside(path: Path) -> Iterator[gzip.GzipFile]:
    """Open a file that only its user can read; it gets its name when it is whole."""
    aside = path.with_name(f".{path.name}.{os.getpid()}.part")
    opened = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(opened, "wb") as raw:
            with gzip.GzipFile(fileobj=raw, mode="wb", filename="", mtime=0) as file:
                yield file
            raw.flush()
            os.fsync(raw.fileno())
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)


def _is_same(path: Path, other: Path) -> bool:
    with suppress(OSError):
        return path.samefile(other)
    return False
