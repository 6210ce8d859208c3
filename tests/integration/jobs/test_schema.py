from __future__ import annotations

import re
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text

from farm.errors import TableUnavailable
from farm.jobs import migrations, schema
from farm.jobs.database import Database
from farm.jobs.models.base import metadata
from farm.jobs.table import JobTable
from tests.integration.jobs.factories import new_job

if TYPE_CHECKING:
    from tests.integration.jobs.postgres import PostgresServer

ROOT = Path(__file__).parents[3]

_POSTGRES_SCHEMA = (
    """
    SELECT table_name, column_name, data_type, is_nullable, column_default,
           character_maximum_length, is_identity, identity_generation
    FROM information_schema.columns WHERE table_schema = 'public'
    """,
    "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
    """
    SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid)
    FROM pg_constraint WHERE connamespace = 'public'::regnamespace
    """,
)


def read_schema(connection: Connection) -> list[tuple[object, ...]]:
    """Return all that makes up the schema, as the database itself says it."""
    rows: list[tuple[object, ...]]
    if connection.dialect.name == "sqlite":
        found = connection.execute(text("SELECT type, name, sql FROM sqlite_master"))
        rows = [
            part for row in found for part in _parts_of(row[0], row[1], str(row[2]))
        ]
    else:
        rows = [
            tuple(row)
            for query in _POSTGRES_SCHEMA
            for row in connection.execute(text(query))
        ]
    return sorted((row for row in rows if "alembic_version" not in str(row)), key=str)


def _parts_of(kind: str, name: str, sql: str) -> list[tuple[object, ...]]:
    """Return a statement; of a table, its parts: one added later stands at the end."""
    plain = " ".join(sql.split()).replace('"', "")
    if kind != "table":
        return [(kind, name, plain)]
    inner = plain.partition("(")[2].rpartition(")")[0]
    parts = [part.strip() for part in re.split(r",(?![^(]*\))", inner)]
    return [(kind, name, part) for part in parts]


def test_migrations_make_the_schema_of_the_models(
    new_url: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    migrated = Database(new_url)
    schema.migrate(migrated)
    if migrated.is_sqlite:
        built = Database(f"sqlite:///{tmp_path / 'models.sqlite'}")
    else:
        server: PostgresServer = request.getfixturevalue("postgres")
        server.create("farm_models")
        built = Database(server.url("farm_models"))
    with built.writing() as connection:
        metadata.create_all(connection)
        expected = read_schema(connection)

    with migrated.reading() as connection:
        context = MigrationContext.configure(connection)
        assert compare_metadata(context, metadata) == []
        assert read_schema(connection) == expected
    assert len(expected) > 20

    migrated.close()
    built.close()
    if not built.is_sqlite:
        server.drop("farm_models")


def test_head_is_the_last_migration(new_url: str) -> None:
    database = Database(new_url)
    schema.migrate(database)
    with database.reading() as connection:
        scripts = ScriptDirectory.from_config(migrations.build_config(connection))
        version = connection.execute(text("SELECT version_num FROM alembic_version"))

        assert scripts.get_heads() == [schema.HEAD]
        assert version.scalar_one() == schema.HEAD
    database.close()


def test_migrations_can_be_taken_back(new_url: str) -> None:
    database = Database(new_url)
    schema.migrate(database)
    with database.writing() as connection:
        command.downgrade(migrations.build_config(connection), "base")
    with database.reading() as connection:
        assert inspect(connection).get_table_names() == ["alembic_version"]

    schema.migrate(database)

    with database.reading() as connection:
        assert set(inspect(connection).get_table_names()) > set(metadata.tables)
    database.close()


def test_migration_that_fails_leaves_nothing(
    new_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = Database(new_url)
    upgrade = schema.upgrade

    def fail_at_the_end(connection: Connection, *, location: str) -> None:
        upgrade(connection, location=location)
        raise KeyboardInterrupt

    monkeypatch.setattr(schema, "upgrade", fail_at_the_end)
    with pytest.raises(KeyboardInterrupt):
        schema.migrate(database)
    monkeypatch.undo()

    with database.reading() as connection:
        assert inspect(connection).get_table_names() == []
    schema.migrate(database)
    database.close()


def test_table_of_a_newer_farm_is_refused(url: str) -> None:
    database = Database(url)
    set_version = text("UPDATE alembic_version SET version_num = :version")
    with database.writing() as connection:
        connection.execute(set_version, {"version": "9999"})

    with pytest.raises(TableUnavailable, match="another version of the farm"):
        JobTable.open(url)

    with database.writing() as connection:
        connection.execute(set_version, {"version": schema.HEAD})
    database.close()


def test_opening_a_table_again_keeps_its_jobs(new_url: str) -> None:
    first = JobTable.open(new_url)
    job = first.add_job(new_job())
    first.close()

    second = JobTable.open(new_url)

    assert second.jobs() == [job]
    second.close()


def test_sqlite_file_is_made_with_its_folders(tmp_path: Path) -> None:
    path = tmp_path / "a b" / "ü%20" / "jobs.sqlite"

    JobTable.open(f"sqlite:///{quote(str(path))}").close()

    assert path.exists()
    assert [found.name for found in path.parent.glob("*-wal")] == []


def test_sqlite_file_is_in_wal_mode(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    with database.reading() as connection:
        assert connection.execute(text("PRAGMA journal_mode")).scalar_one() == "wal"
        assert connection.execute(text("PRAGMA foreign_keys")).scalar_one() == 1
        assert connection.execute(text("PRAGMA synchronous")).scalar_one() == 1
        assert connection.execute(text("PRAGMA busy_timeout")).scalar_one() == 10_000
    database.close()


def test_up_to_date_table_opens_without_alembic_and_at_once(sqlite_url: str) -> None:
    """Fifty milliseconds, taken as the best of ten, since others use this machine."""
    best = min(_time_to_open(sqlite_url) for _ in range(10))
    code = (
        "import sys; from farm.jobs.table import JobTable;"
        "JobTable.open(sys.argv[1]).close();"
        "print([name for name in sys.modules if name.startswith('alembic')])"
    )

    loaded = subprocess.run(
        [sys.executable, "-c", code, sqlite_url],
        check=True,
        capture_output=True,
        text=True,
        cwd=ROOT,
    )

    assert loaded.stdout == "[]\n"
    assert best < 0.05


def _time_to_open(url: str) -> float:
    began = time.perf_counter()
    JobTable.open(url).close()
    return time.perf_counter() - began
