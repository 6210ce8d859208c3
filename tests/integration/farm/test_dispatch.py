from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from redis import Redis

from farm.broker import Broker
from farm.coordinator.dispatch import FEWEST_WAITING, WAITING_LIMIT, send_ready
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
    assert send_ready(table, broker, resend_seconds=60).new == 3
    assert send_ready(table, broker, resend_seconds=60).new == 0
    assert broker.waiting("cpu.batch") == set(ids)


def test_what_still_waits_is_not_sent_again(
    table: JobTable, broker: Broker, valkey: Valkey
) -> None:
    add_tasks(table, 3)
    send_ready(table, broker, resend_seconds=0)
    assert send_ready(table, broker, resend_seconds=0).new == 0
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
    assert send_ready(table, broker, resend_seconds=60).new == 0
    assert send_ready(table, broker, resend_seconds=0).new == 3
    assert broker.waiting("cpu.batch") == set(ids)


def test_the_table_keeps_what_is_too_much_for_a_queue(
    table: JobTable, broker: Broker
) -> None:
    add_tasks(table, WAITING_LIMIT + 50)
    other = add_tasks(table, 2, Queue.GPU_BATCH)
    assert send_ready(table, broker, resend_seconds=60).new == FEWEST_WAITING + 2
    assert send_ready(table, broker, resend_seconds=0).new == 0
    assert len(broker.waiting("cpu.batch")) == FEWEST_WAITING
    assert broker.waiting("gpu.batch") == set(other)


def test_the_next_round_may_come_later_while_each_queue_holds_enough(
    table: JobTable, broker: Broker
) -> None:
    add_tasks(table, FEWEST_WAITING)
    assert not send_ready(table, broker, resend_seconds=60).enough  # none waited
    assert send_ready(table, broker, resend_seconds=60).enough
    add_tasks(table, 1, Queue.GPU_BATCH)
    assert not send_ready(table, broker, resend_seconds=60).enough
    assert not send_ready(table, broker, resend_seconds=60).enough


def test_more_may_wait_where_there_are_many_slots(
    table: JobTable, broker: Broker
) -> None:
    add_tasks(table, WAITING_LIMIT + 50)
    for slots, wait in ((20, 80), (500, WAITING_LIMIT)):
        table.register_worker(
            name="w@host",
            host="host",
            pid=1,
            queues=["cpu.batch"],
            slots=slots,
            device=None,
            ffmpeg=None,
        )
        send_ready(table, broker, resend_seconds=60)
        assert len(broker.waiting("cpu.batch")) == wait


def add_for(table: JobTable, owner: str, count: int, *, priority: int = 4) -> list[str]:
    tasks = [
        NewTask(
            name=f"t{number}",
            kind=TaskKind.SEGMENT,
            queue=Queue.CPU_BATCH,
            payload=None,
        )
        for number in range(count)
    ]
    new = NewJob(kind=JobKind.RENDER, spec={}, owner=owner, priority=priority)
    return [task.id for task in table.tasks(table.add_job(new, tasks).id)]


def in_order(broker: Broker) -> list[str]:
    return [each.task_id for each in broker.messages(["cpu.batch"])["cpu.batch"]]


def test_what_comes_later_takes_its_turn_before_what_waits_in_the_broker(
    table: JobTable, broker: Broker
) -> None:
    alice = add_for(table, "alice", 100)
    send_ready(table, broker, resend_seconds=60)
    assert in_order(broker) == alice[:FEWEST_WAITING]
    (bob,) = add_for(table, "bob", 1)

    assert send_ready(table, broker, resend_seconds=60).new == 1

    assert in_order(broker) == [alice[0], bob, *alice[1 : FEWEST_WAITING - 1]]


def test_the_highest_priority_goes_to_the_front_of_the_broker(
    table: JobTable, broker: Broker
) -> None:
    late = add_for(table, "alice", 500, priority=0)
    send_ready(table, broker, resend_seconds=60)
    order: list[str] = []
    for priority in (7, 8, 9):  # some of them share a list of the broker
        order = [*add_for(table, "alice", 1, priority=priority), *order]
        send_ready(table, broker, resend_seconds=60)

    assert in_order(broker) == [*order, *late[: FEWEST_WAITING - 3]]


def test_a_message_that_a_worker_has_just_taken_is_not_sent_again(
    table: JobTable, broker: Broker
) -> None:
    alice = add_for(table, "alice", 3)
    send_ready(table, broker, resend_seconds=60)
    broker.recall(broker.messages(["cpu.batch"])["cpu.batch"][:1])  # as if taken
    (bob,) = add_for(table, "bob", 1)

    send_ready(table, broker, resend_seconds=60)

    assert in_order(broker) == [bob, *alice[1:]]


def test_what_waits_over_the_limit_of_its_owner_is_taken_back(
    table: JobTable, broker: Broker
) -> None:
    first, second, *_ = add_for(table, "alice", 5)
    send_ready(table, broker, resend_seconds=60)
    assert table.claim(first, worker="w", lease_seconds=60)

    send_ready(table, broker, resend_seconds=60, limit_of={"alice": 2}.get)

    assert in_order(broker) == [second]


def test_messages_that_nobody_can_read_are_removed(
    table: JobTable, broker: Broker, valkey: Valkey
) -> None:
    ids = add_for(table, "alice", 2)
    with Redis.from_url(valkey.url) as redis:
        redis.lpush("farm:cpu.batch~1", b"no message", b'{"headers": 1}')

    send_ready(table, broker, resend_seconds=60)

    assert in_order(broker) == ids


def test_a_claimed_task_is_not_sent(table: JobTable, broker: Broker) -> None:
    first, second = add_tasks(table, 2)
    assert table.claim(first, worker="w", lease_seconds=60)
    assert send_ready(table, broker, resend_seconds=60).new == 1
    assert broker.waiting("cpu.batch") == {second}
