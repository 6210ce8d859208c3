"""Fonts for titles: an openly licensed family of the farm's, and the user's own."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from farm.errors import InvalidSettings
from farm.kinds.scripts import fonts_for

if TYPE_CHECKING:
    from collections.abc import Iterable

    from farm.settings import Settings

#: Wheels of fonts for other scripts.
_WHEELS = ("fontpkg-noto-sans", "manimgx-fonts", "manimgx-fonts-cjk")
_SCRIPT_PACKAGES = ("manimgx_fonts", "manimgx_fonts_cjk")
_SUFFIXES = {".ttf", ".otf", ".ttc"}


def link_fonts(scratch: Path, settings: Settings, texts: Iterable[str]) -> None:
    """Make a folder ``fonts`` in the scratch folder that titles find them in.

    Args:
        scratch: of the attempt.
        settings: name the folder of the user's fonts.
        texts: what is written; fonts of other scripts are left out.
    """
    folder = scratch / "fonts"
    folder.mkdir(exist_ok=True)
    needed = fonts_for("".join(texts))
    for font in (*_own_fonts(settings), *_wheel_fonts()):
        if font.parent.name in _SCRIPT_PACKAGES and font.name not in needed:
            continue
        link = folder / font.name.replace("[", "-").replace("]", "")
        if not link.exists():
            link.symlink_to(font.absolute())


def fonts_digest(settings: Settings) -> str:
    """Return a hash of what is in all fonts that titles may use.

    Those of wheels are known by the wheel's version.
    """
    digest = hashlib.sha256(_wheels().encode())
    for font in _own_fonts(settings):
        status = font.stat()
        content = _digest(font, status.st_size, status.st_mtime_ns, status.st_ctime_ns)
        digest.update(font.name.encode("utf-8", "surrogateescape") + b"\0" + content)
    return digest.hexdigest()


@cache
def _wheels() -> str:
    return " ".join(f"{name}-{version(name)}" for name in _WHEELS)


@cache
def _wheel_fonts() -> tuple[Path, ...]:
    """Return the files of the farm's fonts."""
    base = Path(str(files("fontpkg_noto_sans"))) / "files"
    others = [Path(str(files(package))) for package in _SCRIPT_PACKAGES]
    return tuple(
        font
        for folder in (base, *others)
        for font in sorted(folder.iterdir())
        if font.suffix.lower() in _SUFFIXES and (folder == base or not _is_base(font))
    )


def _own_fonts(settings: Settings) -> list[Path]:
    """Return the files of the user's fonts."""
    if settings.fonts_folder is None:
        return []
    try:
        return [
            font
            for font in sorted(settings.fonts_folder.expanduser().iterdir())
            if font.suffix.lower() in _SUFFIXES
        ]
    except OSError as error:
        message = f"fonts_folder cannot be read: {error.filename}: {error.strerror}"
        raise InvalidSettings(message) from error


def _is_base(font: Path) -> bool:
    """Whether it is another file of Noto Sans itself."""
    return font.name.partition("[")[0] in {"NotoSans", "NotoSans-Italic"}


@cache
def _digest(font: Path, *stamp: int) -> bytes:
    """Hash a file; the stamp tells when it must be read again."""
    del stamp
    return hashlib.sha256(font.read_bytes()).digest()
