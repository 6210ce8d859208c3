"""Room on the disk is reserved before an attempt starts."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from farm.errors import DiskFull
from workers.room import reserve
from workers.scratch import scratch_folder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MEGABYTE = 1_000_000
FREE = 100 * MEGABYTE


@pytest.fixture(autouse=True)
def disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk of which 100 MB are free, whatever is written."""
    usage = shutil.disk_usage("/")._replace(free=FREE)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)


@pytest.fixture
def first(tmp_path: Path) -> Iterator[Path]:
    with scratch_folder(tmp_path, task_id="first", attempt=1) as folder:
        yield folder


@pytest.fixture
def second(tmp_path: Path) -> Iterator[Path]:
    with scratch_folder(tmp_path, task_id="second", attempt=1) as folder:
        yield folder


def test_what_another_has_reserved_is_not_free(
    first: Path, second: Path, tmp_path: Path
) -> None:
    reserve(first, 60 * MEGABYTE, storage=tmp_path, keep=0)

    with pytest.raises(DiskFull) as raised:
        reserve(second, 50 * MEGABYTE, storage=tmp_path, keep=0)

    assert raised.value.message == (
        f"the disk is full where {tmp_path} is: 100 MB are free, 110 MB are needed, "
        "60 MB of it for tasks that run; make room there: "
        "the task goes on by itself when there is enough"
    )
    reserve(second, 40 * MEGABYTE, storage=tmp_path, keep=0)


def test_what_another_has_written_is_not_reserved_twice(
    first: Path, second: Path, tmp_path: Path
) -> None:
    reserve(first, 60 * MEGABYTE, storage=tmp_path, keep=0)
    (first / "made.mp4").write_bytes(b"x" * 30 * MEGABYTE)

    reserve(second, 65 * MEGABYTE, storage=tmp_path, keep=0)


def test_the_room_of_an_attempt_that_ended_is_free_again(tmp_path: Path) -> None:
    for number in range(3):
        with scratch_folder(tmp_path, task_id="t", attempt=number) as folder:
            reserve(folder, 90 * MEGABYTE, storage=tmp_path, keep=0)


def test_some_room_stays_free(first: Path, tmp_path: Path) -> None:
    with pytest.raises(DiskFull, match="100 MB are free, 101 MB are needed"):
        reserve(first, MEGABYTE, storage=tmp_path, keep=100 * MEGABYTE)
