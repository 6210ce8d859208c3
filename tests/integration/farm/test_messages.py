"""What becomes of a message that a worker takes, with or without its broker."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import pytest
from redis import Redis

from farm.broker import Broker
from farm.broker import Message as Sent
from farm.wire import Message

if TYPE_CHECKING:
    from tests.integration.farm.conftest import Valkey

QUEUE = "cpu.batch"


SENT = Sent(
    task_id="0f3a-1",
    kind="segment",
    queue=QUEUE,
    priority=9,
    job_id="job",
    task_name="segment-1",
)


def test_a_message_that_was_taken_is_nowhere_any_more(valkey: Valkey) -> None:
    taken: list[Message] = []
    with Broker(valkey.url, queues=[QUEUE]) as broker:
        broker.send([SENT])
        app = broker._app
        with app.connection() as connection, connection.channel() as channel:
            consumer = app.amqp.TaskConsumer(channel)
            consumer.on_message = taken.append
            with consumer:
                connection.drain_events(timeout=5)
            with Redis.from_url(valkey.url) as redis:
                kept = [key for key in redis.scan_iter() if b"_kombu" not in key]
    assert [message.headers["id"] for message in taken] == [SENT.task_id]
    assert kept == []


@pytest.mark.parametrize("does", ["ack_log_error", "reject_log_error"])
def test_a_broker_that_is_gone_is_not_missed_when_a_message_is_done_with(
    valkey: Valkey, caplog: pytest.LogCaptureFixture, does: str
) -> None:
    with Broker(valkey.url, queues=[QUEUE]) as broker:
        broker.send([SENT])
        with broker._app.connection() as connection, connection.channel() as channel:
            message = channel.basic_get(QUEUE, no_ack=True)
            assert isinstance(message, Message)
            valkey.kill()
            getattr(message, does)(logging.getLogger(), connection.connection_errors)
            assert message.acknowledged
            valkey.start()
    assert caplog.text == ""
