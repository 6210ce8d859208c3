"""Files of the cache are whole, or not there, whatever happens to who writes them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from farm.cache.evict import evict, remove_orphans
from farm.cache.stats import read_stats
from farm.cache.store import ArtifactStore, is_whole
from farm.jobs.cached import CacheLimits
from farm.jobs.status import TaskKind
from farm.jobs.table import JobTable
from tests.acceptance.farm.rig import ROOT, until
from tests.integration.jobs.factories import new_job

if TYPE_CHECKING:
    from collections.abc import Iterator

KEY = "ab" + "0" * 62
MANY = 10**12
LIMITS = CacheLimits(max_bytes=MANY, max_entries=MANY, max_age_seconds=MANY)

KEEP = """
import sys
from pathlib import Path
from farm.cache.store import ArtifactStore
from farm.jobs.status import TaskKind
from farm.jobs.table import JobTable
storage, job_id, owner, key, size = sys.argv[1:]
table = JobTable.open(f"sqlite:///{storage}/jobs.sqlite")
made = Path(storage) / f"made-{owner}.mp4"
made.write_bytes(b"x" * int(size))
store = ArtifactStore(
    index=table.artifacts, storage=Path(storage), job_id=job_id, owner=owner
)
print("there", flush=True)
sys.stdin.readline()
kept = store.keep(key, made, kind=TaskKind.SEGMENT, facts=None, seconds=1)
print(kept.path, flush=True)
"""


@pytest.fixture
def table(tmp_path: Path) -> Iterator[JobTable]:
    opened = JobTable.open(f"sqlite:///{tmp_path / 'jobs.sqlite'}")
    yield opened
    opened.close()


@pytest.fixture
def job_id(table: JobTable) -> str:
    return table.add_job(new_job()).id


@pytest.fixture
def store(table: JobTable, job_id: str, tmp_path: Path) -> ArtifactStore:
    return ArtifactStore(
        index=table.artifacts, storage=tmp_path, job_id=job_id, owner="task-1"
    )


def keep(store: ArtifactStore, key: str = KEY, data: bytes = b"made") -> Path:
    assert isinstance(store.storage, Path)
    made = store.storage / "made.mp4"
    made.write_bytes(data)
    kept = store.keep(key, made, kind=TaskKind.SEGMENT, facts={"n": 1}, seconds=2)
    return store.storage / kept.path


def start(folder: Path, job_id: str, owner: str, size: int) -> subprocess.Popen[bytes]:
    process = subprocess.Popen(
        [sys.executable, "-c", KEEP, str(folder), job_id, owner, KEY, str(size)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b"there\n"
    return process


def files_in(folder: Path) -> list[Path]:
    return sorted((folder / "cache").glob("*/*")) + sorted(
        (folder / "cache").glob("*/.*")
    )


def test_what_was_kept_is_found(store: ArtifactStore) -> None:
    path = keep(store)

    found = store.find(KEY)

    assert path.read_bytes() == b"made"
    assert found is not None
    assert (found.facts, found.seconds, found.size_bytes) == ({"n": 1}, 2, 4)
    assert store.find("cd" + KEY[2:]) is None


def test_a_flipped_byte_is_a_miss_and_the_file_goes(store: ArtifactStore) -> None:
    path = keep(store)
    path.write_bytes(b"mode")

    assert store.find(KEY) is None
    assert not path.exists()
    assert store.index.paths() == set()
    assert keep(store).read_bytes() == b"made"
    assert store.find(KEY) is not None


def test_eight_writers_at_once_leave_one_whole_file(
    tmp_path: Path, table: JobTable, job_id: str
) -> None:
    writers = [start(tmp_path, job_id, f"task-{n}", 2_000_000) for n in range(8)]
    for writer in writers:
        assert writer.stdin is not None
        writer.stdin.write(b"go\n")
        writer.stdin.flush()

    told = {writer.communicate(timeout=60)[0] for writer in writers}

    assert all(writer.returncode == 0 for writer in writers)
    assert len(told) == 1
    assert len(files_in(tmp_path)) == 1
    found = table.artifacts.take(KEY, job_id=job_id)
    assert found is not None
    assert is_whole(found, tmp_path)


def test_a_writer_that_is_killed_leaves_nothing_that_is_found(
    tmp_path: Path, table: JobTable, store: ArtifactStore, job_id: str
) -> None:
    """It is frozen somewhere between its first byte and its last line, and killed."""
    for number in range(12):
        writer = start(tmp_path, job_id, f"task-{number}", 20_000_000)
        assert writer.stdin is not None
        writer.stdin.write(b"go\n")
        writer.stdin.flush()
        if number % 2:
            until(partial(files_in, tmp_path))
        writer.send_signal(signal.SIGKILL)
        writer.communicate()
        found = store.find(KEY)
        if found is not None:  # it was done before it was killed
            assert is_whole(found, tmp_path)
            store.remove(found)

    for path in [*files_in(tmp_path), *tmp_path.glob("cache/*/.*")]:
        if path.exists():
            os.utime(path, (1, 1))
    remove_orphans(table.artifacts, storage=tmp_path)
    assert files_in(tmp_path) == []


def test_a_full_disk_keeps_nothing(
    store: ArtifactStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = tmp_path / "made.mp4"
    made.write_bytes(b"x" * 100)

    def no_room(file: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", no_room)
    with pytest.raises(OSError, match="No space left"):
        store.keep(KEY, made, kind=TaskKind.SEGMENT, facts=None, seconds=1)

    assert files_in(tmp_path) == []
    assert store.index.paths() == set()


def test_evicted_files_go_from_the_disk(
    store: ArtifactStore, table: JobTable, job_id: str, tmp_path: Path
) -> None:
    for number in range(5):
        keep(store, f"{number:064}")
    limits = CacheLimits(max_bytes=MANY, max_entries=2, max_age_seconds=MANY)

    assert evict(table.artifacts, usual=limits, storage=tmp_path) == 0
    table.cancel_job(job_id)
    assert evict(table.artifacts, usual=limits, storage=tmp_path) == 3

    assert len(files_in(tmp_path)) == 2
    assert table.artifacts.counts()["evicted"].count == 3


def test_what_is_listed_or_new_is_no_orphan(
    store: ArtifactStore, table: JobTable, tmp_path: Path
) -> None:
    kept = keep(store)
    old, new = kept.with_name("old.mp4"), kept.with_name("new.mp4")
    for path in (old, new):
        path.write_bytes(b"x")
    for path in (kept, old):
        os.utime(path, (1, 1))

    assert remove_orphans(table.artifacts, storage=tmp_path) == 1
    assert files_in(tmp_path) == sorted([kept, new])


def test_the_cache_is_measured(store: ArtifactStore, tmp_path: Path) -> None:
    empty = read_stats(store.index, usual=LIMITS, storage=tmp_path)
    keep(store, data=b"x" * 5000)
    for key in (KEY, KEY, KEY, "cd" + KEY[2:]):
        store.find(key)

    stats = read_stats(store.index, usual=LIMITS, storage=tmp_path)

    assert (empty.entries, empty.hit_rate, empty.fragmentation) == (0, None, 0)
    assert (stats.entries, stats.size_bytes, stats.kept) == (1, 5000, 1)
    assert (stats.hits, stats.misses) == (3, 1)
    assert stats.hit_rate == stats.hit_rate_last_hour == stats.hit_rate_last_day == 0.75
    assert stats.response_seconds is not None
    assert 0 < stats.response_seconds < 1
    assert stats.disk_bytes >= 5000
    assert stats.fragmentation == pytest.approx(1 - 5000 / stats.disk_bytes)
