"""Tell from its directory entry whether a file is still the one that was read."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

#: A file that changed so lately may change again without its times telling so: the
#: clock of a file system ticks slowly, and that of a server may differ from ours.
_SETTLED_SECONDS = 3.0
_FORMAT = "3"
"""Raised when facts that were kept must be read again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """Size, times and number of a file: the same as long as nobody writes to it."""

    text: str
    is_settled: bool
    """Whether a change from now on would surely show."""


def is_alike(stamp: str, other: str) -> bool:
    """Whether two stamps are of files of one size and one time of modification.

    So it is of one file that two machines see through different mounts.
    """
    return stamp.split(":")[:3] == other.split(":")[:3]


def read_stamp(path: Path) -> Stamp | None:
    """Return the stamp of a file; ``None`` where there is none to be had.

    The time of the last change of the inode cannot be set by a program, so that a file
    of the same size with its old time of modification put back is told apart.
    """
    try:
        status = path.stat()
    except (OSError, ValueError):
        return None
    fields = (
        _FORMAT,
        status.st_size,
        status.st_mtime_ns,
        status.st_ctime_ns,
        status.st_ino,
    )
    changed = max(status.st_mtime_ns, status.st_ctime_ns) / 1_000_000_000
    return Stamp(
        text=":".join(str(each) for each in fields),
        is_settled=changed < time.time() - _SETTLED_SECONDS,
    )
