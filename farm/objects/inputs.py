"""Copies of objects on this machine: each made once, bounded, kept while in use.

```
inputs/<hash of address and identity>/clip.mp4     the copy
                                      about.json   written last: the copy is whole
                                      .part        while it comes
```
Whoever uses a copy holds a shared lock on its folder, whoever makes or removes it the
only one; locks end with the process that holds them, however it ends.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import random
import shutil
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

from farm.errors import DiskFull, InputCacheFull, TaskCancelled
from farm.logs import get_log
from farm.objects.copies import (
    NO_ROOM,
    PART,
    Copy,
    allocate,
    finish,
    is_there,
    look,
    read_about,
    remove_unused,
    safe_name,
    try_lock,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from farm.objects.facts import ObjectFacts
    from farm.objects.s3 import S3Store

_ROOM = ".room"
_POLL_SECONDS = 0.1
_ROOM_SECONDS = 60.0
"""How long to wait until others are done with copies that are in the way."""

_log = get_log(__name__)


@dataclass(slots=True, kw_only=True)
class InputCache:
    """The copies of one machine; safe for threads and processes."""

    folder: Path
    max_bytes: int
    room_seconds: float = _ROOM_SECONDS

    def hold(self, should_stop: Callable[[], bool] = lambda: False) -> Held:
        """Return what holds copies until it is closed."""
        return Held(cache=self, should_stop=should_stop)

    def entry(self, address: str, identity: str) -> Path:
        """Return the folder of a copy."""
        named = hashlib.sha256(f"{address}\0{identity}".encode()).hexdigest()
        return self.folder / named[:40]

    @contextmanager
    def room(
        self, size: int, part: Path, *, should_stop: Callable[[], bool]
    ) -> Iterator[None]:
        """Make room for a copy, and take it: its file has its full size from now on.

        Raises:
            InputCacheFull: it is larger than the cache may be, or all else is in use.
            DiskFull: the disk has no room for it.
        """
        if size > self.max_bytes:
            raise InputCacheFull(
                f"{size} bytes are more than the input cache may hold "
                f"({self.max_bytes}): raise input_cache_max_bytes"
            )
        end = time.monotonic() + self.room_seconds
        while not self._take_room(size, part):
            if should_stop():
                raise TaskCancelled("the attempt was told to stop")
            if time.monotonic() >= end:
                raise InputCacheFull(
                    f"the input cache has no room for {size} bytes: tasks use all "
                    f"that is in it ({self.max_bytes}); raise input_cache_max_bytes"
                )
            time.sleep(_POLL_SECONDS)
        try:
            yield
        except BaseException:
            part.unlink(missing_ok=True)
            raise

    def adopt(
        self, address: str, identity: str, made: Path, *, sha256: str, name: str
    ) -> None:
        """Take over a file that was put into the store: it need not be fetched."""
        held = self.hold()
        try:
            entry, lock = held.open(address, identity)
            with suppress(InputCacheFull, DiskFull, OSError):
                if not try_lock(lock, fcntl.LOCK_EX) or read_about(entry) is not None:
                    return
                part = entry / PART
                with self.room(made.stat().st_size, part, should_stop=lambda: True):
                    shutil.move(made, part)
                finish(entry, safe_name(name), sha256, "sha256", part.stat().st_size)
        except TaskCancelled:  # there is no room now
            return
        finally:
            held.close()

    def size(self) -> int:
        """Return the bytes of all copies, of those that come too."""
        return sum(size for _, size, _ in self._entries())

    def _take_room(self, size: int, part: Path) -> bool:
        """Remove the longest unused copies until there is room; take it."""
        with self._room_lock():
            entries = sorted(self._entries())
            total = sum(each[1] for each in entries if each[2] != part.parent)
            while True:
                if total + size <= self.max_bytes:
                    try:
                        allocate(part, size)
                    except OSError as error:
                        part.unlink(missing_ok=True)
                        if error.errno not in NO_ROOM:
                            raise
                    else:
                        return True
                removed = self._remove_first(entries, but=part.parent)
                if removed is None:
                    break
                total -= removed
        if total + size <= self.max_bytes:
            raise DiskFull(
                f"the disk of the input cache {self.folder} is full: "
                f"make room there for {size} bytes"
            )
        return False

    def _remove_first(
        self, entries: list[tuple[float, int, Path]], *, but: Path
    ) -> int | None:
        """Remove the longest unused copy that nobody uses; return its size."""
        while entries:
            _, size, entry = entries.pop(0)
            if entry != but and remove_unused(entry):
                _log.info("input_evicted", entry=entry.name, size_bytes=size)
                return size
        return None

    def _entries(self) -> list[tuple[float, int, Path]]:
        """Return of each copy when it was last used, its size and its folder."""
        found = []
        for entry in self.folder.iterdir() if self.folder.is_dir() else ():
            with suppress(OSError):  # removed meanwhile
                if entry.is_dir():
                    size = sum(each.stat().st_size for each in entry.iterdir())
                    found.append((entry.stat().st_mtime, size, entry))
        return found

    @contextmanager
    def _room_lock(self) -> Iterator[None]:
        self.folder.mkdir(parents=True, exist_ok=True)
        lock = os.open(self.folder / _ROOM, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        finally:
            os.close(lock)


@dataclass(slots=True, kw_only=True)
class Held:
    """Copies that somebody uses: none of them is removed until this is closed."""

    cache: InputCache
    should_stop: Callable[[], bool]
    origins: dict[str, str] = field(default_factory=dict)
    """Addresses of objects by the paths of their copies."""
    copies: dict[str, Copy] = field(default_factory=dict)
    """The copies by their paths."""
    _fetched: dict[tuple[str, str], Copy] = field(default_factory=dict)
    _locks: list[int] = field(default_factory=list)

    def fetch(
        self, facts: Callable[[], ObjectFacts], store: S3Store, *, key: tuple[str, str]
    ) -> Copy:
        """Return the copy of an object; make it where there is none.

        Args:
            facts: asks the store of the object; called when it must be copied.
            store: where it is.
            key: its address and what tells it from one that took its place.

        Raises:
            TaskCancelled: when told to stop while it waits or copies.
            StoreFailed, MediaMissing, SourceChanged: when it cannot be copied.
            InputCacheFull, DiskFull: when there is no room for it.
        """
        if key in self._fetched:
            return self._fetched[key]
        address, identity = key
        is_new = False
        while True:
            entry, lock = self.open(address, identity)
            about = look(entry, lock)
            if about is None and try_lock(lock, fcntl.LOCK_EX):
                if is_there(entry, lock) and read_about(entry) is None:
                    self._copy(entry, facts(), store)
                    is_new = True
                about = look(entry, lock)
            if about is not None:
                os.utime(entry)
                self._fetched[key] = self._hold(entry, about, address, is_new=is_new)
                return self._fetched[key]
            self._let_go(lock)  # another makes or removes it: look again
            if self.should_stop():
                raise TaskCancelled("the attempt was told to stop")
            time.sleep(_POLL_SECONDS * (0.5 + random.random()))  # noqa: S311

    def open(self, address: str, identity: str) -> tuple[Path, int]:
        """Open the folder of a copy, to be locked; it is made where there is none."""
        entry = self.cache.entry(address, identity)
        while True:
            entry.mkdir(parents=True, exist_ok=True)
            with suppress(FileNotFoundError):
                lock = os.open(entry, os.O_RDONLY | os.O_DIRECTORY)
                self._locks.append(lock)
                return entry, lock

    def close(self) -> None:
        """Let all copies go."""
        while self._locks:
            os.close(self._locks.pop())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def name_origins(self, text: str) -> str:
        """Return a text in which objects are named, and not the copies of them."""
        for path, address in self.origins.items():
            text = text.replace(path, address)
        return text

    def _copy(self, entry: Path, facts: ObjectFacts, store: S3Store) -> None:
        part = entry / PART
        with (
            self.cache.room(facts.size_bytes, part, should_stop=self.should_stop),
            part.open("r+b") as target,
        ):
            try:
                sha256, by = store.download(facts, target, should_stop=self.should_stop)
                target.flush()
                os.fsync(target.fileno())
            except OSError as error:
                if error.errno in NO_ROOM:
                    raise DiskFull(
                        f"the disk of the input cache {self.cache.folder} is full"
                    ) from error
                raise
        os.utime(part, (facts.modified, facts.modified))
        finish(entry, safe_name(facts.place.name), sha256, by, facts.size_bytes)
        _log.info(
            "input_fetched", address=str(facts.place), size_bytes=facts.size_bytes
        )

    def _hold(
        self, entry: Path, about: dict[str, str], address: str, *, is_new: bool
    ) -> Copy:
        path = entry / about["name"]
        copy = Copy(
            path=path,
            sha256=about["sha256"],
            verified_by=about["verified_by"],
            is_new=is_new,
            size_bytes=int(about["size_bytes"]),
        )
        self.origins[str(path)] = address
        self.copies[str(path)] = copy
        return copy

    def _let_go(self, lock: int) -> None:
        self._locks.remove(lock)
        os.close(lock)
