from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from redis import Redis

from farm.broker import Broker
from farm.coordinator.dispatch import WAITING_LIMIT, send_ready
from farm.jobs.records import NewJob, NewTask
from farm.jobs.status import JobKind, Queue, TaskKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from farm.jobs.table import JobTable
    from tests.integration.farm.conftest import Valkey

QUEUES = [queue.value for queue in Queue]


@pytest.fixture
def broker(valkey: Valkey) -> Iterator[Broker]:
    with Broker(valkey.url, queues=QUEUES) as broker:
        yield broker


def add_tasks(table: JobTable, count: int, queue: Queue = Queue.CPU_BATCH) -> list[str]:
    tasks = [
        NewTask(name=f"t{number}", kind=TaskKind.SEGMENT, queue=queue, payload=None)
        for number in range(count)
    ]
    job = table.add_job(NewJob(kind=JobKind.RENDER, spec={}), tasks)
    return [task.id for task in table.tasks(job.id)]


def test_what_is_queued_is_sent_once(table: JobTable, broker: Broker) -> None:
    ids = add_tasks(table, 3)
    assert send_ready(table, broker, resend_seconds=60) == 3
    assert send_ready(table, broker, resend_seconds=60) == 0
    assert broker.waiting("cpu.batch") == set(ids)


def test_what_still_waits_is_not_sent_again(
    table: JobTable, broker: Broker, valkey: Valkey
) -> None:
    add_tasks(table, 3)
    send_ready(table, broker, resend_seconds=0)
    assert send_ready(table, broker, resend_seconds=0) == 0
    with Redis.from_url(valkey.url) as redis:
        lists = [key for key in redis.scan_iter() if redis.type(key) == b"list"]
        assert sum(redis.llen(key) for key in lists) == 3


def test_what_was_lost_is_sent_again(
    table: JobTable, broker: Broker, valkey: Valkey
) -> None:
    ids = add_tasks(table, 3)
    send_ready(table, broker, resend_seconds=0)
    with Redis.from_url(valkey.url) as redis:
        redis.flushall()
    assert send_ready(table, broker, resend_seconds=60) == 0
    assert send_ready(table, broker, resend_seconds=0) == 3
    assert broker.waiting("cpu.batch") == set(ids)


def test_the_table_keeps_what_is_too_much_for_a_queue(
    table: JobTable, broker: Broker
) -> None:
    add_tasks(table, WAITING_LIMIT + 50)
    other = add_tasks(table, 2, Queue.GPU_BATCH)
    assert send_ready(table, broker, resend_seconds=60) == WAITING_LIMIT + 2
    assert send_ready(table, broker, resend_seconds=0) == 0
    assert len(broker.waiting("cpu.batch")) == WAITING_LIMIT
    assert broker.waiting("gpu.batch") == set(other)


def test_a_claimed_task_is_not_sent(table: JobTable, broker: Broker) -> None:
    first, second = add_tasks(table, 2)
    assert table.claim(first, worker="w", lease_seconds=60)
    assert send_ready(table, broker, resend_seconds=60) == 1
    assert broker.waiting("cpu.batch") == {second}
