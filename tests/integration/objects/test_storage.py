"""The storage in an object store does what a folder does."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from farm.cache.storage import (
    FolderStorage,
    ObjectStorage,
    Storage,
    checksum,
    open_storage,
)
from farm.errors import PieceDamaged
from farm.objects.door import Objects
from farm.place import ObjectPath
from farm.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

    from farm.objects.inputs import InputCache
    from farm.objects.s3 import S3Store
    from tests.store_server import StoreServer


@pytest.fixture(params=["folder", "objects"])
def storage(
    request: pytest.FixtureRequest, store: S3Store, inputs: InputCache, tmp_path: Path
) -> Storage:
    objects = Objects(store=store, inputs=inputs)
    if request.param == "folder":
        return FolderStorage(tmp_path / "storage", objects)
    return ObjectStorage(ObjectPath(f"s3://media/{tmp_path.name}"), objects)


def make(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text)
    return path


def test_what_is_kept_is_read_and_removed(storage: Storage, tmp_path: Path) -> None:
    made = make(tmp_path, "made.txt", "made")
    sha256 = checksum(made)

    storage.keep(made, "cache/ab/one.txt")

    assert not made.exists()
    assert storage.has("cache/ab/one.txt")
    assert storage.is_whole("cache/ab/one.txt", size_bytes=4, sha256=sha256)
    assert not storage.is_whole("cache/ab/one.txt", size_bytes=4, sha256="0" * 64)
    assert storage.objects is not None
    with storage.objects.hold() as held:
        assert storage.local("cache/ab/one.txt", held).read_text() == "made"
    storage.remove("cache/ab/one.txt", "cache/ab/none.txt")
    assert not storage.has("cache/ab/one.txt")
    assert not storage.is_whole("cache/ab/one.txt", size_bytes=4, sha256=sha256)


def test_files_and_folders_are_listed(storage: Storage, tmp_path: Path) -> None:
    for name in ("artifacts/job-b/x", "artifacts/job-a/y", "cache/ab/z"):
        storage.keep(make(tmp_path, "made", "12345"), name)

    assert storage.folders("artifacts") == ["job-a", "job-b"]
    assert storage.folders("none") == []
    (file,) = storage.files("cache")
    assert file.relative == "cache/ab/z"
    assert file.disk_bytes >= 5
    assert file.modified > 1_000_000_000

    storage.remove_all("artifacts/job-a")
    storage.remove_all("artifacts/none")

    assert storage.folders("artifacts") == ["job-b"]


def test_a_file_is_sent_to_a_store(
    storage: Storage, store: S3Store, tmp_path: Path
) -> None:
    made = make(tmp_path, "made", "sent")
    sha256 = checksum(made)
    storage.keep(made, "artifacts/job/out.txt")

    storage.send("artifacts/job/out.txt", ObjectPath("s3://media/out/sent.txt"))

    assert store.stat(ObjectPath("s3://media/out/sent.txt")).sha256 == sha256


def test_another_machine_fetches_what_this_one_kept(
    store: S3Store, server: StoreServer, tmp_path: Path
) -> None:
    def machine(name: str) -> ObjectStorage:
        settings = Settings.read(
            storage=f"s3://media/{tmp_path.name}-two",
            local_folder=tmp_path / name,
            s3_endpoint_url=server.url,
            s3_region=store.options.region,
            s3_access_key_id=store.options.access_key_id,
            s3_secret_access_key=store.options.secret_access_key,
        )
        opened = open_storage(settings)
        assert isinstance(opened, ObjectStorage)
        return opened

    machine("one").keep(make(tmp_path, "made", "piece"), "cache/aa/piece")
    with machine("two").objects.hold() as held:
        path = machine("two").local("cache/aa/piece", held)

        assert path.read_text() == "piece"
        assert path.is_relative_to(tmp_path / "two" / "inputs")
        with pytest.raises(PieceDamaged, match="is gone from the storage"):
            machine("two").local("cache/aa/none", held)
