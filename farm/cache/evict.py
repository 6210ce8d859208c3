"""Keep the cache within its limits, and its folder free of what is not listed."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from farm.cache.storage import as_storage
from farm.cache.store import FOLDER, remove_files
from farm.jobs.cached import CacheLimits

if TYPE_CHECKING:
    from pathlib import Path

    from farm.cache.storage import Storage
    from farm.jobs.artifacts import ArtifactIndex
    from farm.settings import Settings

#: A file that no index lists may be one that is just being kept.
_ORPHAN_SECONDS = 3600.0


def usual_limits(settings: Settings) -> CacheLimits:
    """Return the limits of the settings."""
    return CacheLimits(
        max_bytes=settings.cache_max_bytes,
        max_entries=settings.cache_max_entries,
        max_age_seconds=settings.cache_max_age_seconds,
    )


def evict(index: ArtifactIndex, *, usual: CacheLimits, storage: Storage | Path) -> int:
    """Evict what is over the limits; return how many artifacts that were."""
    gone = index.evict(index.limits(usual))
    remove_files(gone, storage)
    if gone:
        index.note("evicted", count=len(gone))
    return len(gone)


def remove_orphans(index: ArtifactIndex, *, storage: Storage | Path) -> int:
    """Remove files that are not listed, left by processes that were killed."""
    listed = index.paths()
    last = time.time() - _ORPHAN_SECONDS
    files = as_storage(storage)
    orphans = [
        each.relative
        for each in files.files(FOLDER)
        if each.relative not in listed and each.modified < last
    ]
    files.remove(*orphans)
    return len(orphans)
