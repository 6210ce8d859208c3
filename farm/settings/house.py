"""Settings of what is kept, for how long, and for whom."""

from __future__ import annotations

from pydantic import BaseModel, Field

from farm.settings.values import OwnerLimits


class House(BaseModel):
    """The cache, owners and their limits, and how long jobs are remembered."""

    cache_max_bytes: int = Field(
        default=20_000_000_000,
        ge=0,
        description="Bytes that the cache may hold; the longest unused goes first.",
    )
    cache_max_entries: int = Field(
        default=100_000, ge=0, description="Files that the cache may hold."
    )
    cache_max_age_seconds: float = Field(
        default=30 * 24 * 3600.0,
        ge=0,
        description="Files not used for so long leave the cache.",
    )
    owner: str | None = Field(
        default=None, description="Whose jobs they are that name no owner."
    )
    project: str | None = Field(
        default=None, description="What jobs belong to that name no project."
    )
    owner_max_jobs: int | None = Field(
        default=None,
        ge=0,
        description="Unfinished jobs that an owner may have; unset: any number.",
    )
    owner_max_running: int | None = Field(
        default=None,
        ge=0,
        description="Tasks of an owner that run at once; unset: any number.",
    )
    owner_limits: dict[str, OwnerLimits] = Field(
        default={}, description="Limits of single owners, by name."
    )
    keep_completed_days: float = Field(
        default=30.0,
        ge=0,
        description="Completed jobs are forgotten after so long; inf: never.",
    )
    keep_failed_days: float = Field(
        default=30.0,
        ge=0,
        description="Failed jobs are forgotten after so long; inf: never.",
    )
    keep_cancelled_days: float = Field(
        default=30.0,
        ge=0,
        description="Cancelled jobs are forgotten after so long; inf: never.",
    )
    keep_jobs: int | None = Field(
        default=None,
        ge=0,
        description="Ended jobs that are kept at most; unset: any number.",
    )
    keep_alerts_days: float = Field(
        default=90.0,
        ge=0,
        description="Ended alerts are forgotten after so long; inf: never.",
    )
