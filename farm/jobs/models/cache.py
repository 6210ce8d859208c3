"""The tables of the cache: its files, who needs them, and facts of sources."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    TypedColumns,
)

from farm.jobs.models.base import PLAIN, metadata, words
from farm.jobs.status import TaskKind


class ArtifactColumns(TypedColumns):
    """A finished file in the cache; the path is relative to the storage."""

    key = Column(String(64), primary_key=True)
    kind = Column(words(TaskKind), nullable=False)
    path = Column(Text, nullable=False)
    size_bytes = Column(BigInteger, nullable=False)
    checksum = Column(String(64), nullable=False)
    facts = Column(PLAIN)
    seconds = Column(Double, nullable=False)
    project = Column(Text)
    job_id = Column(String(32), nullable=False)  # a job that may be forgotten by now
    created = Column(Double, nullable=False)
    used = Column(Double, nullable=False)
    uses = Column(Integer, nullable=False)


class ArtifactPinColumns(TypedColumns):
    """A job that needs an artifact, which stays until the job has ended."""

    key = Column(String(64), primary_key=True)
    job_id = Column(String(32), ForeignKey("jobs.id"), primary_key=True)


class MediaColumns(TypedColumns):
    """What is known of a source, as long as its stamp stays."""

    path = Column(Text, primary_key=True)
    stamp = Column(Text, nullable=False)
    facts = Column(PLAIN, nullable=False)
    used = Column(Double, nullable=False)


class CacheCountColumns(TypedColumns):
    """What happened in the cache in a minute since 1970; minute 0 is the sum."""

    minute = Column(BigInteger, primary_key=True, autoincrement=False)
    what = Column(String(16), primary_key=True)
    count = Column(BigInteger, nullable=False)
    seconds = Column(Double, nullable=False)
    longest = Column(Double, nullable=False)


class CacheLimitColumns(TypedColumns):
    """A limit of the cache that was changed at run time."""

    name = Column(String(32), primary_key=True)
    value = Column(Double, nullable=False)


artifacts = Table("artifacts", metadata, ArtifactColumns)
artifact_pins = Table("artifact_pins", metadata, ArtifactPinColumns)
media = Table("media", metadata, MediaColumns)
cache_counts = Table("cache_counts", metadata, CacheCountColumns)
cache_limits = Table("cache_limits", metadata, CacheLimitColumns)
Index("artifacts_used_idx", artifacts.c.used)
Index("artifacts_project_idx", artifacts.c.project)
Index("artifact_pins_job_idx", artifact_pins.c.job_id)
