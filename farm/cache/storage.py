"""Where the farm keeps its files: a folder that all machines share, or an object store.

Files are named by paths relative to it, written whole, and never changed.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from farm.errors import MediaMissing, PieceDamaged
from farm.objects.door import Objects
from farm.place import ObjectPath

if TYPE_CHECKING:
    from collections.abc import Iterator

    from farm.objects.inputs import Held
    from farm.settings import Settings

_ASIDE_SUFFIX = ".part"
#: `stat` counts blocks of this many bytes, whatever the file system's are (POSIX).
_BLOCK_BYTES = 512
#: What stands for the content of a file that is never changed.
_OWN = "own"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptFile:
    """A file of the storage."""

    relative: str
    disk_bytes: int
    modified: float
    """Seconds since 1970."""


class Storage(Protocol):
    """What both have."""

    @property
    def objects(self) -> Objects | None:
        """The way to object stores; ``None``: there is none."""

    def keep(self, made: Path, relative: str) -> None:
        """Move a finished file into the storage: it is there whole, or not at all."""

    def local(self, relative: str, held: Held | None = None) -> Path:
        """Return a path of this machine that the file can be read at while held."""

    def is_whole(self, relative: str, *, size_bytes: int, sha256: str) -> bool:
        """Whether the file is there, as it was kept."""

    def has(self, relative: str) -> bool:
        """Whether there is such a file."""

    def remove(self, *relatives: str) -> None:
        """Remove files; one that is not there is no error."""

    def remove_all(self, folder: str) -> None:
        """Remove all files in a folder."""

    def files(self, folder: str) -> Iterator[KeptFile]:
        """Yield the files in a folder and below."""

    def folders(self, folder: str) -> list[str]:
        """Return the names of the folders in a folder, in order."""

    def send(self, relative: str, output: ObjectPath) -> None:
        """Put a file of the storage into an object store, whole."""


@dataclass(frozen=True, slots=True)
class FolderStorage:
    """A folder."""

    folder: Path
    objects: Objects | None = None

    def keep(self, made: Path, relative: str) -> None:
        """Move it there aside, then rename it."""
        move_whole(made, self.folder / relative)

    def local(self, relative: str, held: Held | None = None) -> Path:
        """Return where it lies."""
        del held
        return self.folder / os.fspath(relative)

    def is_whole(self, relative: str, *, size_bytes: int, sha256: str) -> bool:
        """Compare size and bytes."""
        path = self.folder / relative
        try:
            return path.stat().st_size == size_bytes and checksum(path) == sha256
        except OSError:
            return False

    def has(self, relative: str) -> bool:
        """Ask the folder."""
        return (self.folder / relative).exists()

    def remove(self, *relatives: str) -> None:
        """Unlink them."""
        for relative in relatives:
            (self.folder / relative).unlink(missing_ok=True)

    def remove_all(self, folder: str) -> None:
        """Remove the folder."""
        shutil.rmtree(self.folder / folder, ignore_errors=True)

    def files(self, folder: str) -> Iterator[KeptFile]:
        """Walk through the folder."""
        for path in sorted((self.folder / folder).rglob("*")):
            with suppress(FileNotFoundError):  # removed meanwhile
                status = path.lstat()
                if not path.is_dir():
                    yield KeptFile(
                        relative=path.relative_to(self.folder).as_posix(),
                        disk_bytes=status.st_blocks * _BLOCK_BYTES,
                        modified=status.st_mtime,
                    )

    def folders(self, folder: str) -> list[str]:
        """List the folder."""
        path = self.folder / folder
        return sorted(each.name for each in path.iterdir()) if path.is_dir() else []

    def send(self, relative: str, output: ObjectPath) -> None:
        """Upload it."""
        send_file(self.objects, self.folder / relative, output)


@dataclass(frozen=True, slots=True)
class ObjectStorage:
    """Objects below a prefix; what is read of them is copied into the input cache."""

    root: ObjectPath
    objects: Objects

    def keep(self, made: Path, relative: str) -> None:
        """Upload it, then leave it to the input cache of this machine."""
        place, sha256 = self.root / relative, checksum(made)
        self.objects.store.upload(made, place, sha256=sha256)
        self.objects.inputs.adopt(str(place), _OWN, made, sha256=sha256, name=made.name)
        made.unlink(missing_ok=True)

    def local(self, relative: str, held: Held | None = None) -> Path:
        """Return the copy of this machine; make it where there is none.

        Raises:
            PieceDamaged: when it is not there any more.
        """
        assert held is not None  # noqa: S101  # who reads an object holds its copy
        place, store = self.root / os.fspath(relative), self.objects.store
        try:
            copy = held.fetch(lambda: store.stat(place), store, key=(str(place), _OWN))
        except MediaMissing as error:
            raise PieceDamaged(
                f"{relative} is gone from the storage; retry the job to make it again"
            ) from error
        return copy.path

    def is_whole(self, relative: str, *, size_bytes: int, sha256: str) -> bool:
        """Ask the store; the bytes are compared when they are fetched."""
        try:
            facts = self.objects.store.stat(self.root / relative)
        except MediaMissing:
            return False
        return (facts.size_bytes, facts.sha256) == (size_bytes, sha256)

    def has(self, relative: str) -> bool:
        """Ask the store."""
        try:
            self.objects.store.stat(self.root / relative)
        except MediaMissing:
            return False
        return True

    def remove(self, *relatives: str) -> None:
        """Delete them."""
        self.objects.store.remove(*(self.root / relative for relative in relatives))

    def remove_all(self, folder: str) -> None:
        """Delete all below a prefix."""
        found = [each.place for each in self.objects.store.walk(self.root / folder)]
        self.objects.store.remove(*found)

    def files(self, folder: str) -> Iterator[KeptFile]:
        """List what is below a prefix."""
        for each in self.objects.store.walk(self.root / folder):
            yield KeptFile(
                relative=each.place.relative_to(self.root).as_posix(),
                disk_bytes=each.size_bytes,
                modified=each.modified,
            )

    def folders(self, folder: str) -> list[str]:
        """List what is below a prefix."""
        depth = len((self.root / folder).parts)
        walked = self.objects.store.walk(self.root / folder)
        return sorted({each.place.parts[depth] for each in walked})

    def send(self, relative: str, output: ObjectPath) -> None:
        """Let the store copy it."""
        self.objects.store.copy(self.root / relative, output)


def open_storage(settings: Settings) -> Storage:
    """Return the storage of the settings."""
    place, objects = settings.storage_folder, Objects.of(settings)
    if isinstance(place, ObjectPath):
        return ObjectStorage(place, objects)
    return FolderStorage(place, objects)


def as_storage(storage: Storage | Path) -> Storage:
    """Return a storage; a path is that of its folder."""
    return FolderStorage(storage) if isinstance(storage, Path) else storage


def send_file(objects: Objects | None, path: Path, output: ObjectPath) -> None:
    """Put a file of this machine into an object store, whole."""
    assert objects is not None  # noqa: S101  # of open_storage
    objects.store.upload(path, output, sha256=checksum(path))


def checksum(path: Path) -> str:
    """Return the SHA-256 of a file's bytes, in hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def move_whole(made: Path, target: Path) -> None:
    """Let a file appear under its name when all of it is on the disk.

    Where there is no room, what was written of it is removed.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    aside = target.with_name(f".{target.name}{_ASIDE_SUFFIX}")
    try:
        shutil.move(made, aside)
        with aside.open("rb") as file:
            os.fsync(file.fileno())
        aside.replace(target)
    except BaseException:
        aside.unlink(missing_ok=True)
        raise
