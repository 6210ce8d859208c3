"""Addresses of objects beside paths, and paths of other machines."""

from __future__ import annotations

from pathlib import Path

import pytest

from farm.place import ObjectPath, as_place, is_address, lies_in, map_path

ADDRESS = "s3://media/a/clip one.mp4"


def test_an_address_is_a_path_whose_text_is_a_url() -> None:
    place = as_place(ADDRESS)

    assert isinstance(place, ObjectPath)
    assert (str(place), place.bucket, place.key) == (
        ADDRESS,
        "media",
        "a/clip one.mp4",
    )
    assert (place.name, place.suffix) == ("clip one.mp4", ".mp4")
    assert str(place.parent / "b.mp4") == "s3://media/a/b.mp4"
    assert str(place.absolute()) == str(place.resolve()) == ADDRESS


def test_what_a_path_object_makes_of_an_address_is_read_as_one() -> None:
    collapsed = Path(ADDRESS)

    assert str(collapsed).startswith("s3:/media")
    assert str(as_place(collapsed)) == ADDRESS


@pytest.mark.parametrize(
    ("place", "is_one"),
    [
        ("s3://media/a", True),
        ("s3:/media/a", True),
        ("/s3:/media/a", False),
        ("s3a/b", False),
        ("https://media/a", False),
        ("clip s3://a", False),
    ],
)
def test_an_address_begins_with_its_scheme(place: str, *, is_one: bool) -> None:
    assert is_address(place) is is_one


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("s3://", "s3://"),
        ("s3://a", "names no bucket"),
        ("s3://-a/b", "names no bucket"),
        ("s3://media/a/../b", "'..'"),
        ("s3://media/a\nb", "no address"),
        (f"s3://media/{'a' * 1025}", "longer than 1024"),
    ],
)
def test_an_address_that_no_object_can_have_is_refused(address: str, why: str) -> None:
    if not is_address(address):
        assert address == why
        return
    with pytest.raises(ValueError, match=why):
        as_place(address)


@pytest.mark.parametrize(
    ("place", "root", "is_in"),
    [
        ("s3://media/a/b.mp4", "s3://media", True),
        ("s3://media/a/b.mp4", "s3://media/a", True),
        ("s3://media/ab/b.mp4", "s3://media/a", False),
        ("s3://media-b/a.mp4", "s3://media", False),
        ("s3://media/a.mp4", "/", False),
        ("/media/a.mp4", "s3://media", False),
        ("/media/a.mp4", "/media", True),
    ],
)
def test_an_object_lies_in_buckets_and_prefixes_alone(
    place: str, root: str, *, is_in: bool
) -> None:
    assert lies_in(as_place(place), as_place(root)) is is_in


MAP = {
    "/Volumes/media": "/mnt/media",
    "/Volumes/media/archive": "s3://archive/films",
    "Z:\\media": "/mnt/z",
    "//server/share/": "/mnt/share",
}


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("/Volumes/media/a/b.mp4", "/mnt/media/a/b.mp4"),
        ("/Volumes/media", "/mnt/media"),
        ("/Volumes/media2/b.mp4", "/Volumes/media2/b.mp4"),
        ("/Volumes/media/archive/b.mp4", "s3://archive/films/b.mp4"),
        ("Z:\\media\\a\\b.mp4", "/mnt/z/a/b.mp4"),
        ("Z:/media/b.mp4", "/mnt/z/b.mp4"),
        ("//server/share/b.mp4", "/mnt/share/b.mp4"),
        ("/mnt/elsewhere/b.mp4", "/mnt/elsewhere/b.mp4"),
    ],
)
def test_the_longest_folder_of_the_map_counts(path: str, place: str) -> None:
    assert str(map_path(path, MAP)) == place
