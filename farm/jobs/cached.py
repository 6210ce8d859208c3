"""Files in the cache as plain records; times are seconds since 1970, UTC."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pydantic import JsonValue

    from farm.jobs.records import JobId
    from farm.jobs.status import TaskKind


@dataclass(frozen=True, slots=True, kw_only=True)
class NewArtifact:
    """A finished file to be listed in the cache."""

    key: str
    """What it was made of and how, as a hash in hexadecimal digits."""
    kind: TaskKind
    path: str
    """Relative to the storage."""
    size_bytes: int
    checksum: str
    """SHA-256 of its bytes, in hexadecimal digits."""
    facts: JsonValue
    """What the task that made it told of it."""
    seconds: float
    """How long it took to make."""
    project: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Artifact:
    """A finished file in the cache, and who made it when."""

    key: str
    kind: TaskKind
    path: str
    size_bytes: int
    checksum: str
    facts: JsonValue
    seconds: float
    project: str | None
    job_id: JobId
    created: float
    used: float
    """When a job last took it."""
    uses: int
    """How often jobs took it, the one that made it not counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CacheLimits:
    """Bounds of the cache; what is over them is evicted, least recently used first."""

    max_bytes: int
    max_entries: int
    max_age_seconds: float
    """Since an artifact was last used."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CacheShare:
    """What the cache holds of one project."""

    project: str | None
    entries: int
    size_bytes: int
    used: float
    """When a job last took any of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CacheCount:
    """How often something happened in the cache, and how long it took."""

    count: int = 0
    seconds: float = 0.0
    longest: float = 0.0
