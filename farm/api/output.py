"""Where a result may be written; asked before any work is done."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from farm.errors import InvalidOption

if TYPE_CHECKING:
    from collections.abc import Iterable

_LONGEST_SHOWN = 200


def absolute(path: str | os.PathLike[str]) -> Path:
    """Return a path that does not depend on the current folder; links stay."""
    try:
        return Path(os.path.abspath(Path(path).expanduser()))  # noqa: PTH100
    except FileNotFoundError as error:
        raise InvalidOption(
            f"the current folder is gone, so that {path} lies nowhere; go to another"
        ) from error
    except (TypeError, ValueError, RuntimeError) as error:
        raise InvalidOption(f"{path!r} is no path of a file") from error


def check_output(output: str | os.PathLike[str]) -> Path:
    """Return the absolute path of an output that can be written there.

    An output that is a link is written where the link leads.
    """
    path = absolute(output)
    try:
        path = path.resolve() if path.is_symlink() else path
        _check_folder(path.parent)
        is_folder, is_there = path.is_dir(), path.exists()
    except (OSError, RuntimeError) as error:
        reason = getattr(error, "strerror", None) or error
        message = f"the output {_shorten(str(path))} cannot be written: {reason}"
        raise InvalidOption(message) from error
    if is_folder:
        raise InvalidOption(f"the output {path} is a folder", output=str(path))
    if is_there and not path.is_file():
        raise InvalidOption(
            f"the output {path} is no regular file; write to another", output=str(path)
        )
    return path


def check_output_folder(output: str | os.PathLike[str]) -> Path:
    """Return the absolute path of a folder that files can be written to.

    It is made with the first file, so that a job that fails leaves none behind.
    """
    path = absolute(output)
    path = path.resolve() if path.is_symlink() else path
    if path.exists() and not path.is_dir():
        raise InvalidOption(
            f"the output {path} is a file; several files are made, name a folder",
            output=str(path),
        )
    _check_folder(path if path.is_dir() else path.parent)
    return path


def _shorten(text: str) -> str:
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}..."


def check_sources(output: Path, sources: Iterable[str]) -> None:
    """Refuse an output that is one of the sources."""
    if output.exists() and any(_is_same(output, source) for source in sources):
        raise InvalidOption(
            f"the output {output} is one of the sources; write to another file",
            output=str(output),
        )


def _check_folder(folder: Path) -> None:
    if not folder.is_dir():
        raise InvalidOption(
            f"the folder {folder} of the output does not exist; make it first",
            output=str(folder),
        )
    try:
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise InvalidOption(
            f"the folder {folder} of the output cannot be written to: "
            f"{error.strerror or error}",
            output=str(folder),
        ) from error


def _is_same(path: Path, source: str) -> bool:
    try:
        return path.samefile(source)
    except OSError:
        return False
