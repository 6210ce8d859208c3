"""Marks that workers leave in the storage, to tell whether all see the same one.

Where the storage is in an object store, they lie in the folder of their machine.

The coordinator leaves one too. A mark is made new every few seconds, after the job
table was told or read: one that is old is of a process that is stuck, or has no table.
"""

from __future__ import annotations

import time
from contextlib import suppress
from typing import TYPE_CHECKING

from farm.logs import get_log
from farm.place import ObjectPath

if TYPE_CHECKING:
    from pathlib import Path

    from farm.settings import Settings

COORDINATOR = "coordinator@"
"""What the name of a coordinator's mark begins with; its host follows."""
_OLD_SECONDS = 24 * 3600.0

_log = get_log(__name__)


def mark_of(settings: Settings, worker: str) -> Path:
    """Return where a worker leaves its mark."""
    return _folder(settings) / worker


def leave_mark(settings: Settings, worker: str) -> None:
    """Leave the mark of a worker, or make it new."""
    mark = mark_of(settings, worker)
    try:
        mark.parent.mkdir(parents=True, exist_ok=True)
        mark.touch()
    except OSError as error:
        _log.warning("mark_missed", worker=worker, error=str(error))


def remove_mark(settings: Settings, worker: str) -> None:
    """Remove the mark of a worker that ends."""
    with suppress(OSError):
        mark_of(settings, worker).unlink(missing_ok=True)


def fresh_marks(settings: Settings, *, since: float) -> list[str]:
    """Return who made a mark new since then (seconds since 1970), by name."""
    folder = _folder(settings)
    found = []
    for mark in sorted(folder.iterdir()) if folder.is_dir() else ():
        with suppress(OSError):
            if mark.stat().st_mtime >= since:
                found.append(mark.name)
    return found


def remove_old_marks(settings: Settings) -> None:
    """Remove the marks of workers that were killed long ago."""
    folder = _folder(settings)
    oldest = time.time() - _OLD_SECONDS
    for mark in folder.iterdir() if folder.is_dir() else ():
        with suppress(OSError):
            if mark.stat().st_mtime < oldest:
                mark.unlink(missing_ok=True)


def _folder(settings: Settings) -> Path:
    storage = settings.storage_folder
    is_away = isinstance(storage, ObjectPath)
    return (settings.machine_folder if is_away else storage) / "workers"
