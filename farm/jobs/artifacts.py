"""The index of the cache: which files it holds, who needs them, what happened."""

from __future__ import annotations

import time
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, delete, func, select, update

from farm.jobs.cached import CacheCount, CacheLimits, CacheShare
from farm.jobs.clock import now, read_clock
from farm.jobs.dialect import add_all, insert_new, insert_or_replace
from farm.jobs.evict import BATCH, delete_where, evict_batch, is_pinned, unpin_ended
from farm.jobs.models.cache import (
    artifact_pins,
    artifacts,
    cache_counts,
    cache_limits,
    media,
)
from farm.jobs.rows import read_artifact

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from pydantic import JsonValue
    from sqlalchemy import Connection

    from farm.jobs.cached import Artifact, NewArtifact
    from farm.jobs.database import Database

_MEDIA_ROWS = 20_000
"""Sources whose facts are kept, the last used ones."""
_RECENT_MEDIA = 64
"""Sources whose facts a process remembers: small jobs of one source follow closely."""
_MINUTE = 60
_KEPT_MINUTES = 25 * 60
"""Counts a minute are kept for somewhat more than a day."""
_OF_KEY = artifacts.c.key == bindparam("its_key")
_FIND = select(artifacts).where(_OF_KEY)
_HAS = select(artifacts.c.key).where(_OF_KEY)
_TAKE = (
    update(artifacts)
    .where(_OF_KEY)
    .values(used=now(), uses=artifacts.c.uses + 1)
    .returning(*artifacts.c)
)
"""It waits for one who is evicting the file, and keeps others from doing so."""


