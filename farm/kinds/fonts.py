"""Fonts for titles: an openly licensed family of the farm's, and the user's own."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from farm.settings import Settings

_SUFFIXES = {".ttf", ".otf", ".ttc"}


def link_fonts(scratch: Path, settings: Settings) -> None:
    """Make a folder ``fonts`` in the scratch folder that titles find them in."""
    folder = scratch / "fonts"
    folder.mkdir(exist_ok=True)
    own = Path(str(files("fontpkg_noto_sans"))) / "files"
    for source in filter(None, (settings.fonts_folder, own)):
        for font in sorted(source.expanduser().iterdir()):
            link = folder / font.name.replace("[", "-").replace("]", "")
            if font.suffix.lower() in _SUFFIXES and not link.exists():
                link.symlink_to(font.absolute())
