"""Where a result may be written; asked before any work is done."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from farm.errors import InvalidOption

if TYPE_CHECKING:
    from collections.abc import Iterable


def absolute(path: str | os.PathLike[str]) -> Path:
    """Return a path that does not depend on the current folder; links stay."""
    return Path(os.path.abspath(Path(path).expanduser()))  # noqa: PTH100


def check_output(output: str | os.PathLike[str]) -> Path:
    """Return the absolute path of an output that can be written there."""
    path = absolute(output)
    _check_folder(path.parent)
    if path.is_dir():
        raise InvalidOption(f"the output {path} is a folder", output=str(path))
    return path


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
