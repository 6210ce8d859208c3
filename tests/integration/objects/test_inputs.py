"""Copies of objects: made once for all processes, bounded, kept while in use."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import farm
from farm.errors import DiskFull, InputCacheFull, StoreFailed, TaskCancelled
from farm.objects.copies import Copy, safe_name
from farm.objects.s3 import S3Store
from farm.place import ObjectPath
from tests.integration.objects.conftest import options
from tests.store_server import Cable, StoreServer

if TYPE_CHECKING:
    from collections.abc import Callable

    from farm.objects.inputs import Held, InputCache

ROOT = Path(farm.__file__).parent.parent
PROGRAM = Path(__file__).with_name("fetch_one.py")


def put(server: StoreServer, key: str, size: int) -> bytes:
    data = os.urandom(size)
    server.client().put_object(Bucket="media", Key=key, Body=data)
    return data


def fetch(held: Held, store: S3Store, key: str) -> Copy:
    facts = store.stat(ObjectPath(f"s3://media/{key}"))
    return held.fetch(lambda: facts, store, key=(f"s3://media/{key}", facts.identity))


def start(
    cache: InputCache, url: str, key: str, *seconds: str
) -> subprocess.Popen[str]:
    arguments = [str(cache.folder), str(cache.max_bytes), url, f"s3://media/{key}"]
    return subprocess.Popen(
        [sys.executable, str(PROGRAM), *arguments, *seconds],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )


def until(holds: Callable[[], object], *, seconds: float = 30.0) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


def test_a_copy_is_made_once_and_then_found(
    server: StoreServer, store: S3Store, inputs: InputCache
) -> None:
    data = put(server, "clips/one.mp4", 100_000)

    with inputs.hold() as held:
        first = fetch(held, store, "clips/one.mp4")
        assert first.path.read_bytes() == data
        assert first.path.name == "one.mp4"
        assert first.sha256 == hashlib.sha256(data).hexdigest()
        assert first.is_new
    with inputs.hold() as held:
        again = fetch(held, store, "clips/one.mp4")

    assert (again.path, again.is_new) == (first.path, False)
    assert server.requests("GET", "/media/clips/one.mp4") == 1
    assert inputs.size() >= 100_000


def test_an_object_that_took_its_place_is_another_copy(
    server: StoreServer, store: S3Store, inputs: InputCache
) -> None:
    put(server, "replaced.mp4", 1000)
    with inputs.hold() as held:
        before = fetch(held, store, "replaced.mp4")
        data = put(server, "replaced.mp4", 1000)
        after = fetch(held, store, "replaced.mp4")

        assert before.path != after.path
        assert after.path.read_bytes() == data


def test_a_copy_that_was_cut_short_here_is_made_again(
    server: StoreServer, store: S3Store, inputs: InputCache
) -> None:
    data = put(server, "short.mp4", 1000)
    with inputs.hold() as held:
        copy = fetch(held, store, "short.mp4")
    copy.path.chmod(0o600)
    copy.path.write_bytes(data[:500])

    with inputs.hold() as held:
        assert fetch(held, store, "short.mp4").path.read_bytes() == data


def test_the_longest_unused_goes_first_and_the_limit_holds(
    server: StoreServer, store: S3Store, inputs: InputCache
) -> None:
    inputs.max_bytes = 250_000
    for number in range(3):
        put(server, f"lru/{number}", 100_000)
    with inputs.hold() as held:
        paths = [fetch(held, store, f"lru/{number}").path for number in (0, 1)]
    os.utime(paths[0].parent, (1, 1))
    os.utime(paths[1].parent, (2, 2))
    with inputs.hold() as held:  # used now, so that the other is the oldest
        fetch(held, store, "lru/0")
    with inputs.hold() as held:
        fetch(held, store, "lru/2")

    assert [path.exists() for path in paths] == [True, False]
    assert inputs.size() <= 250_000


def test_what_is_in_use_is_never_removed(
    server: StoreServer, store: S3Store, inputs: InputCache
) -> None:
    inputs.max_bytes = 150_000
    inputs.room_seconds = 0.3
    put(server, "used", 100_000)
    put(server, "wanted", 100_000)
    with inputs.hold() as held:
        used = fetch(held, store, "used")
        with (
            inputs.hold() as other,
            pytest.raises(InputCacheFull, match="tasks use all"),
        ):
            fetch(other, store, "wanted")
        assert used.path.stat().st_size == 100_000
    with inputs.hold() as other:
        assert fetch(other, store, "wanted").path.exists()

    assert not used.path.exists()


@pytest.mark.slow
def test_who_waits_for_room_gets_it_when_another_process_ends(
    server: StoreServer, store: S3Store, inputs: InputCache
) -> None:
    inputs.max_bytes = 150_000
    put(server, "long", 100_000)
    put(server, "next", 100_000)
    with start(inputs, server.url, "long", "60") as process:
        assert process.stdout is not None
        assert process.stdout.readline()  # it has its copy
        until(lambda: _times_out(inputs, store, "next"))
        process.kill()
    with inputs.hold() as held:
        assert fetch(held, store, "next").path.exists()


def _times_out(inputs: InputCache, store: S3Store, key: str) -> bool:
    inputs.room_seconds = 0.1
    with inputs.hold() as held, pytest.raises(InputCacheFull):
        fetch(held, store, key)
    inputs.room_seconds = 30.0
    return True


def test_what_is_larger_than_the_cache_is_refused_at_once(
    server: StoreServer, store: S3Store, inputs: InputCache
) -> None:
    inputs.max_bytes = 1000
    put(server, "large", 1001)

    with (
        inputs.hold() as held,
        pytest.raises(InputCacheFull, match="input_cache_max_bytes"),
    ):
        fetch(held, store, "large")


def test_processes_that_want_one_object_fetch_it_once(
    server: StoreServer, inputs: InputCache
) -> None:
    data = put(server, "shared.mp4", 2_000_000)
    with Cable(server_port=server.port, bytes_a_second=1_500_000) as cable:
        processes = [start(inputs, cable.url, "shared.mp4") for _ in range(4)]
        told = [process.communicate(timeout=60)[0].split() for process in processes]

    assert len({path for path, _, _ in told}) == 1
    assert {sha256 for _, sha256, _ in told} == {hashlib.sha256(data).hexdigest()}
    assert sorted(is_new for _, _, is_new in told) == [*["False"] * 3, "True"]
    assert server.requests("GET", "/media/shared.mp4") == 1


def test_another_goes_on_when_who_fetches_is_killed(
    server: StoreServer, store: S3Store, inputs: InputCache
) -> None:
    data = put(server, "killed.mp4", 2_000_000)
    with Cable(server_port=server.port, bytes_a_second=200_000) as cable:
        with start(inputs, cable.url, "killed.mp4") as process:
            until(lambda: list(inputs.folder.glob("*/.part")))
            process.kill()
        (part,) = inputs.folder.glob("*/.part")
    assert part.stat().st_size == 2_000_000  # its room, taken from the first

    with inputs.hold() as held:
        assert fetch(held, store, "killed.mp4").path.read_bytes() == data
    assert not part.exists()


def test_who_waits_for_a_copy_of_another_can_be_told_to_stop(
    server: StoreServer, store: S3Store, inputs: InputCache
) -> None:
    put(server, "slow.mp4", 2_000_000)
    with (
        Cable(server_port=server.port, bytes_a_second=200_000) as cable,
        start(inputs, cable.url, "slow.mp4") as process,
    ):
        until(lambda: list(inputs.folder.glob("*/.part")))
        with inputs.hold(lambda: True) as held, pytest.raises(TaskCancelled):
            fetch(held, store, "slow.mp4")
        process.kill()


def test_what_fails_leaves_nothing_behind(
    server: StoreServer, inputs: InputCache
) -> None:
    put(server, "hurt.mp4", 300_000)
    with Cable(server_port=server.port, damage_at=200_000) as cable:
        store = S3Store(options(cable.url))
        with inputs.hold() as held, pytest.raises(StoreFailed):
            fetch(held, store, "hurt.mp4")

    assert [path for path in inputs.folder.rglob("*") if path.is_file()] == [
        inputs.folder / ".room"
    ]


_OWN_MOUNTS = ("unshare", "--user", "--map-root-user", "--mount")
_SCRIPT = """
mount -t tmpfs -o size=3m tmpfs "$1"
shift
"$@"
"""


@pytest.mark.slow
def test_a_full_disk_is_said_after_all_that_can_go_has_gone(
    server: StoreServer, inputs: InputCache, tmp_path: Path
) -> None:
    tried = [*_OWN_MOUNTS, "mount", "-t", "tmpfs", "tmpfs", "/mnt"]
    if (
        shutil.which("unshare") is None
        or subprocess.run(tried, check=False, capture_output=True).returncode
    ):
        pytest.skip("this user may not mount a small file system")
    put(server, "disk/a", 2_000_000)
    put(server, "disk/b", 2_000_000)
    put(server, "disk/c", 8_000_000)
    inputs.folder.mkdir()
    arguments = (str(inputs.folder), str(inputs.max_bytes), server.url)
    program = f'"{sys.executable}" "{PROGRAM}" {" ".join(arguments)} s3://media/disk'
    script = f"{program}/a\n{program}/b\n{program}/c\nls -A {inputs.folder}/*\n"

    done = subprocess.run(
        [
            *(*_OWN_MOUNTS, "sh", "-c", _SCRIPT, "sh"),
            *(str(inputs.folder), "sh", "-c", script),
        ],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )

    one, two, *left = done.stdout.splitlines()
    assert (one.endswith("True"), two.endswith("True")) == (True, True)  # a made room
    assert "DiskFull: the disk of the input cache" in done.stderr
    assert ".part" not in " ".join(left)


def test_a_disk_that_fills_up_while_it_is_written_is_said(
    server: StoreServer,
    store: S3Store,
    inputs: InputCache,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("farm.objects.inputs.os.fsync", full)
    put(server, "full", 1000)

    with inputs.hold() as held, pytest.raises(DiskFull, match="input cache"):
        fetch(held, store, "full")
    assert not list(inputs.folder.glob("*/.part"))


def test_what_was_made_here_need_not_be_fetched(
    server: StoreServer, store: S3Store, inputs: InputCache, tmp_path: Path
) -> None:
    made = tmp_path / "made.mkv"
    made.write_bytes(b"made")
    inputs.adopt("s3://media/own", "own", made, sha256="abc", name="made.mkv")

    with inputs.hold() as held:
        copy = held.fetch(
            lambda: pytest.fail("it was asked for"),
            store,
            key=("s3://media/own", "own"),
        )

    assert (copy.path.read_bytes(), copy.sha256, copy.is_new) == (b"made", "abc", False)


@pytest.mark.parametrize(
    ("key", "name"),
    [
        ("clip 1.mp4", "clip 1.mp4"),
        ("-y.mp4", "source.mp4"),
        ("a:b'c.mov", "source.mov"),
        ("ü" * 200, "source"),
        ("about.json", "source.json"),
        (".part", "source.part"),
    ],
)
def test_a_copy_has_a_name_that_nothing_misreads(key: str, name: str) -> None:
    assert safe_name(key) == name
