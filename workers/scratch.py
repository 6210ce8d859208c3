"""A folder for each attempt, that tells whether its attempt still lives.

The process of an attempt holds a lock on the folder. The system frees it when the
process ends, however it ends: a folder whose lock is free is of a dead attempt.
"""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
import socket
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from farm.errors import DiskFull, WorkerUnfit

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


_UNFINISHED = "."


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadAttempt:
    """An attempt whose process ended without a report."""

    task_id: str
    number: int


@contextmanager
def scratch_folder(root: Path, *, task_id: str, attempt: int) -> Iterator[Path]:
    """Make an empty folder for an attempt, and remove it at the end."""
    folder = root / f"{task_id}-{attempt}{_here()}"
    try:
        lock = _make(folder)
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise DiskFull(f"the disk of the scratch folder {root} is full") from error
        raise WorkerUnfit(
            f"the scratch folder {root} cannot be written to: {error.strerror}; "
            "name another (the settings scratch and storage)"
        ) from error
    try:
        yield folder
    finally:
        _remove(folder)
        os.close(lock)


def sweep(root: Path) -> list[DeadAttempt]:
    """Remove the folders of dead attempts of this host; return which they were."""
    found = sorted(root.glob(f"*{_here()}")) if root.is_dir() else []
    dead = [folder for folder in found if _remove_if_dead(folder)]
    return [_attempt_of(name.name) for name in dead if name.name[0] != _UNFINISHED]


def _make(folder: Path) -> int:
    """Make the folder and lock it.

    It gets its name when it is locked, so that nobody takes it for a dead one.
    """
    aside = folder.with_name(f"{_UNFINISHED}{folder.name}")
    while True:
        try:
            aside.mkdir(exist_ok=True)
        except FileNotFoundError:
            folder.parent.mkdir(parents=True, exist_ok=True)
            continue
        lock = _lock(aside, fcntl.LOCK_EX)
        if lock is not None:
            aside.rename(folder)
            return lock


def _remove_if_dead(folder: Path) -> bool:
    lock = _lock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
    if lock is None:
        return False
    _remove(folder)
    os.close(lock)
    return True


def _remove(folder: Path) -> None:
    try:
        folder.rmdir()  # most tasks have moved all that they made
    except OSError:
        shutil.rmtree(folder, ignore_errors=True)


def _lock(folder: Path, how: int) -> int | None:
    """Lock a folder; ``None`` when another has it, or it is gone by then."""
    try:
        lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except (FileNotFoundError, NotADirectoryError):
        return None
    with suppress(BlockingIOError, FileNotFoundError):
        fcntl.flock(lock, how)
        if os.path.samestat(folder.stat(), os.fstat(lock)):
            return lock
    os.close(lock)
    return None


def _here() -> str:
    return f"@{socket.gethostname()}"


def _attempt_of(name: str) -> DeadAttempt:
    task_id, _, number = name.partition("@")[0].rpartition("-")
    return DeadAttempt(task_id=task_id, number=int(number))
