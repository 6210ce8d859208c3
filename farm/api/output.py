"""Where a result may be written; asked before any work is done."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from farm.errors import InvalidOption, MediaMissing, StoreFailed
from farm.objects.door import Objects
from farm.place import ObjectPath, as_place, is_address

if TYPE_CHECKING:
    from collections.abc import Iterable

    from farm.settings import Settings

_LONGEST_SHOWN = 200


def absolute(path: str | os.PathLike[str]) -> Path:
    """Return a path that does not depend on the current folder; links stay.

    The address of an object is an `ObjectPath`.
    """
    try:
        if is_address(path):
            return as_place(path)
    except ValueError as error:
        raise InvalidOption(str(error)) from error
    try:
        return Path(os.path.abspath(Path(path).expanduser()))  # noqa: PTH100
    except FileNotFoundError as error:
        raise InvalidOption(
            f"the current folder is gone, so that {path} lies nowhere; go to another"
        ) from error
    except (TypeError, ValueError, RuntimeError) as error:
        raise InvalidOption(f"{path!r} is no path of a file") from error


def check_output(
    output: str | os.PathLike[str], settings: Settings | None = None
) -> Path:
    """Return the absolute path of an output that can be written there.

    An output that is a link is written where the link leads. Of an object the store
    is asked where the settings are given.
    """
    path = absolute(output)
    if isinstance(path, ObjectPath):
        return _check_object(path, settings)
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


def check_output_folder(
    output: str | os.PathLike[str], settings: Settings | None = None
) -> Path:
    """Return the absolute path of a folder that files can be written to.

    It is made with the first file, so that a job that fails leaves none behind.
    """
    path = absolute(output)
    if isinstance(path, ObjectPath):
        return _check_object(path, settings)
    path = path.resolve() if path.is_symlink() else path
    if path.exists() and not path.is_dir():
        raise InvalidOption(
            f"the output {path} is a file; several files are made, name a folder",
            output=str(path),
        )
    _check_folder(path if path.is_dir() else path.parent)
    return path


def _check_object(place: ObjectPath, settings: Settings | None) -> ObjectPath:
    """Refuse an output that the store does not take; nothing is put there."""
    if not place.key:
        raise InvalidOption(
            f"the output {place} is a bucket; name the object in it", output=str(place)
        )
    if settings is not None:
        try:
            Objects.of(settings).store.prove_writable(place)
        except StoreFailed as error:
            message = f"the output cannot be written: {error.message}"
            raise InvalidOption(message, output=str(place)) from error
    return place


def is_object_there(place: ObjectPath, settings: Settings) -> bool:
    """Whether there is such an object, or one in such a folder."""
    store = Objects.of(settings).store
    try:
        store.stat(place)
    except MediaMissing:
        return next(store.walk(place), None) is not None
    except StoreFailed:
        return False
    return True


def _shorten(text: str) -> str:
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}..."


def check_sources(output: Path, sources: Iterable[str]) -> None:
    """Refuse an output that is one of the sources."""
    if isinstance(output, ObjectPath):
        is_source = str(output) in set(sources)
    else:
        is_source = output.exists() and any(_is_same(output, each) for each in sources)
    if is_source:
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
