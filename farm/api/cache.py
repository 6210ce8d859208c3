"""The cache of a farm: what it holds, its limits, and how to empty it."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING

from farm.cache.evict import evict, usual_limits
from farm.cache.stats import read_stats
from farm.cache.storage import open_storage
from farm.cache.store import remove_files
from farm.errors import InvalidOption
from farm.jobs.cached import CacheLimits

if TYPE_CHECKING:
    from collections.abc import Callable

    from farm.cache.stats import CacheStats
    from farm.jobs.artifacts import ArtifactIndex
    from farm.jobs.cached import CacheShare
    from farm.settings import Settings

_NAMES = tuple(field.name for field in fields(CacheLimits))


class Cache:
    """Finished segments and mixes, found by content, shared by all of the farm."""

    def __init__(self, settings: Settings, index: Callable[[], ArtifactIndex]) -> None:
        self._settings = settings
        self._open = index

    def stats(self) -> CacheStats:
        """Return what it holds and how often it had what was asked for."""
        return read_stats(
            self._open(),
            usual=usual_limits(self._settings),
            storage=open_storage(self._settings),
        )

    def projects(self) -> list[CacheShare]:
        """Return what it holds of each project; ``None`` names jobs without one."""
        return self._open().shares()

    def has(self, project: str) -> bool:
        """Whether it holds anything of a project."""
        return any(share.project == project for share in self.projects())

    def size(self, project: str | None = None) -> int:
        """Return the bytes that it holds, of a project or of all."""
        return sum(
            share.size_bytes
            for share in self.projects()
            if project is None or share.project == project
        )

    def limits(self) -> CacheLimits:
        """Return the limits that hold now."""
        return self._open().limits(usual_limits(self._settings))

    def set_limits(
        self,
        *,
        max_bytes: int | None = None,
        max_entries: int | None = None,
        max_age_seconds: float | None = None,
    ) -> CacheLimits:
        """Change limits for all of the farm, and evict what is over them at once."""
        given = (max_bytes, max_entries, max_age_seconds)
        values = {
            name: value
            for name, value in zip(_NAMES, given, strict=True)
            if value is not None
        }
        for name, value in values.items():
            if value < 0:
                raise InvalidOption(f"{name} cannot be {value}: it is 0 or more")
        self._open().set_limits(values)
        evict(
            self._open(),
            usual=usual_limits(self._settings),
            storage=open_storage(self._settings),
        )
        return self.limits()

    def clear(self, project: str | None = None) -> int:
        """Remove all, or all of a project, but for what running jobs need.

        Returns how many files were removed.
        """
        gone = self._open().clear(project=project)
        remove_files(gone, open_storage(self._settings))
        return len(gone)
