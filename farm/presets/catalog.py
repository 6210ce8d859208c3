"""Find presets by name: the user's folders first, then the farm's own."""

from __future__ import annotations

import tomllib
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import ValidationError

from farm.errors import InvalidOption, InvalidSettings, UnknownPreset
from farm.presets.preset import Preset

if TYPE_CHECKING:
    from collections.abc import Iterable

_PACKAGE = Path(__file__).resolve().parent.parent


def own_presets_folder() -> Path:
    """Return the folder of the presets that come with the farm."""
    packaged = _PACKAGE / "_config" / "presets"
    return packaged if packaged.is_dir() else _PACKAGE.parent / "config" / "presets"


def load_presets(folders: Iterable[Path] = ()) -> dict[str, Preset]:
    """Read all presets; those of earlier folders win."""
    presets: dict[str, Preset] = {}
    for folder in [*folders, own_presets_folder()]:
        for path in sorted(folder.glob("*.toml")):
            presets.setdefault(path.stem, _read(path))
    return presets


def find_preset(name: str, folders: Iterable[Path] = ()) -> Preset:
    """Return a preset by its name; raise `UnknownPreset` that names the nearest.

    No other preset is read, which may not be usable.
    """
    found = {
        path.stem: path
        for folder in reversed([*folders, own_presets_folder()])
        for path in sorted(folder.glob("*.toml"))
    }
    if name in found:
        try:
            return _read(found[name])
        except InvalidSettings as error:  # the job's, not the farm's
            raise InvalidOption(error.message, preset=name) from error
    near = get_close_matches(name, found, n=3) or sorted(found)
    message = f"there is no preset {name!r}; there are: {', '.join(near)}"
    raise UnknownPreset(message, preset=name)


def _read(path: Path) -> Preset:
    try:
        return Preset.model_validate(
            {"name": path.stem, **tomllib.loads(path.read_text(encoding="utf-8"))}
        )
    except (OSError, ValueError, ValidationError) as error:
        reason = str(error)
        if isinstance(error, ValidationError):
            first = error.errors()[0]
            reason = f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
        message = f"the preset {path} cannot be used: {reason}"
        raise InvalidSettings(message) from error
