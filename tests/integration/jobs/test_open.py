from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from farm.jobs.table import JobTable


def test_new_table_is_empty(table: JobTable) -> None:
    assert table.jobs() == []
