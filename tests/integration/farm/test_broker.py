from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from celery.exceptions import QueueNotFound
from redis import Redis

from farm.broker import Broker, Message, broker_priority, build_app
from farm.errors import BrokerUnavailable
from farm.jobs.status import Queue

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.integration.farm.conftest import Valkey

QUEUES = [queue.value for queue in Queue]


def message(number: int = 1, *, queue: str = "cpu.batch", priority: int = 4) -> Message:
    return Message(
        task_id=f"task-{number}",
        kind="segment",
        queue=queue,
        priority=priority,
        job_id="job",
        task_name=f"segment-{number}",
    )


@pytest.fixture
def broker(valkey: Valkey) -> Iterator[Broker]:
    with Broker(valkey.url, queues=QUEUES) as broker:
        yield broker


def test_what_was_sent_waits_in_its_queue(broker: Broker) -> None:
    broker.send([message(n, priority=n) for n in range(10)])
    broker.send([message(11, queue="gpu.interactive")])

    assert broker.waiting("cpu.batch") == {f"task-{n}" for n in range(10)}
    assert broker.waiting("gpu.interactive") == {"task-11"}
    assert broker.waiting("cpu.interactive") == set()


def test_keys_can_be_shared_with_others(broker: Broker, valkey: Valkey) -> None:
    broker.send([message()])
    with Redis.from_url(valkey.url) as redis:
        assert all(key.startswith(b"farm:") for key in redis.scan_iter())


def test_a_queue_that_nobody_serves_is_an_error(broker: Broker) -> None:
    with pytest.raises(QueueNotFound):
        broker.send([message(queue="cpu.wrong")])


def test_a_broker_that_is_away_is_told_at_once_and_found_again(
    broker: Broker, valkey: Valkey
) -> None:
    broker.send([message()])
    valkey.kill()
    started = time.monotonic()
    with pytest.raises(BrokerUnavailable, match="cannot be reached"):
        broker.send([message()])
    with pytest.raises(BrokerUnavailable):
        broker.waiting("cpu.batch")
    assert time.monotonic() - started < 2

    valkey.start()
    broker.send([message(2)])
    assert broker.waiting("cpu.batch") == {"task-2"}


def test_a_frozen_broker_holds_nobody_for_long(broker: Broker, valkey: Valkey) -> None:
    broker.send([message()])
    valkey.freeze()
    started = time.monotonic()
    with pytest.raises(BrokerUnavailable):
        broker.send([message()])
    assert time.monotonic() - started < 8
    valkey.thaw()
    broker.send([message(3)])
    assert "task-3" in broker.waiting("cpu.batch")


def test_interactive_tasks_come_before_all_others() -> None:
    interactive = [broker_priority("cpu.interactive", n) for n in range(10)]
    batch = [broker_priority("cpu.batch", n) for n in range(10)]
    assert max(interactive) < min(batch)
    assert interactive == sorted(interactive, reverse=True)
    assert batch == sorted(batch, reverse=True)
    assert min(interactive) == 0
    assert max(batch) == 9


def test_nothing_is_acknowledged_late_or_fetched_before() -> None:
    conf = build_app("redis://localhost", queues=QUEUES).conf
    assert conf.task_acks_late is False
    assert conf.worker_disable_prefetch is True
    assert conf.result_backend is None
    assert conf.task_create_missing_queues is False
