"""Settings that say where things lie, and who serves them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, Field

from farm.place import as_place
from farm.settings.environment import default_storage
from farm.settings.values import Folders, PathMap, check_broker
from farm.settings.values import Places as Roots


class Places(BaseModel):
    """Folders, stores, the job table, the broker and FFmpeg."""

    storage: Annotated[Path, AfterValidator(as_place)] = Field(
        default_factory=default_storage,
        description="Folder, or s3://bucket/prefix, for the farm's files; shared by "
        "all machines of a farm.",
    )
    local_folder: Path | None = Field(
        default=None,
        description="Folder of this machine for what is not shared; unset: the "
        "storage where that is a folder, else the user's data folder.",
    )
    scratch: Path | None = Field(
        default=None,
        description="Folder for scratch files, one below it an attempt; "
        "unset: local_folder/scratch.",
    )
    input_cache: Path | None = Field(
        default=None,
        description="Folder of this machine for copies of objects; "
        "unset: local_folder/inputs.",
    )
    input_cache_max_bytes: int = Field(
        default=50_000_000_000,
        ge=0,
        description="Bytes that it may hold; the longest unused copy goes first.",
    )
    database_url: str | None = Field(
        default=None,
        repr=False,
        description="SQLAlchemy URL of the job table; unset: SQLite in the storage.",
    )
    broker_url: Annotated[str | None, AfterValidator(check_broker)] = Field(
        default=None,
        repr=False,
        description="Redis or Valkey URL of the broker; unset: an embedded Valkey.",
    )
    broker_prefix: str = Field(
        default="farm:",
        pattern=r"^[\w.:-]{1,64}$",
        description="What the farm's names in the broker begin with: another for each "
        "farm that shares it.",
    )
    media_roots: Roots = Field(
        default=[Path("/")],
        description="Folders, and s3://bucket/prefix, that sources may lie in.",
    )
    path_map: PathMap = Field(
        default={},
        description="Folders as timelines name them, and what they are on this "
        "machine.",
    )
    s3_endpoint_url: str | None = Field(
        default=None, description="Where the S3 server is; unset: as AWS says."
    )
    s3_region: str | None = Field(
        default=None, description="Its region; unset: as AWS says."
    )
    s3_access_key_id: str | None = Field(
        default=None,
        repr=False,
        description="Name to it; unset: the usual environment and files of AWS.",
    )
    s3_secret_access_key: str | None = Field(
        default=None, repr=False, description="The secret that belongs to the name."
    )
    ffmpeg_path: Path | None = Field(
        default=None,
        description="The FFmpeg to use; unset: the one of the imageio-ffmpeg wheel.",
    )
    preset_folders: Folders = Field(
        default=[],
        description="Folders with presets of your own (*.toml), before the farm's.",
    )
    fonts_folder: Path | None = Field(
        default=None, description="A folder with fonts of your own for titles."
    )
