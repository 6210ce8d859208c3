"""A backup that is damaged, changed or of a newer farm is refused."""

from __future__ import annotations

import gzip
import zlib
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

from farm.errors import BackupFailed
from farm.jobs.restore import check_backup
from farm.jobs.schema import HEAD
from farm.jobs.table import JobTable
from tests.integration.jobs.test_backup import back_up, fill, write_lines

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Rows = dict[str, list[tuple[Any, ...]]]


def test_damage_is_found_before_anything_is_touched(
    sqlite_url: str, tmp_path: Path
) -> None:
    with closing(JobTable.open(sqlite_url)) as table:
        fill(table)
    path = back_up(sqlite_url, tmp_path / "a.gz")
    whole = path.read_bytes()
    other = tmp_path / "b.gz"
    for cut in (0, 1, len(whole) // 2, len(whole) - 20, len(whole) - 1):
        other.write_bytes(whole[:cut])
        with pytest.raises(BackupFailed):
            check_backup(other)
    for place in range(10, len(whole), 97):  # what is before is of no meaning
        changed = bytearray(whole)
        changed[place] ^= 0x10
        if _reads_alike(bytes(changed), whole):
            continue
        other.write_bytes(bytes(changed))
        with pytest.raises(BackupFailed):
            check_backup(other)


def _reads_alike(changed: bytes, whole: bytes) -> bool:
    """Whether a bit is one that fills up the last byte before the sums of gzip."""
    try:
        return gzip.decompress(changed) == gzip.decompress(whole)
    except (OSError, EOFError, zlib.error):
        return False


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda lines: lines[:-1], "is cut off"),
        (lambda lines: [*lines[:2], *lines[3:]], "its sum is another one"),
        (lambda lines: [lines[0].replace(b"farm-", b"bank-"), *lines[1:]], "no backup"),
        (
            lambda lines: [
                lines[0].replace(f'"{HEAD}"'.encode(), b'"9999"'),
                *lines[1:],
            ],
            "of a newer farm",
        ),
        (lambda lines: [b"[1]", *lines], "no backup of a farm"),
        (lambda lines: [*lines, b"{}"], "more follows its end"),
        (lambda lines: [lines[0], b"{", *lines[1:]], "is damaged"),
    ],
)
def test_a_backup_that_was_changed_is_refused(
    sqlite_url: str,
    tmp_path: Path,
    change: Callable[[list[bytes]], list[bytes]],
    why: str,
) -> None:
    with closing(JobTable.open(sqlite_url)) as table:
        fill(table)
    path = back_up(sqlite_url, tmp_path / "a.gz")
    lines = gzip.decompress(path.read_bytes()).splitlines()
    path.write_bytes(gzip.compress(b"\n".join(change(lines)) + b"\n"))

    with pytest.raises(BackupFailed, match=why):
        check_backup(path)


def test_a_backup_of_a_newer_farm_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "new.gz"
    head = {"format": "farm-backup/1", "schema": "9999", "farm": "9", "created": 1.0}
    write_lines(path, [head])

    with pytest.raises(BackupFailed, match=f"schema 9999, here {HEAD}"):
        check_backup(path)
