"""Fonts for titles: an openly licensed family of the farm's, and the user's own."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from farm.errors import InvalidSettings

if TYPE_CHECKING:
    from farm.settings import Settings

_SUFFIXES = {".ttf", ".otf", ".ttc"}


def link_fonts(scratch: Path, settings: Settings) -> None:
    """Make a folder ``fonts`` in the scratch folder that titles find them in."""
    folder = scratch / "fonts"
    folder.mkdir(exist_ok=True)
    for font in _fonts(settings):
        link = folder / font.name.replace("[", "-").replace("]", "")
        if not link.exists():
            link.symlink_to(font.absolute())


def fonts_digest(settings: Settings) -> str:
    """Return a hash of what is in all fonts that titles may use."""
    digest = hashlib.sha256()
    for font in _fonts(settings):
        status = font.stat()
        content = _digest(font, status.st_size, status.st_mtime_ns, status.st_ctime_ns)
        digest.update(font.name.encode("utf-8", "surrogateescape") + b"\0" + content)
    return digest.hexdigest()


def _fonts(settings: Settings) -> list[Path]:
    """Return the files of the user's fonts, then those of the farm's."""
    own = Path(str(files("fontpkg_noto_sans"))) / "files"
    given = [] if settings.fonts_folder is None else [settings.fonts_folder]
    try:
        return [
            font
            for source in [*given, own]
            for font in sorted(source.expanduser().iterdir())
            if font.suffix.lower() in _SUFFIXES
        ]
    except OSError as error:
        message = f"fonts_folder cannot be read: {error.filename}: {error.strerror}"
        raise InvalidSettings(message) from error


@cache
def _digest(font: Path, *stamp: int) -> bytes:
    """Hash a file; the stamp tells when it must be read again."""
    del stamp
    return hashlib.sha256(font.read_bytes()).digest()
