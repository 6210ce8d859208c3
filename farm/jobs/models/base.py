"""What all tables have in common: names of keys, and types of columns."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import JSON, BigInteger, Enum, Integer, MetaData

if TYPE_CHECKING:
    from sqlalchemy.types import TypeEngine

_Value = TypeVar("_Value", bound=StrEnum)

PLAIN = JSON(none_as_null=True)
EVENT_ID = BigInteger().with_variant(Integer(), "sqlite")  # SQLite counts Integer only


def words(values: type[_Value]) -> TypeEngine[_Value]:
    """Return the type of a column that holds one of these words."""
    found: TypeEngine[Any] = Enum(
        values,
        values_callable=lambda members: [each.value for each in members],
        native_enum=False,
        length=32,
    )
    return found


metadata = MetaData(
    naming_convention={
        "pk": "%(table_name)s_pkey",
        "fk": "%(table_name)s_%(column_0_N_name)s_fkey",
        "uq": "%(table_name)s_%(column_0_N_name)s_key",
        "ix": "%(table_name)s_%(column_0_N_name)s_idx",
    }
)
