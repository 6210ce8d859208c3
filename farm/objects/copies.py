"""One copy of an object: a folder with the file, what is told of it, and a lock."""

from __future__ import annotations

import errno
import fcntl
import json
import os
import re
import shutil
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from farm.logs import get_log

if TYPE_CHECKING:
    from pathlib import Path

PART = ".part"
"""What a copy is called while it comes."""
NO_ROOM = {errno.ENOSPC, errno.EDQUOT}
_ABOUT = "about.json"
_SAFE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._ -]{0,99}")
_SUFFIX = re.compile(r"\.[A-Za-z0-9]{1,8}$")

_log = get_log(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """A whole copy of an object; it stays while it is held."""

    path: Path
    sha256: str
    verified_by: str
    """What was compared with the store: sha256, crc32, md5; empty: the size alone."""
    is_new: bool
    """Whether it came from the store now."""
    size_bytes: int


def safe_name(name: str) -> str:
    """Return a name of a file that a shell, a list or a filter cannot misread."""
    if _SAFE_NAME.fullmatch(name) and name != _ABOUT:
        return name
    suffix = _SUFFIX.search(name)
    return f"source{suffix[0] if suffix else ''}"


def allocate(part: Path, size: int) -> None:
    """Take the room on the disk now: it is known at once whether there is enough."""
    with part.open("wb") as file:
        if size:
            try:
                os.posix_fallocate(file.fileno(), 0, size)
            except OSError as error:
                if error.errno not in {errno.EOPNOTSUPP, errno.EINVAL}:
                    raise
                file.truncate(size)


def finish(entry: Path, name: str, sha256: str, by: str, size: int) -> None:
    """Give a copy its name, then say that it is whole."""
    (entry / PART).chmod(0o444)
    (entry / PART).replace(entry / name)
    about = {"name": name, "sha256": sha256, "verified_by": by, "size_bytes": str(size)}
    aside = entry / f".{_ABOUT}"
    aside.write_text(json.dumps(about), encoding="utf-8")
    aside.replace(entry / _ABOUT)


def read_about(entry: Path) -> dict[str, str] | None:
    """Return what is told of a copy; ``None`` where it is not whole."""
    try:
        about: dict[str, str] = json.loads((entry / _ABOUT).read_text("utf-8"))
        size = (entry / about["name"]).stat().st_size
    except (OSError, ValueError, KeyError):
        return None
    return about if size == int(about["size_bytes"]) else None


def look(entry: Path, lock: int) -> dict[str, str] | None:
    """Share the lock, and return what is told of a whole copy."""
    if try_lock(lock, fcntl.LOCK_SH) and is_there(entry, lock):
        return read_about(entry)
    return None


def remove_unused(entry: Path) -> bool:
    """Remove a copy unless somebody uses or makes it."""
    try:
        lock = os.open(entry, os.O_RDONLY | os.O_DIRECTORY)
    except OSError:
        return False
    try:
        if not try_lock(lock, fcntl.LOCK_EX) or not is_there(entry, lock):
            return False
        with suppress(FileNotFoundError):
            (entry / _ABOUT).unlink()
        shutil.rmtree(entry)
    except OSError as error:
        _log.warning("input_not_removed", entry=entry.name, error=str(error))
        return False
    else:
        return True
    finally:
        os.close(lock)


def is_there(entry: Path, lock: int) -> bool:
    """Whether what was opened is still the folder of this name."""
    try:
        return os.path.samestat(entry.stat(), os.fstat(lock))
    except OSError:
        return False


def try_lock(lock: int, how: int) -> bool:
    """Lock an open folder, or return that another has it."""
    try:
        fcntl.flock(lock, how | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
