"""A task gets paths that it can open here, and tells them as the job calls them."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import pytest

from farm.errors import MediaForbidden, MediaMissing, SourceChanged
from farm.kinds.sources import Sources
from farm.settings import Settings
from tests.store_server import NAME, REGION, SECRET, StoreServer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

DATA = b"a film"
SHA256 = hashlib.sha256(DATA).hexdigest()


@pytest.fixture
def open_sources(server: StoreServer, tmp_path: Path) -> Iterator[Callable[..., Any]]:
    server.client().put_object(Bucket="media", Key="films/a.mp4", Body=DATA)
    opened: list[Sources] = []

    def open_them(**more: object) -> Sources:
        settings = Settings.read(
            **{
                "storage": tmp_path / "storage",
                "media_roots": ["/", "s3://media/films"],
                "s3_endpoint_url": server.url,
                "s3_region": REGION,
                "s3_access_key_id": NAME,
                "s3_secret_access_key": SECRET,
                **more,
            }
        )
        opened.append(Sources.of(settings))
        return opened[-1]

    yield open_them
    for each in opened:
        each.close()


def test_an_object_is_a_copy_for_the_task_and_an_address_for_all_others(
    open_sources: Callable[..., Sources],
) -> None:
    sources = open_sources()
    payload: dict[str, Any] = {
        "shots": [{"source": {"path": "s3://media/films/a.mp4", "content": SHA256}}],
        "title": "s3://media/films/a.mp4 is what it says",
        "file": {"path": "/here/b.mp4"},
    }

    here: Any = sources.localise(payload)

    path = here["shots"][0]["source"]["path"]
    with open(path, "rb") as file:  # noqa: PTH123  # it is a text
        assert file.read() == DATA
    assert path.endswith("/a.mp4")
    assert here["title"] == payload["title"]
    assert here["file"]["path"] == "/here/b.mp4"
    assert sources.name({"told": [f"{path} is damaged"]}) == {
        "told": ["s3://media/films/a.mp4 is damaged"]
    }
    assert sources.unverified() == []


def test_an_object_that_is_used_often_is_asked_for_and_held_once(
    server: StoreServer, open_sources: Callable[..., Sources]
) -> None:
    sources = open_sources()
    before = server.requests("HEAD", "/media/films/a.mp4")

    here: Any = sources.localise([{"path": "s3://media/films/a.mp4"}] * 50)

    assert len({each["path"] for each in here}) == 1
    assert len(sources.held._locks) == 1
    assert server.requests("HEAD", "/media/films/a.mp4") == before + 1


def test_a_mapped_path_is_told_as_it_was_named(
    open_sources: Callable[..., Sources],
) -> None:
    sources = open_sources(
        path_map={"/Volumes/m": "/mnt/m", "Z:/archive": "s3://media/films"}
    )

    here: Any = sources.localise([{"path": "/Volumes/m/a.mp4"}])
    of_store: Any = sources.localise([{"path": "Z:\\archive\\a.mp4"}])

    assert here == [{"path": "/mnt/m/a.mp4"}]
    assert sources.name("no /mnt/m/a.mp4") == "no /Volumes/m/a.mp4"
    assert sources.name(of_store[0]["path"]) == "Z:\\archive\\a.mp4"


@pytest.mark.parametrize("content", ["0" * 64, "stamp:s3:other::6:1"])
def test_an_object_that_is_not_what_was_planned_with_is_refused(
    content: str, open_sources: Callable[..., Sources]
) -> None:
    with pytest.raises(SourceChanged, match=r"s3://media/films/a\.mp4 has changed"):
        open_sources().localise({"path": "s3://media/films/a.mp4", "content": content})


@pytest.mark.parametrize(
    ("path", "error", "told"),
    [
        ("s3://media/other/a.mp4", MediaForbidden, "outside the buckets"),
        ("s3://media/filmsx/a.mp4", MediaForbidden, "outside the buckets"),
        ("s3://media/films/../other/a.mp4", MediaForbidden, "'..'"),
        ("s3://films/a.mp4", MediaForbidden, "outside the buckets"),
        ("s3://media/films/none.mp4", MediaMissing, "does not exist"),
    ],
)
def test_what_may_not_be_read_is_refused(
    path: str,
    error: type[Exception],
    told: str,
    open_sources: Callable[..., Sources],
) -> None:
    with pytest.raises(error, match=told):
        open_sources().localise({"path": path})


def test_a_map_leads_nowhere_that_sources_may_not_lie_in(
    open_sources: Callable[..., Sources],
) -> None:
    sources = open_sources(path_map={"/Volumes": "/etc"}, media_roots=["/srv"])

    with pytest.raises(MediaForbidden, match="/etc/passwd lies outside"):
        sources.localise({"path": "/Volumes/passwd"})


def test_a_drive_of_another_machine_has_to_be_mapped(
    open_sources: Callable[..., Sources],
) -> None:
    with pytest.raises(MediaMissing, match="path_map"):
        open_sources().find("Z:\\media\\a.mp4")


def test_it_is_said_where_the_store_tells_no_checksum(
    server: StoreServer, open_sources: Callable[..., Sources]
) -> None:
    client, key = server.client(), "films/parts.mp4"
    upload = client.create_multipart_upload(Bucket="media", Key=key)["UploadId"]
    part = client.upload_part(
        Bucket="media", Key=key, UploadId=upload, PartNumber=1, Body=DATA
    )
    parts = {"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]}
    client.complete_multipart_upload(
        Bucket="media", Key=key, UploadId=upload, MultipartUpload=parts
    )
    sources = open_sources()
    sources.localise({"path": f"s3://media/{key}"})

    (told,) = sources.unverified()
    assert told.startswith(f"s3://media/{key}: the store tells no checksum of it")
