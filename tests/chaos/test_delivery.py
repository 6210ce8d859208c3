"""Messages that come twice, late, in another order, or that are none."""

from __future__ import annotations

import json
import sys
from base64 import b64encode
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from farm.jobs.status import Queue
from tests.acceptance.farm.rig import Rig, until

if TYPE_CHECKING:
    from farm.jobs.records import Job

SHIM = Path(__file__).parent / "shim_coordinator.py"
JOBS = 12


def celery_message(task: str, body: object, **headers: object) -> bytes:
    """Return a message as Celery writes it, with any body."""
    return json.dumps(
        {
            "body": b64encode(json.dumps(body).encode()).decode(),
            "content-encoding": "utf-8",
            "content-type": "application/json",
            "headers": {"lang": "py", "task": task, "id": "x", **headers},
            "properties": {
                "correlation_id": "x",
                "delivery_mode": 2,
                "delivery_info": {"exchange": "", "routing_key": "cpu.batch"},
                "priority": 0,
                "body_encoding": "base64",
                "delivery_tag": "x",
            },
        }
    ).encode()


EMBED = {"callbacks": None, "errbacks": None, "chain": None, "chord": None}
GARBAGE = {
    "nothing": b"",
    "no json": b"what is this",
    "a list": b"[1, 2, 3]",
    "an empty object": b"{}",
    "a body that is a number": b'{"body": 7, "headers": {}, "properties": {}}',
    "pickle": b"\x80\x04\x95\x0c\x00\x00\x00\x00\x00\x00\x00",
    "a task that nobody knows": celery_message("os.system", [["true"], {}, EMBED]),
    "a task that is not there": celery_message(
        "segment", [["no-such-task"], {}, EMBED]
    ),
    "no arguments": celery_message("segment", [[], {}, EMBED]),
    "a number for a task": celery_message("segment", [[7], {}, EMBED]),
    "an object for a task": celery_message("segment", [[{"a": 1}], {}, EMBED]),
    "a body that is no list": celery_message("segment", {"a": 1}),
    "a text that no table can hold": celery_message("segment", [["\x00"], {}, EMBED]),
    "pickle as content": celery_message("segment", [[], {}, EMBED]).replace(
        b"application/json", b"application/x-python-serialize"
    ),
}


def submit(rig: Rig, count: int) -> list[Job]:
    return [rig.submit(0.1, 0.1) for _ in range(count)]


def check(rig: Rig, jobs: list[Job]) -> None:
    """Each task was done once, and all its outputs are there."""
    for job in jobs:
        rig.wait_completed(job, seconds=90)
        done = Counter(attempt.task_id for attempt in rig.attempts(job))
        assert set(done.values()) == {1}
        assert rig.outcomes(job) == ["completed"] * 2


def test_messages_that_come_twice_and_late_and_in_disorder_are_done_once(
    tmp_path: Path,
) -> None:
    rig = Rig.make(tmp_path, cpu_slots=2, lease_seconds=10.0)
    try:
        rig.start_valkey()
        rig.start([sys.executable, str(SHIM)])
        rig.start_worker()
        check(rig, submit(rig, JOBS))
        assert "Traceback" not in rig.logs()
    finally:
        rig.stop()


def test_garbage_in_the_queues_stops_nothing(rig: Rig) -> None:
    worker = rig.start_worker()
    prefix = rig.settings.broker_prefix
    jobs = submit(rig, 2)
    for garbage in GARBAGE.values():
        rig.redis().lpush(f"{prefix}{Queue.CPU_BATCH.value}", garbage)
        rig.redis().rpush(f"{prefix}{Queue.CPU_BATCH.value}", garbage)
    jobs += submit(rig, 2)

    check(rig, jobs)

    key = f"{prefix}{Queue.CPU_BATCH.value}"
    until(lambda: rig.redis().llen(key) == 0)  # it was taken, and thrown away
    check(rig, submit(rig, 1))
    assert worker.poll() is None
    assert "lane_ended" not in rig.logs()
    assert "Traceback" not in rig.logs()


def test_farms_with_other_prefixes_share_a_broker_and_see_nothing_of_each_other(
    tmp_path: Path,
) -> None:
    farms: list[Rig] = []
    try:
        for name in ("one", "two"):
            (tmp_path / name).mkdir()
            made = Rig.make(tmp_path / name, broker_prefix=f"{name}:")
            if farms:
                made.valkey_server = farms[0].valkey_server
                url = {"broker_url": farms[0].valkey_server.url}
                made.settings = made.settings.model_copy(update=url)
            else:
                made.start_valkey()
            farms.append(made)
            made.start_coordinator()
            made.start_worker()
        first, second = farms
        jobs = [(farm, farm.submit(0.2, 0.2)) for _ in range(3) for farm in farms]

        for farm, job in jobs:
            farm.wait_completed(job)
            names = {str(attempt.worker) for attempt in farm.attempts(job)}
            with farm.table() as table:
                assert names <= {worker.name for worker in table.workers()}
                assert len(table.workers()) == 1
            assert farm.outcomes(job) == ["completed"] * 2
        # no message of a farm wakes the other one's worker
        broker = first.redis()
        broker.lpush("one:cpu.batch", json.dumps({"for": "nobody"}))
        until(lambda: broker.llen("one:cpu.batch") == 0)
        broker.lpush("three:cpu.batch", json.dumps({"for": "nobody"}))
        assert broker.llen("three:cpu.batch") == 1
        for key in broker.scan_iter():
            assert key.split(b":")[0] in {b"one", b"two", b"three"}, key
        assert "Traceback" not in second.logs()
    finally:
        for farm in farms:
            farm.stop()
