"""The environment of the process: the one place where it is read."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic_settings import PydanticBaseSettingsSource

if TYPE_CHECKING:
    from pydantic.fields import FieldInfo


def default_storage() -> Path:
    """Return the user's data folder for the farm (XDG base directories)."""
    data_home = os.environ.get("XDG_DATA_HOME") or "~/.local/share"
    return Path(data_home).expanduser() / "renderfarm"


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


class NamedFiles(PydanticBaseSettingsSource):
    """Values that are read from the files that ``FARM_*_FILE`` name."""

    def get_field_value(
        self, field: FieldInfo, field_name: str
    ) -> tuple[str | None, str, bool]:
        """Return the value of one setting, and its name."""
        del field
        variable = f"{self.config['env_prefix']}{field_name}_file".upper()
        return read_secret(variable), field_name, False

    def __call__(self) -> dict[str, str]:
        """Return all that is named."""
        found = {
            name: self.get_field_value(field, name)[0]
            for name, field in self.settings_cls.model_fields.items()
        }
        return {name: value for name, value in found.items() if value is not None}
