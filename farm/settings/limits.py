"""Settings of what the farm takes from others, and how much."""

from __future__ import annotations

from pydantic import BaseModel, Field

from farm.settings.values import Hosts


class Limits(BaseModel):
    """Hosts of sources, and how large sources and timelines may be."""

    https_hosts: Hosts = Field(
        default=[],
        description="Hosts that sources may be fetched from by https; none: nothing "
        "is.",
    )
    https_max_bytes: int = Field(
        default=20_000_000_000,
        ge=1,
        description="Length of a file that is fetched.",
    )
    limit_pixels: int = Field(
        default=16384 * 16384,
        ge=1,
        description="Pixels that a picture of a source or an output may have.",
    )
    limit_streams: int = Field(
        default=100, ge=1, description="Streams that a source may have."
    )
    limit_duration_seconds: float = Field(
        default=100 * 3600.0,
        gt=0,
        description="How long a source or a timeline may be.",
    )
    limit_tracks: int = Field(
        default=500, ge=1, description="Tracks that a timeline may have."
    )
    limit_items: int = Field(
        default=100_000, ge=1, description="Items that a timeline may have."
    )
    limit_layers: int = Field(
        default=100,
        ge=1,
        description="Pictures that a timeline may show at the same time.",
    )
    limit_effects: int = Field(
        default=50, ge=0, description="Effects that a clip may have."
    )
    limit_text: int = Field(
        default=1_000_000,
        ge=0,
        description="Characters that all titles of a timeline may have together.",
    )
