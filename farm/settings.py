"""What can be set: read once from ``FARM_*`` and ``farm.toml``, then handed on.

A variable with ``_FILE`` behind its name names a file that holds the value, so that a
password need not stand in the environment.
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal
from urllib.parse import quote

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
)
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from farm.errors import InvalidSettings
from farm.place import ObjectPath, as_place

if TYPE_CHECKING:
    from typing import Self

    from pydantic.fields import FieldInfo

SETTINGS_FILE = "farm.toml"


def default_storage() -> Path:
    """Return the user's data folder for the farm (XDG base directories)."""
    data_home = os.environ.get("XDG_DATA_HOME") or "~/.local/share"
    return Path(data_home).expanduser() / "renderfarm"


def _most_memory() -> int:
    """Return three quarters of the machine's memory, in bytes."""
    pages, size = os.sysconf("SC_PHYS_PAGES"), os.sysconf("SC_PAGE_SIZE")
    return max(64 * 1024 * 1024, pages * size * 3 // 4)


def _read_folders(value: object) -> object:
    """Read folders of the environment: a list in JSON, or with colons between them."""
    if not isinstance(value, str):
        return value
    if value.lstrip().startswith("["):
        return json.loads(value)
    # the colon of s3:// is not between two
    return [folder for folder in re.split(r":(?!//)", value) if folder]


def _read_map(value: object) -> object:
    """Read pairs of the environment or a file, as JSON."""
    return json.loads(value) if isinstance(value, str) else value


def _check_map(folders: dict[str, str]) -> dict[str, str]:
    for there, here in folders.items():
        if not there.strip("/") or not here:
            raise ValueError("it should be pairs of folders: there, and here")
        as_place(here)
    return folders


def _as_places(folders: list[Path]) -> list[Path]:
    return [as_place(folder) for folder in folders]


def _check_broker(url: str | None) -> str | None:
    if url is not None and not url.startswith(_BROKER_SCHEMES):
        message = (
            "it should be the URL of a Redis or Valkey, such as redis://host:6379/0"
        )
        raise ValueError(message)
    return url


class AlertRule(BaseModel):
    """An alert rule: a value of a metric that stays on the wrong side of a number."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(pattern=r"^[a-z][a-z0-9_]{0,63}$")
    metric: str
    operator: Literal[">", ">=", "<", "<=", "==", "!="]
    threshold: float
    for_seconds: float = Field(default=60.0, ge=0)
    """How long it must be so."""
    severity: Literal["info", "warning", "critical"] = "warning"
    labels: dict[str, str] = {}
    """Only values with these labels."""
    summary: str = ""
    """What to tell a person."""


class OwnerLimits(BaseModel):
    """What one owner may have in the farm at once; unset: as the farm's limit says."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    max_jobs: int | None = Field(default=None, ge=0)
    """Jobs that have not ended."""
    max_running: int | None = Field(default=None, ge=0)
    """Tasks that workers do."""


def _read_hosts(value: object) -> object:
    """Read hosts of the environment: a list in JSON, or with commas between them."""
    if not isinstance(value, str):
        return value
    if value.lstrip().startswith("["):
        return json.loads(value)
    return [host.strip() for host in value.split(",") if host.strip()]


Hosts = Annotated[list[str], NoDecode, BeforeValidator(_read_hosts)]
Folders = Annotated[list[Path], NoDecode, BeforeValidator(_read_folders)]
Places = Annotated[Folders, AfterValidator(_as_places)]
PathMap = Annotated[
    dict[str, str], NoDecode, BeforeValidator(_read_map), AfterValidator(_check_map)
]
_BROKER_SCHEMES = ("redis://", "rediss://", "unix://")


def read_secret(variable: str) -> str | None:
    """Return what the file holds that a variable names; ``None``: it is not set.

    The end of the last line is not part of it.

    Raises:
        ValueError: the file cannot be read, or is empty.
    """
    path = os.environ.get(variable)
    if not path:
        return None
    try:
        held = Path(path).read_text("utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is no text"
        raise ValueError(
            f"the file {path} of {variable} cannot be read: {why}"
        ) from error
    if not held:
        raise ValueError(f"the file {path} of {variable} is empty")
    return held


class _NamedFiles(PydanticBaseSettingsSource):
    """Values that are read from the files that ``FARM_*_FILE`` name."""

    def get_field_value(
        self, field: FieldInfo, field_name: str
    ) -> tuple[str | None, str, bool]:
        del field
        variable = f"{self.config['env_prefix']}{field_name}_file".upper()
        return read_secret(variable), field_name, False

    def __call__(self) -> dict[str, str]:
        found = {
            name: self.get_field_value(field, name)[0]
            for name, field in self.settings_cls.model_fields.items()
        }
        return {name: value for name, value in found.items() if value is not None}


class Settings(BaseSettings):
    """All settings: arguments, ``FARM_*``, ``FARM_*_FILE``, ``farm.toml``, defaults."""

    model_config = SettingsConfigDict(
        env_prefix="FARM_",
        env_ignore_empty=True,
        frozen=True,
        extra="forbid",
        toml_file=SETTINGS_FILE,
    )

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
    broker_url: Annotated[str | None, AfterValidator(_check_broker)] = Field(
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
    media_roots: Places = Field(
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
    cpu_slots: int = Field(
        default_factory=lambda: len(os.sched_getaffinity(0)),
        ge=1,
        description="Tasks a CPU worker runs at once; unset: one a core.",
    )
    interactive_slots: int = Field(
        default=1,
        ge=0,
        description="Slots of a CPU worker kept for what a person waits for, "
        "beside cpu_slots.",
    )
    gpu_slots: int = Field(
        default=2, ge=1, description="Tasks a GPU worker runs at once."
    )
    gpu_sessions: int | None = Field(
        default=None,
        ge=0,
        description="Encoder sessions of a GPU that tasks may have at once; unset: 8 "
        "on a GeForce, else any number.",
    )
    gpu_memory_bytes: int | None = Field(
        default=None,
        ge=0,
        description="Memory of a GPU that tasks may have at once, by estimate; unset: "
        "nine tenths of it.",
    )
    gpu_wait_seconds: float = Field(
        default=30.0,
        ge=0,
        description="How long a job waits for a GPU whose workers are gone, before the "
        "CPU does it.",
    )
    segment_seconds: float = Field(
        default=6.0, gt=0, description="Mean length of a segment, in seconds."
    )
    task_threads: int = Field(
        default=1, ge=1, description="Encoder threads of one task (part of the plan)."
    )
    lease_seconds: float = Field(
        default=15.0,
        gt=0,
        description="How long an attempt owns its task without a sign of life.",
    )
    max_attempts: int = Field(
        default=3, ge=1, description="Attempts at a task before its job fails."
    )
    grace_seconds: float = Field(
        default=840.0,
        ge=0,
        description="After TERM a worker finishes its tasks for so long, then gives "
        "them back.",
    )
    disk_keep_bytes: int = Field(
        default=100_000_000,
        ge=0,
        description="Bytes that stay free on the disks of scratch and storage: a task "
        "that would need them waits.",
    )
    disk_wait_seconds: float = Field(
        default=3600.0,
        ge=0,
        description="How long a task waits for room on a full disk before it fails.",
    )
    resend_seconds: float = Field(
        default=5.0,
        gt=0,
        description="After this, a queued task nobody claimed is sent again.",
    )
    stall_seconds: float = Field(
        default=60.0,
        gt=0,
        description="FFmpeg without progress for this long is ended.",
    )
    task_limit_seconds: float = Field(
        default=6 * 3600.0, gt=0, description="Longest run of one FFmpeg process."
    )
    task_memory_bytes: int = Field(
        default_factory=_most_memory,
        ge=64 * 1024 * 1024,
        description="Memory that one FFmpeg process may take; "
        "unset: three quarters of the machine's.",
    )
    task_file_bytes: int = Field(
        default=1_000_000_000_000,
        gt=0,
        description="Length of a file that FFmpeg may write.",
    )
    sandbox: Literal["auto", "require", "off"] = Field(
        default="auto",
        description="Whether the kernel keeps FFmpeg from all files but its own, and "
        "from the network.",
    )
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
    webhook_secret: str | None = Field(
        default=None,
        repr=False,
        description="What webhooks are signed with; unset: none is sent.",
    )
    webhook_allow_private: bool = Field(
        default=False,
        description="Whether webhooks may go to this machine and private networks.",
    )
    webhook_progress_seconds: float = Field(
        default=10.0, gt=0, description="How often webhooks of a job hear its progress."
    )
    alert_webhook_url: str | None = Field(
        default=None,
        repr=False,
        description="Where alerts are sent to; unset: nowhere.",
    )
    alert_seconds: float = Field(
        default=15.0, gt=0, description="How often the alert rules are looked at."
    )
    alert_cache_hit_ratio: float = Field(
        default=0.1, ge=0, le=1, description="Alert below this share of cache hits."
    )
    alert_response_seconds: float = Field(
        default=1.0, gt=0, description="Alert above this mean time of a cache look-up."
    )
    alert_fragmentation_ratio: float = Field(
        default=0.5, ge=0, le=1, description="Alert above this share of lost disk."
    )
    alert_memory_ratio: float = Field(
        default=0.92, ge=0, le=1, description="Alert above this share of used memory."
    )
    alert_disk_free_ratio: float = Field(
        default=0.1, ge=0, le=1, description="Alert below this share of free disk."
    )
    alert_queue_seconds: float = Field(
        default=1800.0, ge=0, description="Alert where a task has waited longer."
    )
    alert_failure_ratio: float = Field(
        default=0.2,
        ge=0,
        le=1,
        description="Alert above this share of failed attempts.",
    )
    alert_stalled_tasks: int = Field(
        default=0, ge=0, description="Alert above so many stalled tasks in 15 minutes."
    )
    alert_lost_workers: int = Field(
        default=0, ge=0, description="Alert above so many lost workers in 15 minutes."
    )
    alert_gpu_celsius: float = Field(
        default=85.0, description="Alert where a GPU is hotter."
    )
    alert_gpu_memory_ratio: float = Field(
        default=0.95, ge=0, le=1, description="Alert above this share of GPU memory."
    )
    alerts: list[AlertRule] = Field(
        default=[], description="Alert rules of your own, on any metric."
    )
    metrics_port: int | None = Field(
        default=None,
        ge=0,
        le=65535,
        description="Port that the coordinator serves /metrics on; unset: none.",
    )
    metrics_host: str = Field(
        default="127.0.0.1",
        description="Address it serves on; whoever reaches it may read them.",
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="Least severe log lines that are written."
    )
    log_format: Literal["auto", "json", "console"] = Field(
        default="auto", description="auto: readable on a terminal, else JSON lines."
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Order the sources: arguments, environment, its files, ``farm.toml``."""
        del dotenv_settings, file_secret_settings
        return (
            init_settings,
            env_settings,
            _NamedFiles(settings_cls),
            TomlConfigSettingsSource(settings_cls),
        )

    @classmethod
    def read(cls, **arguments: object) -> Self:
        """Read the settings; raise `InvalidSettings` with one sentence."""
        try:
            return cls(**arguments)  # type: ignore[arg-type]  # pydantic checks
        except (ValidationError, ValueError) as error:
            raise InvalidSettings(_sentence(error)) from error

    def limits_of(self, owner: str | None) -> OwnerLimits:
        """Return the limits that hold for an owner."""
        own = self.owner_limits.get(owner or "", OwnerLimits())
        return OwnerLimits(
            max_jobs=_first(own.max_jobs, self.owner_max_jobs),
            max_running=_first(own.max_running, self.owner_max_running),
        )

    @property
    def database(self) -> str:
        """URL of the job table."""
        if self.database_url:
            return self.database_url
        return f"sqlite:///{quote(str(self.machine_folder / 'jobs.sqlite'))}"

    @property
    def storage_folder(self) -> Path:
        """The storage as an absolute path, or as an address in a store."""
        return self.storage.expanduser().absolute()

    @property
    def machine_folder(self) -> Path:
        """The folder for what this machine has for itself."""
        if self.local_folder is not None:
            return self.local_folder.expanduser().absolute()
        storage = self.storage_folder
        return default_storage() if isinstance(storage, ObjectPath) else storage

    @property
    def scratch_folder(self) -> Path:
        """The folder that scratch folders are made in."""
        if self.scratch is None:
            return self.machine_folder / "scratch"
        return self.scratch.expanduser().absolute()

    @property
    def input_cache_folder(self) -> Path:
        """The folder that copies of objects are kept in."""
        if self.input_cache is None:
            return self.machine_folder / "inputs"
        return self.input_cache.expanduser().absolute()


def _first(own: int | None, usual: int | None) -> int | None:
    return usual if own is None else own


def _sentence(error: ValueError) -> str:
    if not isinstance(error, ValidationError):
        return f"the settings cannot be read: {error}"
    first = error.errors()[0]
    name = ".".join(str(part) for part in first["loc"])
    why = first["msg"].removeprefix("Value error, ")
    return f"the setting {name} cannot be used: {why}"
