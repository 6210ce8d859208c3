"""Room on the disk, reserved for an attempt before it starts.

Each scratch folder holds a note of how many bytes its attempt may write. What others
have reserved and not written yet is not free, though the disk says so.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from farm.errors import DiskFull

if TYPE_CHECKING:
    from collections.abc import Iterator

_NOTE = ".reserved"
_MEGABYTE = 1_000_000


def reserve(scratch: Path, needed: int, *, storage: Path, keep: int) -> None:
    """Reserve bytes for the attempt of a scratch folder.

    One that writes little reserves nothing, but does not start without room either.

    Args:
        scratch: the folder of the attempt.
        needed: bytes that it may write.
        storage: where what it makes is kept.
        keep: bytes that must stay free on either disk.

    Raises:
        DiskFull: when there is less room than that now.
    """
    if not needed:
        _check_both(scratch, 0, storage=storage, keep=keep)
        return
    with _alone(scratch.parent):
        _check_both(scratch, needed, storage=storage, keep=keep)
        (scratch / _NOTE).write_text(str(needed))


def _check_both(scratch: Path, needed: int, *, storage: Path, keep: int) -> None:
    """Look for room on the disk of the scratch folder, and on that of the storage."""
    reserved = sum(_still_reserved(each) for each in _others(scratch))
    _check(scratch.parent, needed + reserved, keep, reserved=reserved)
    if storage.stat().st_dev != scratch.stat().st_dev:
        _check(storage, needed, keep, reserved=0)


def _check(folder: Path, needed: int, keep: int, *, reserved: int) -> None:
    free = shutil.disk_usage(folder).free
    if free >= needed + keep:
        return
    others = f", {_show(reserved)} of it for tasks that run" if reserved else ""
    raise DiskFull(
        f"the disk is full where {folder} is: {_show(free)} are free, "
        f"{_show(needed + keep)} are needed{others}; make room there: "
        "the task goes on by itself when there is enough",
        free_bytes=free,
        needed_bytes=needed + keep,
    )


@contextmanager
def _alone(root: Path) -> Iterator[None]:
    """Let one process at a time count and reserve."""
    lock = os.open(root, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


def _others(scratch: Path) -> list[Path]:
    with os.scandir(scratch.parent) as found:
        return [Path(each.path) for each in found if each.name != scratch.name]


def _still_reserved(folder: Path) -> int:
    try:
        wanted = int((folder / _NOTE).read_text() or 0)
        written = sum(each.lstat().st_blocks * 512 for each in folder.rglob("*"))
    except (OSError, ValueError):  # it has ended meanwhile
        return 0
    return max(0, wanted - written)


def _show(size: int) -> str:
    return f"{size / _MEGABYTE:,.0f} MB"
