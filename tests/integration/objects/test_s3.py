"""Objects go there and come here whole, or a clear sentence says why not."""

from __future__ import annotations

import hashlib
import os
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from farm.errors import (
    FarmError,
    MediaMissing,
    SourceChanged,
    StoreFailed,
    StoreRefused,
    TaskCancelled,
)
from farm.objects.s3 import S3Options, S3Store
from farm.place import ObjectPath
from tests.integration.objects.conftest import PART_BYTES, options
from tests.store_server import SECRET, Cable, StoreServer

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def place(key: str) -> ObjectPath:
    return ObjectPath(f"s3://media/{key}")


def make(path: Path, size: int) -> str:
    data = os.urandom(size)
    path.write_bytes(data)
    return hashlib.sha256(data).hexdigest()


def fetch(store: S3Store, at: ObjectPath, target: Path) -> tuple[str, str]:
    with target.open("wb") as file:
        return store.download(store.stat(at), file)


@pytest.mark.parametrize("size", [0, 1, 100_000, PART_BYTES, 2 * PART_BYTES + 17])
def test_a_file_comes_back_as_it_went(
    store: S3Store, tmp_path: Path, size: int
) -> None:
    sha256 = make(tmp_path / "a", size)

    facts = store.upload(tmp_path / "a", place(f"round/{size} ü.bin"), sha256=sha256)

    assert (facts.size_bytes, facts.sha256) == (size, sha256)
    assert fetch(store, facts.place, tmp_path / "b") == (sha256, "sha256")
    assert (tmp_path / "b").read_bytes() == (tmp_path / "a").read_bytes()


