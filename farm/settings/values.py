"""Kinds of values that settings have, as files and the environment write them."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_settings import NoDecode

from farm.place import as_place


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


def check_broker(url: str | None) -> str | None:
    """Return the URL of a broker; raise `ValueError` where it is none."""
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
