from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from farm.errors import NotAllowed
from tests.integration.jobs.factories import add_job, claim, task_of

if TYPE_CHECKING:
    from farm.jobs.table import JobTable


def register(table: JobTable, name: str, *, slots: int = 2) -> None:
    table.register_worker(
        name=name,
        host="node-1",
        pid=42,
        queues=["cpu.interactive", "cpu.batch"],
        slots=slots,
        device=None,
        ffmpeg="7.1",
    )


def test_worker_is_listed_with_what_it_has(table: JobTable) -> None:
    register(table, "cpu-1@node-1")
    register(table, "cpu-2@node-1")
    job = add_job(table, "a", "b", "c")
    ids = [task_of(table, job, name) for name in "abc"]
    for task_id in ids:
        claim(table, task_id, worker="cpu-1@node-1")
    table.complete(ids[0], attempt=1, result=None)

    first, second = table.workers()

    assert first.name == "cpu-1@node-1"
    assert first.queues == ("cpu.interactive", "cpu.batch")
    assert (first.host, first.pid, first.slots) == ("node-1", 42, 2)
    assert (first.device, first.ffmpeg, first.state) == (None, "7.1", "online")
    assert set(first.active) == set(ids[1:])
    assert second.active == ()


def test_worker_of_the_same_name_is_replaced(table: JobTable) -> None:
    register(table, "w", slots=2)
    table.worker_seen("w", state="offline")

    register(table, "w", slots=8)

    [worker] = table.workers()
    assert (worker.slots, worker.state) == (8, "online")


def test_worker_that_is_not_heard_of_is_lost_until_it_is_seen(table: JobTable) -> None:
    register(table, "w")
    assert table.mark_lost_workers(after_seconds=60) == []

    assert table.mark_lost_workers(after_seconds=-1) == ["w"]
    assert table.mark_lost_workers(after_seconds=-1) == []
    assert table.workers()[0].state == "lost"

    table.worker_seen("w")
    assert table.workers()[0].state == "online"


def test_worker_that_went_offline_is_not_lost(table: JobTable) -> None:
    register(table, "w")
    table.worker_seen("w", state="offline")

    assert table.mark_lost_workers(after_seconds=-1) == []
    assert table.workers()[0].state == "offline"


def test_unknown_worker_is_not_made_by_being_seen(table: JobTable) -> None:
    table.worker_seen("nobody")

    assert table.workers() == []


def test_worker_is_drained_with_all_its_lanes(table: JobTable) -> None:
    for name in ("cpu-1@a", "cpu-1-interactive@a", "cpu-12@b"):
        register(table, name)
    with pytest.raises(NotAllowed, match="More than one"):
        table.drain_worker("cpu-1")
    with pytest.raises(NotAllowed, match="online: cpu-12@b, cpu-1@a"):
        table.drain_worker("gpu")

    assert sorted(table.drain_worker("cpu-1@a")) == [
        "cpu-1-interactive@a",
        "cpu-1@a",
    ]

    assert table.worker_seen("cpu-1@a") == "draining"
    assert table.worker_seen("cpu-12@b") == "online"
    assert {worker.name: worker.state for worker in table.workers()} == {
        "cpu-1@a": "draining",
        "cpu-1-interactive@a": "draining",
        "cpu-12@b": "online",
    }
    assert table.worker_seen("cpu-1@a", state="offline") == "offline"
    assert table.mark_lost_workers(after_seconds=-1) == [
        "cpu-1-interactive@a",
        "cpu-12@b",
    ]
