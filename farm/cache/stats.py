"""What the cache holds and does, measured."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from farm.cache.storage import as_storage
from farm.cache.store import FOLDER
from farm.jobs.cached import CacheCount, CacheLimits

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from farm.cache.storage import Storage
    from farm.jobs.artifacts import ArtifactIndex

HOUR_SECONDS, DAY_SECONDS = 3600.0, 24 * 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class CacheStats:
    """What the cache holds, and how often it had what was asked for."""

    entries: int
    size_bytes: int
    limits: CacheLimits
    hits: int
    misses: int
    hit_rate: float | None
    """Share of look-ups that found something, 0 to 1; ``None``: there were none."""
    hit_rate_last_hour: float | None
    hit_rate_last_day: float | None
    response_seconds: float | None
    """Mean time of a look-up in the last day, the check of the file included."""
    longest_response_seconds: float | None
    kept: int
    """Files that were put into it."""
    evicted: int
    """Files that left it because of a limit."""
    damaged: int
    """Files that were not what had been kept; each was a miss, and was removed."""
    disk_bytes: int
    """What its folder takes up on the disk."""
    fragmentation: float
    """Share of that, 0 to 1, that is no content of a listed file: ends of blocks,
    and files that nobody lists any more."""


def read_stats(
    index: ArtifactIndex, *, usual: CacheLimits, storage: Storage | Path
) -> CacheStats:
    """Measure the cache."""
    shares = index.shares()
    size = sum(share.size_bytes for share in shares)
    ever, day = index.counts(), index.counts(last_seconds=DAY_SECONDS)
    hour = index.counts(last_seconds=HOUR_SECONDS)
    answers = [day.get(what, CacheCount()) for what in ("hit", "miss")]
    asked = sum(answer.count for answer in answers)
    disk = disk_bytes(storage)
    return CacheStats(
        entries=sum(share.entries for share in shares),
        size_bytes=size,
        limits=index.limits(usual),
        hits=_count(ever, "hit"),
        misses=_count(ever, "miss"),
        hit_rate=_hit_rate(ever),
        hit_rate_last_hour=_hit_rate(hour),
        hit_rate_last_day=_hit_rate(day),
        response_seconds=(
            sum(answer.seconds for answer in answers) / asked if asked else None
        ),
        longest_response_seconds=(
            max(answer.longest for answer in answers) if asked else None
        ),
        kept=_count(ever, "kept"),
        evicted=_count(ever, "evicted"),
        damaged=_count(ever, "damaged"),
        disk_bytes=disk,
        fragmentation=max(0.0, 1 - size / disk) if disk else 0.0,
    )


def disk_bytes(storage: Storage | Path) -> int:
    """Return what the cache's folder takes up on the disk."""
    return sum(each.disk_bytes for each in as_storage(storage).files(FOLDER))


def _count(counts: Mapping[str, CacheCount], what: str) -> int:
    return counts.get(what, CacheCount()).count


def _hit_rate(counts: Mapping[str, CacheCount]) -> float | None:
    hits, misses = _count(counts, "hit"), _count(counts, "miss")
    return hits / (hits + misses) if hits + misses else None