class ArtifactIndex:
    """What the cache holds; safe for threads and processes.

    An artifact that a job takes or adds is pinned: it stays until the job has ended.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._recent_media: dict[tuple[str, str], JsonValue] = {}

    def take(self, key: str, *, job_id: str) -> Artifact | None:
        """Return the artifact with this key, pinned for a job; ``None``: a miss.

        A miss is counted.
        """
        start = time.monotonic()
        with self._database.writing() as connection:
            taken = _take(connection, key, job_id=job_id)
            if taken is None:
                _count(connection, "miss", seconds=time.monotonic() - start)
            return taken

    def add(self, new: NewArtifact, *, job_id: str) -> tuple[Artifact, bool]:
        """List a file, pinned for a job, and count it; return what has its key.

        The second value tells whether it is this file: another may have been faster.
        """
        with self._database.writing() as connection:
            while True:
                times = {"created": now(), "used": now(), "uses": 0}
                values = {**asdict(new), **times, "job_id": job_id}
                if insert_new(connection, artifacts, values):
                    _pin(connection, [new.key], job_id=job_id)
                    _count(connection, "kept")
                    return _find(connection, new.key), True
                if other := _take(connection, new.key, job_id=job_id):
                    return other, False

    def has(self, key: str) -> bool:
        """Whether there is an artifact with this key; it may go at any moment."""
        with self._database.reading() as connection:
            return connection.execute(_HAS, {"its_key": key}).first() is not None

    def remove(self, artifact: Artifact) -> None:
        """Strike out a file that is damaged or gone, pinned or not."""
        with self._database.writing() as connection:
            connection.execute(
                delete(artifacts).where(
                    artifacts.c.key == artifact.key, artifacts.c.path == artifact.path
                )
            )

    def paths(self) -> set[str]:
        """Return the paths of all files that are listed."""
        with self._database.reading() as connection:
            return set(connection.scalars(select(artifacts.c.path)))

    def evict(self, limits: CacheLimits) -> list[Artifact]:
        """Strike out what is over the limits, the longest unused first.

        Nothing that is pinned for a job that goes on is touched. The files are left
        to the caller.
        """
        evicted: list[Artifact] = []
        while True:
            with self._database.writing() as connection:
                unpin_ended(connection)
                batch = evict_batch(connection, limits)
            evicted += batch
            if len(batch) < BATCH:
                return evicted

    def clear(self, *, project: str | None = None) -> list[Artifact]:
        """Strike out all artifacts, or those of a project, but pinned ones."""
        of_project = [] if project is None else [artifacts.c.project == project]
        with self._database.writing() as connection:
            unpin_ended(connection)
            return delete_where(connection, [~is_pinned(), *of_project])

    def shares(self) -> list[CacheShare]:
        """Return what the cache holds of each project, by name."""
        found = (
            select(
                artifacts.c.project,
                func.count(),
                func.sum(artifacts.c.size_bytes),
                func.max(artifacts.c.used),
            )
            .group_by(artifacts.c.project)
            .order_by(artifacts.c.project)
        )
        with self._database.reading() as connection:
            return [
                CacheShare(project=project, entries=entries, size_bytes=size, used=used)
                for project, entries, size, used in connection.execute(found)
            ]

    # --- what happened

    def note(self, what: str, *, seconds: float = 0.0, count: int = 1) -> None:
        """Count that something happened, in this minute and in all."""
        with self._database.writing() as connection:
            _count(connection, what, seconds=seconds, count=count)

    def counts(self, *, last_seconds: float | None = None) -> dict[str, CacheCount]:
        """Return what happened so lately, or ever; whole minutes are counted."""
        found = select(
            cache_counts.c.what,
            func.sum(cache_counts.c.count),
            func.sum(cache_counts.c.seconds),
            func.max(cache_counts.c.longest),
        ).group_by(cache_counts.c.what)
        with self._database.reading() as connection:
            if last_seconds is None:
                found = found.where(cache_counts.c.minute == 0)
            else:
                first = int(read_clock(connection) - last_seconds) // _MINUTE
                found = found.where(cache_counts.c.minute > max(0, first))
            return {
                what: CacheCount(count=int(count), seconds=seconds, longest=longest)
                for what, count, seconds, longest in connection.execute(found)
            }

    # --- limits

    def limits(self, usual: CacheLimits) -> CacheLimits:
        """Return the limits that hold: those that were set, else the usual ones."""
        with self._database.reading() as connection:
            rows = connection.execute(select(cache_limits.c.name, cache_limits.c.value))
            own: dict[str, Any] = {
                name: value if name == "max_age_seconds" else int(value)
                for name, value in rows
            }
        return CacheLimits(**{**asdict(usual), **own})

    def set_limits(self, values: Mapping[str, float]) -> None:
        """Set limits by their names in `CacheLimits`, for all of the farm."""
        with self._database.writing() as connection:
            for name, value in values.items():
                insert_or_replace(
                    connection, cache_limits, {"name": name, "value": value}
                )

    # --- media

    def media_facts(self, path: str, *, stamp: str, recent: bool = False) -> JsonValue:
        """Return what is known of a source that has this stamp.

        With `recent`, what was read lately is enough: more may be known by now.
        """
        if recent and (path, stamp) in self._recent_media:
            return self._recent_media[path, stamp]
        with self._database.reading() as connection:
            found = select(media).where(media.c.path == path, media.c.stamp == stamp)
            row = connection.execute(found).mappings().one_or_none()
        if row is None:
            return None
        facts: JsonValue = row["facts"]
        if len(self._recent_media) >= _RECENT_MEDIA:
            self._recent_media.clear()
        self._recent_media[path, stamp] = facts
        return facts

    def keep_media_facts(self, path: str, *, stamp: str, facts: JsonValue) -> None:
        """Keep what is known of a source as long as its stamp stays."""
        with self._database.writing() as connection:
            insert_or_replace(
                connection,
                media,
                {"path": path, "stamp": stamp, "facts": facts, "used": now()},
            )

    def tidy(self) -> None:
        """Forget old counts, and sources that were not used for long."""
        with self._database.writing() as connection:
            last = int(read_clock(connection)) // _MINUTE - _KEPT_MINUTES
            connection.execute(
                delete(cache_counts).where(
                    cache_counts.c.minute > 0, cache_counts.c.minute < last
                )
            )
            oldest = (
                select(media.c.used)
                .order_by(media.c.used.desc())
                .offset(_MEDIA_ROWS)
                .limit(1)
            ).scalar_subquery()
            connection.execute(delete(media).where(media.c.used <= oldest))


def pin_again(connection: Connection, keys: Sequence[str], *, job_id: str) -> set[str]:
    """Pin artifacts for a job that goes on; return the keys of those still there."""
    return {key for key in keys if _take(connection, key, job_id=job_id)}


def _count(
    connection: Connection, what: str, *, seconds: float = 0.0, count: int = 1
) -> None:
    minute = int(read_clock(connection)) // _MINUTE
    told = {"what": what, "count": count, "seconds": seconds, "longest": seconds}
    add_all(
        connection,
        cache_counts,
        [{"minute": at, **told} for at in (minute, 0)],
        sums=("count", "seconds"),
        highest=("longest",),
    )


def _take(connection: Connection, key: str, *, job_id: str) -> Artifact | None:
    row = connection.execute(_TAKE, {"its_key": key}).mappings().one_or_none()
    if row is None:
        return None
    _pin(connection, [key], job_id=job_id)
    return read_artifact(row)


def _find(connection: Connection, key: str) -> Artifact:
    return read_artifact(connection.execute(_FIND, {"its_key": key}).mappings().one())


def _pin(connection: Connection, keys: Iterable[str], *, job_id: str) -> None:
    for key in keys:
        insert_new(connection, artifact_pins, {"key": key, "job_id": job_id})
