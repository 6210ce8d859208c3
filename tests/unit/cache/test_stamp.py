from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

from farm.cache.stamp import read_stamp

if TYPE_CHECKING:
    from pathlib import Path


def test_a_file_that_nobody_touches_keeps_its_stamp(tmp_path: Path) -> None:
    file = tmp_path / "a"
    file.write_bytes(b"one")

    assert read_stamp(file) == read_stamp(file)


def test_a_file_of_the_same_size_and_time_is_told_apart(tmp_path: Path) -> None:
    file = tmp_path / "a"
    file.write_bytes(b"one")
    os.utime(file, ns=(1, 1))
    before = read_stamp(file)
    other = tmp_path / "b"
    other.write_bytes(b"two")
    shutil.copystat(file, other)
    other.replace(file)

    after = read_stamp(file)

    assert before is not None
    assert after is not None
    assert before.text != after.text


def test_a_file_that_just_changed_may_change_again(tmp_path: Path) -> None:
    file = tmp_path / "a"
    file.write_bytes(b"one")
    os.utime(file, ns=(1, 1))  # its time of modification is long ago

    stamp = read_stamp(file)

    assert stamp is not None
    assert not stamp.is_settled


def test_there_is_no_stamp_of_what_is_not_there(tmp_path: Path) -> None:
    assert read_stamp(tmp_path / "none") is None