@pytest.mark.parametrize("size", [1000, PART_BYTES + 1_000_000])
def test_the_store_copies_what_is_told_of_an_object_too(
    server: StoreServer, tmp_path: Path, size: int
) -> None:
    store = S3Store(options(server.url), part_bytes=PART_BYTES)
    copies = S3Store(options(server.url), part_bytes=PART_BYTES // 8)  # in parts
    sha256 = make(tmp_path / "a", size)
    store.upload(tmp_path / "a", place("copy/a"), sha256=sha256)

    copies.copy(place("copy/a"), place("copy/b"))

    assert store.stat(place("copy/b")).sha256 == sha256
    assert fetch(store, place("copy/b"), tmp_path / "b") == (sha256, "sha256")


def test_of_what_others_put_there_what_the_store_tells_is_compared(
    store: S3Store, server: StoreServer, tmp_path: Path
) -> None:
    client = server.client()
    client.put_object(Bucket="media", Key="other", Body=b"x" * 1000)
    upload = client.create_multipart_upload(Bucket="media", Key="parts")["UploadId"]
    part = client.upload_part(
        Bucket="media", Key="parts", UploadId=upload, PartNumber=1, Body=b"y" * 1000
    )
    parts = {"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]}
    client.complete_multipart_upload(
        Bucket="media", Key="parts", UploadId=upload, MultipartUpload=parts
    )
    plain = replace(store.stat(place("other")), crc32="")

    assert fetch(store, place("other"), tmp_path / "a")[1] == "crc32"
    with (tmp_path / "b").open("wb") as file:
        assert store.download(plain, file)[1] == "md5"
    with (tmp_path / "c").open("wb") as file:
        assert store.download(replace(plain, md5=""), file)[1] == ""
    # of one that came in parts, the ETag is no checksum of the whole
    assert store.stat(place("parts")).md5 == ""


def test_a_break_in_the_middle_goes_on_where_it_was(
    server: StoreServer, tmp_path: Path
) -> None:
    sha256 = make(tmp_path / "a", 3_000_000)
    server.client().upload_file(str(tmp_path / "a"), "media", "long")
    with Cable(server_port=server.port) as cable:
        store = S3Store(options(cable.url))
        facts = store.stat(place("long"))
        cable.cut_after = cable.passed + 1_000_000
        with (tmp_path / "b").open("wb") as file:
            got, _ = store.download(facts, file)

    assert got == sha256
    assert cable.cut_after is None  # it was cut


@pytest.mark.slow
def test_a_store_that_dies_in_the_middle_is_said(
    server: StoreServer, tmp_path: Path
) -> None:
    make(tmp_path / "a", 3_000_000)
    server.client().upload_file(str(tmp_path / "a"), "media", "dies")
    with Cable(server_port=server.port, bytes_a_second=3_000_000) as cable:
        store = S3Store(options(cable.url))
        facts = store.stat(place("dies"))

        def die() -> bool:
            cable.is_dead = True
            return False

        with (
            (tmp_path / "b").open("wb") as file,
            pytest.raises(StoreFailed, match="s3://media/dies"),
        ):
            store.download(facts, file, should_stop=die)


def test_damage_on_the_way_is_found(server: StoreServer, tmp_path: Path) -> None:
    make(tmp_path / "a", 300_000)
    server.client().upload_file(str(tmp_path / "a"), "media", "hurt")
    with Cable(server_port=server.port, damage_at=200_000) as cable:
        store = S3Store(options(cable.url))
        with pytest.raises(StoreFailed, match="not what the store tells of it"):
            fetch(store, place("hurt"), tmp_path / "b")


def test_an_object_that_was_replaced_is_not_mixed_with_the_one_before(
    store: S3Store, server: StoreServer, tmp_path: Path
) -> None:
    server.client().put_object(Bucket="media", Key="new", Body=b"a" * 100)
    facts = store.stat(place("new"))
    server.client().put_object(Bucket="media", Key="new", Body=b"b" * 100)

    with (
        (tmp_path / "b").open("wb") as file,
        pytest.raises(SourceChanged, match="replaced while it was read"),
    ):
        store.download(facts, file)
    assert store.stat(place("new")).identity != facts.identity


def test_an_upload_that_breaks_off_leaves_nothing(
    server: StoreServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sha256 = make(tmp_path / "a", 3 * PART_BYTES)
    store = S3Store(options(server.url), part_bytes=PART_BYTES)
    sent = 0

    def see(*arguments: object) -> str:
        nonlocal sent
        sent += 1
        if sent == 2:
            raise KeyboardInterrupt
        return "etag"

    monkeypatch.setattr(S3Store, "_see_part", see)
    with pytest.raises(KeyboardInterrupt):
        store.upload(tmp_path / "a", place("broken"), sha256=sha256)

    client = server.client()
    assert "Uploads" not in client.list_multipart_uploads(Bucket="media")
    with pytest.raises(MediaMissing):
        store.stat(place("broken"))


def test_what_was_there_stays_until_all_of_the_new_is(
    store: S3Store, server: StoreServer, tmp_path: Path
) -> None:
    server.client().put_object(Bucket="media", Key="old", Body=b"old")
    sha256 = make(tmp_path / "a", 2 * PART_BYTES)
    seen: list[bytes] = []
    see_part = S3Store._see_part

    def look(*arguments: object) -> str:
        found = server.client().get_object(Bucket="media", Key="old")
        seen.append(found["Body"].read())
        return see_part(*arguments)  # type: ignore[arg-type]  # as it is called

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(S3Store, "_see_part", look)
        store.upload(tmp_path / "a", place("old"), sha256=sha256)

    assert seen == [b"old", b"old"]
    assert store.stat(place("old")).sha256 == sha256


def test_what_came_out_otherwise_is_removed(
    store: S3Store, server: StoreServer
) -> None:
    server.client().put_object(Bucket="media", Key="wrong", Body=b"other")

    with pytest.raises(StoreFailed, match="not what was put there"):
        store._see_whole(place("wrong"), size=5, sha256="0" * 64)
    with pytest.raises(MediaMissing):
        store.stat(place("wrong"))


def test_a_download_ends_when_it_is_told_to(
    store: S3Store, server: StoreServer, tmp_path: Path
) -> None:
    server.client().put_object(Bucket="media", Key="stop", Body=b"a" * 100)

    with (tmp_path / "b").open("wb") as file, pytest.raises(TaskCancelled):
        store.download(store.stat(place("stop")), file, should_stop=lambda: True)


NOWHERE = S3Options(
    endpoint_url="http://127.0.0.1:1",
    region="us-east-1",
    access_key_id="a",
    secret_access_key=SECRET,
)


@pytest.mark.parametrize(
    ("kind", "told", "act"),
    [
        (MediaMissing, "media/none does not exist", lambda s: s.stat(place("none"))),
        (
            StoreRefused,
            "no bucket nothing",
            lambda s: s.stat(ObjectPath("s3://nothing/a")),
        ),
        (
            StoreRefused,
            "no bucket nothing",
            lambda s: s.prove_writable(ObjectPath("s3://nothing/a")),
        ),
        (
            StoreRefused,
            "no bucket nothing",
            lambda s: list(s.walk(ObjectPath("s3://nothing"))),
        ),
        (StoreFailed, "is it up", lambda _: S3Store(NOWHERE).stat(place("none"))),
    ],
)
def test_what_is_wrong_is_said_in_one_sentence(
    store: S3Store,
    kind: type[FarmError],
    told: str,
    act: Callable[[S3Store], object],
) -> None:
    with pytest.raises(kind) as raised:
        act(store)

    assert told in raised.value.message
    assert SECRET not in repr(raised.value)
    assert "\n" not in raised.value.message


def test_who_may_not_is_told_so(tmp_path: Path) -> None:
    # after so many requests, this server looks at names, secrets and rights
    variables = {"INITIAL_NO_AUTH_ACTION_COUNT": "2"}
    server = StoreServer(log=tmp_path / "log", variables=variables).start()
    try:
        client = server.client()
        client.create_bucket(Bucket="media")
        client.put_object(Bucket="media", Key="a", Body=b"a")
        store = S3Store(options(server.url))
        with pytest.raises(StoreRefused, match="does not accept the credentials"):
            store.prove_writable(place("b"))
        with pytest.raises(StoreRefused, match=r"access to s3://media/a is denied"):
            store.stat(place("a"))
    finally:
        server.stop()


def test_without_credentials_it_says_where_they_are_named(
    server: StoreServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")

    with pytest.raises(StoreRefused, match="s3_access_key_id"):
        S3Store(S3Options(endpoint_url=server.url)).stat(place("a"))


def test_the_usual_environment_of_aws_is_used(
    server: StoreServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.client().put_object(Bucket="media", Key="usual", Body=b"abc")
    monkeypatch.setenv("AWS_ENDPOINT_URL", server.url)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "a")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "b")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")

    assert S3Store(S3Options()).stat(place("usual")).size_bytes == 3
