"""Where SQLite and PostgreSQL differ in how a row is inserted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import case

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection, Table
    from sqlalchemy.dialects.postgresql import Insert as PostgresInsert
    from sqlalchemy.dialects.sqlite import Insert as SQLiteInsert


def insert_new(
    connection: Connection, table: Table[Any], values: Mapping[str, Any]
) -> bool:
    """Insert a row, unless one of its keys is there; return whether it was."""
    statement = _insert(connection, table).values(values).on_conflict_do_nothing()
    returning = statement.returning(*table.primary_key.columns)
    return connection.execute(returning).first() is not None


def insert_or_replace(
    connection: Connection, table: Table[Any], values: Mapping[str, Any]
) -> None:
    """Insert a row, or set all its columns where its primary key is there."""
    statement = _insert(connection, table).values(values)
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=list(table.primary_key.columns), set_=dict(values)
        )
    )


def add_to(
    connection: Connection,
    table: Table[Any],
    *,
    keys: Mapping[str, Any],
    sums: Mapping[str, Any],
    highest: Mapping[str, Any],
) -> None:
    """Insert a row, or add to its sums and raise its highest where its key is there."""
    statement = _insert(connection, table).values({**keys, **sums, **highest})
    columns = table.c
    added = {name: columns[name] + value for name, value in sums.items()}
    raised = {
        name: case((columns[name] < value, value), else_=columns[name])
        for name, value in highest.items()
    }
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=list(table.primary_key.columns), set_={**added, **raised}
        )
    )


def _insert(connection: Connection, table: Table[Any]) -> PostgresInsert | SQLiteInsert:
    if connection.dialect.name == "postgresql":
        from sqlalchemy.dialects import postgresql

        return postgresql.insert(table)
    from sqlalchemy.dialects import sqlite

    return sqlite.insert(table)
