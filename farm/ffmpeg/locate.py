"""Find the FFmpeg to use."""

from __future__ import annotations

import hashlib
import os
import re
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from farm.errors import InvalidSettings
from farm.ffmpeg.run import read_output

if TYPE_CHECKING:
    from farm.settings import Settings

_VERSION = re.compile(r"ffmpeg version (\S+)")


def find_ffmpeg(settings: Settings) -> Path:
    """Return the FFmpeg of the settings, or else the one of the wheel."""
    if settings.ffmpeg_path is None:
        return _of_wheel()
    path = settings.ffmpeg_path.expanduser().absolute()
    if not (path.is_file() and os.access(path, os.X_OK)):
        message = f"the setting ffmpeg_path names no program: {path}"
        raise InvalidSettings(message)
    return path


def ffmpeg_version(ffmpeg: Path) -> str:
    """Return its version, such as ``n9.0.2-17-g2a571b6068``."""
    return _find_version(ffmpeg, read_output(ffmpeg, ["-version"]))


def _find_version(ffmpeg: Path, told: str) -> str:
    found = _VERSION.search(told)
    if found is None:
        message = f"{ffmpeg} is no FFmpeg: it does not tell its version"
        raise InvalidSettings(message)
    return found[1]


def ffmpeg_build(ffmpeg: Path, *, content: str) -> str:
    """Return what tells this FFmpeg from any other.

    Args:
        ffmpeg: the program, which is asked for its libraries, too.
        content: a hash of its bytes.
    """
    told = read_output(ffmpeg, ["-version"])
    _find_version(ffmpeg, told)
    return hashlib.sha256(f"{content} {told}".encode()).hexdigest()


@cache
def _of_wheel() -> Path:
    """Return the program of the wheel; never one of the system, nor of another wheel.

    ``imageio_ffmpeg.get_ffmpeg_exe`` would look there too.
    """
    spec = find_spec("imageio_ffmpeg")
    if spec is not None and spec.origin is not None:
        folder = Path(spec.origin).parent / "binaries"
        for path in sorted(folder.glob("ffmpeg-*")):
            if os.access(path, os.X_OK):
                return path
    message = (
        "there is no FFmpeg: install the imageio-ffmpeg wheel for this machine, "
        "or set ffmpeg_path"
    )
    raise InvalidSettings(message)
