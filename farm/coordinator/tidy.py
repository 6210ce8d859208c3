"""Keep the cache within its limits, and the table free of what ended long ago."""

from __future__ import annotations

from typing import TYPE_CHECKING

from farm.cache.evict import evict, remove_orphans, usual_limits
from farm.cache.marks import remove_old_marks
from farm.cache.storage import open_storage
from farm.coordinator.begun import withdraw_left
from farm.coordinator.house import keep_house, remove_unknown
from farm.coordinator.publish import remove_left_parts
from farm.logs import get_log

if TYPE_CHECKING:
    from farm.jobs.table import JobTable
    from farm.settings import Settings

TIDY_SECONDS = 30.0
"""How often the cache is looked at."""
_ORPHANS_EVERY = 120
"""Its folder is searched for what nobody lists at every so many of these looks."""

_log = get_log(__name__)


def tidy_cache(table: JobTable, *, settings: Settings, number: int) -> None:
    """Evict what is over the limits, and forget what ended long ago.

    At times, look for what is left of the killed.

    Args:
        table: the job table.
        settings: of the farm.
        number: of the look, from 0.
    """
    index, storage = table.artifacts, open_storage(settings)
    if evicted := evict(index, usual=usual_limits(settings), storage=storage):
        _log.info("artifacts_evicted", count=evicted)
    if withdrawn := withdraw_left(table):
        _log.info("packages_withdrawn", count=withdrawn)
    keep_house(table, settings=settings)
    if number % _ORPHANS_EVERY == 0:
        if removed := remove_unknown(table, settings=settings):
            _log.info("folders_removed", count=removed)
        index.tidy()
        remove_old_marks(settings)
        remove_left_parts(table, storage=storage)
        if removed := remove_orphans(index, storage=storage):
            _log.info("orphans_removed", count=removed)
