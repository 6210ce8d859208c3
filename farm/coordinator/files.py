"""Read files of the storage to publish them; send them to an object store."""

from __future__ import annotations

import tarfile
import tempfile
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from farm.cache.storage import FolderStorage, as_storage, send_file
from farm.errors import FarmError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from farm.cache.storage import Storage
    from farm.objects.inputs import Held
    from farm.place import ObjectPath


@dataclass(frozen=True, slots=True)
class Files:
    """The storage, and copies of what is read of it, which stay as long as this."""

    storage: Storage
    held: Held | None

    def local(self, relative: str) -> Path:
        """Return a path of this machine that a file can be read at."""
        return self.storage.local(relative, self.held)

    @property
    def may_link(self) -> bool:
        """Whether others may have the same file; a copy of an object is ours alone."""
        return isinstance(self.storage, FolderStorage)


@contextmanager
def open_files(storage: Storage | Path) -> Iterator[Files]:
    """Read files of the storage for a while."""
    kept = as_storage(storage)
    if kept.objects is None:
        yield Files(kept, None)
        return
    with kept.objects.hold() as held:
        yield Files(kept, held)


@contextmanager
def unpack(made: dict[str, Any], files: Files, *, job_id: str = "") -> Iterator[Path]:
    """Unpack the members of an archive into a folder, which goes in the end."""
    kept = files.storage
    near = None
    if isinstance(kept, FolderStorage):  # goes when the job is completed
        near = kept.folder / "artifacts" / job_id
        near.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory(dir=near) as folder,
        tarfile.open(files.local(str(made["file"]))) as archive,
    ):
        for member in made["members"]:
            archive.extract(member["name"], folder, filter="data")
        yield Path(folder)


def send_all(made: dict[str, Any], output: ObjectPath, *, files: Files) -> None:
    """Put one object at the output; of several, those that name others come last.

    What was put there goes again where one of them fails.
    """
    if "members" not in made:
        files.storage.send(str(made["file"]), output)
        return
    lists = set(made.get("lists", ()))
    members = sorted(made["members"], key=lambda each: each["name"] in lists)
    sent: list[ObjectPath] = []
    try:
        if "file" not in made:
            for member in members:
                sent.append(output / member["name"])
                files.storage.send(str(member["file"]), sent[-1])
            return
        with unpack(made, files) as folder:
            for member in members:
                sent.append(output / member["name"])
                send_file(files.storage.objects, folder / member["name"], sent[-1])
    except BaseException:
        if files.storage.objects is not None:
            with suppress(FarmError):
                files.storage.objects.store.remove(*sent)
        raise
