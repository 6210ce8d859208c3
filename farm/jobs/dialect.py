"""Where SQLite and PostgreSQL differ in how a row is inserted.

Statements are built once for each table and set of columns.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import ClauseElement, case

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import TypeAlias

    from sqlalchemy import Connection, Insert, Table
    from sqlalchemy.dialects.postgresql import Insert as PostgresInsert
    from sqlalchemy.dialects.sqlite import Insert as SQLiteInsert

    _Names: TypeAlias = tuple[str, ...]


def insert_new(
    connection: Connection, table: Table[Any], values: Mapping[str, Any]
) -> bool:
    """Insert a row, unless one of its keys is there; return whether it was."""
    statement = _new(connection.dialect.name, table)
    return connection.execute(*_with(statement, values)).first() is not None


def insert_or_replace(
    connection: Connection, table: Table[Any], values: Mapping[str, Any]
) -> None:
    """Insert a row, or set all its columns where its primary key is there."""
    statement = _replacing(connection.dialect.name, table, tuple(values))
    connection.execute(*_with(statement, values))


def insert_or_replace_all(
    connection: Connection, table: Table[Any], rows: Sequence[Mapping[str, Any]]
) -> None:
    """Do so with rows of plain values, all of the same columns; there may be none."""
    if rows:
        statement = _replacing(connection.dialect.name, table, tuple(rows[0]))
        connection.execute(statement, rows)


def add_all(
    connection: Connection,
    table: Table[Any],
    rows: Sequence[Mapping[str, Any]],
    *,
    sums: tuple[str, ...],
    highest: tuple[str, ...] = (),
) -> None:
    """Insert rows of the same columns; of those there are, add to sums, raise others.

    Args:
        connection: to the job table.
        table: where they are.
        rows: plain values; there may be none.
        sums: columns that are added to.
        highest: columns that keep the highest value.
    """
    if rows:
        statement = _adding(connection.dialect.name, table, sums, highest)
        connection.execute(statement, rows)


@cache
def _new(dialect: str, table: Table[Any]) -> Insert:
    inserting = _insert(dialect, table).on_conflict_do_nothing()
    return inserting.returning(*table.primary_key.columns)


@cache
def _replacing(dialect: str, table: Table[Any], names: _Names) -> Insert:
    inserting = _insert(dialect, table)
    return inserting.on_conflict_do_update(
        index_elements=list(table.primary_key.columns),
        set_={name: inserting.excluded[name] for name in names},
    )


@cache
def _adding(dialect: str, table: Table[Any], sums: _Names, highest: _Names) -> Insert:
    inserting = _insert(dialect, table)
    there, new = table.c, inserting.excluded
    added = {name: there[name] + new[name] for name in sums}
    raised = {
        name: case((there[name] < new[name], new[name]), else_=there[name])
        for name in highest
    }
    return inserting.on_conflict_do_update(
        index_elements=list(table.primary_key.columns), set_={**added, **raised}
    )


def _with(
    statement: Insert, values: Mapping[str, Any]
) -> tuple[Insert, dict[str, Any]]:
    """Return a statement and its parameters; what SQL computes is in the former."""
    computed = {
        name: value
        for name, value in values.items()
        if isinstance(value, ClauseElement)
    }
    plain = {name: value for name, value in values.items() if name not in computed}
    return (statement.values(computed) if computed else statement), plain


def _insert(dialect: str, table: Table[Any]) -> PostgresInsert | SQLiteInsert:
    if dialect == "postgresql":
        from sqlalchemy.dialects import postgresql

        return postgresql.insert(table)
    from sqlalchemy.dialects import sqlite

    return sqlite.insert(table)
