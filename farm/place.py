"""Where a file lies: a path of this machine, or the address of an object.

An address is a path whose text is a URL, so that names, suffixes and folders of it are
asked for as those of any path. What reads or writes it is in `farm.objects`.
"""

from __future__ import annotations

import re
from pathlib import Path, PosixPath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import os
    from typing import Self

#: A path object makes one slash of two: what a shell or a caller gives as a path.
_ADDRESS = re.compile(r"(s3):/{1,2}(?!/)")
_BUCKET = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{1,62}")
_DRIVE = re.compile(r"[A-Za-z]:[\\/]")
_LONGEST_KEY = 1024  # bytes; of S3


class ObjectPath(PosixPath):
    """The address of an object in a store, or of a folder of them (S3)."""

    __slots__ = ()

    def __str__(self) -> str:
        return _ADDRESS.sub(r"\1://", super().__str__(), count=1)

    def __fspath__(self) -> str:
        return str(self)

    @property
    def bucket(self) -> str:
        """Name of the bucket."""
        return self.parts[1] if len(self.parts) > 1 else ""

    @property
    def key(self) -> str:
        """What it is called there; empty for the bucket itself."""
        return "/".join(self.parts[2:])

    def absolute(self) -> Self:
        """Return it: it depends on no folder."""
        return self

    def resolve(self, strict: bool = False) -> Self:  # noqa: FBT001, FBT002  # as in pathlib
        """Return it: there are no links."""
        del strict
        return self


def is_address(place: str | os.PathLike[str]) -> bool:
    """Whether it is the address of an object, and no path of this machine."""
    return _ADDRESS.match(str(place)) is not None


def as_place(place: str | os.PathLike[str]) -> Path:
    """Return a path; an `ObjectPath` where it is the address of an object.

    Raises:
        ValueError: when it is an address that no object can have.
    """
    text = str(place)
    if not is_address(text):
        return Path(place)
    address = ObjectPath(text)
    if not _BUCKET.fullmatch(address.bucket):
        raise ValueError(f"{text} names no bucket; write s3://bucket/key")
    if ".." in address.parts or not text.isprintable():
        raise ValueError(f"{text} is no address of an object: there is '..' in it")
    if len(address.key.encode()) > _LONGEST_KEY:
        raise ValueError(f"the key in {text[:80]}... is longer than 1024 bytes")
    return address


def lies_in(place: Path, root: Path) -> bool:
    """Whether a place is in a folder, a bucket or below a prefix of keys."""
    if isinstance(place, ObjectPath) or isinstance(root, ObjectPath):
        both = isinstance(place, ObjectPath) and isinstance(root, ObjectPath)
        return both and place.is_relative_to(root)
    return place.resolve().is_relative_to(root.expanduser().resolve())


def map_path(path: str, path_map: dict[str, str]) -> Path:
    """Return where a path of another machine lies for this one.

    The longest folder of the map that it lies in counts. What another machine writes
    with backslashes is read with slashes.

    Args:
        path: as it was written where the job was submitted.
        path_map: folders there, and what they are here.
    """
    plain = path.replace("\\", "/") if has_drive(path) else path
    for there, here in sorted(path_map.items(), key=lambda each: -len(each[0])):
        folder = there.replace("\\", "/") if has_drive(there) else there
        folder = folder.rstrip("/")
        if plain == folder or plain.startswith(f"{folder}/"):
            rest = plain[len(folder) :].lstrip("/")
            return as_place(here).expanduser() / rest
    return as_place(path)


def has_drive(path: str) -> bool:
    r"""Whether a path begins with the letter of a drive, as in ``Z:\media``."""
    return _DRIVE.match(path) is not None
