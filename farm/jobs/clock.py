"""The database's clock: the only clock that the job table knows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Double, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

if TYPE_CHECKING:
    from sqlalchemy import Connection
    from sqlalchemy.sql.compiler import SQLCompiler


class Now(FunctionElement[float]):
    """Seconds since 1970, the same in all of one statement."""

    type = Double()
    inherit_cache = True


@compiles(Now, "sqlite")
def _now_in_sqlite(element: Now, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401  # as SQLAlchemy calls it
    del element, compiler, options
    # a Julian day counts from noon; 2440587.5 is the start of 1970
    return "((julianday('now') - 2440587.5) * 86400.0)"


@compiles(Now, "postgresql")
def _now_in_postgresql(element: Now, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401  # as SQLAlchemy calls it
    del element, compiler, options
    # clock_timestamp() changes within a statement, so that no index would serve it
    return "CAST(EXTRACT(EPOCH FROM statement_timestamp()) AS DOUBLE PRECISION)"


def now() -> Now:
    """Return the time of the database, to be used in a statement."""
    return Now()


_READ = select(now())


def read_clock(connection: Connection) -> float:
    """Return the time of the database."""
    return connection.execute(_READ).scalar_one()
