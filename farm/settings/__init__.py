"""What can be set: read once from ``FARM_*`` and ``farm.toml``, then handed on.

A variable with ``_FILE`` behind its name names a file that holds the value, so that a
password need not stand in the environment.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from pydantic import ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from farm.errors import InvalidSettings
from farm.place import ObjectPath
from farm.settings.environment import NamedFiles, default_storage, read_secret
from farm.settings.house import House
from farm.settings.limits import Limits
from farm.settings.news import News
from farm.settings.places import Places
from farm.settings.values import AlertRule, OwnerLimits
from farm.settings.work import Work

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Self

__all__ = [
    "SETTINGS_FILE",
    "AlertRule",
    "OwnerLimits",
    "Settings",
    "default_storage",
    "read_secret",
]

SETTINGS_FILE = "farm.toml"


class Settings(News, House, Limits, Work, Places, BaseSettings):
    """All settings: arguments, ``FARM_*``, ``FARM_*_FILE``, ``farm.toml``, defaults."""

    model_config = SettingsConfigDict(
        env_prefix="FARM_",
        env_ignore_empty=True,
        frozen=True,
        extra="forbid",
        toml_file=SETTINGS_FILE,
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
            NamedFiles(settings_cls),
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
