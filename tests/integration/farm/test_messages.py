"""What a worker does with a message when the broker is gone."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import pytest

from farm.broker import Broker
from farm.broker import Message as Sent
from farm.wire import Message

if TYPE_CHECKING:
    from tests.integration.farm.conftest import Valkey

QUEUE = "cpu.batch"


@pytest.mark.parametrize("does", ["ack_log_error", "reject_log_error"])
def test_a_broker_that_cannot_be_told_costs_a_line_and_no_trace(
    valkey: Valkey, caplog: pytest.LogCaptureFixture, does: str
) -> None:
    sent = Sent(
        task_id="0f3a-1",
        kind="segment",
        queue=QUEUE,
        priority=9,
        job_id="job",
        task_name="segment-1",
    )
    with Broker(valkey.url, queues=[QUEUE]) as broker:
        broker.send([sent])
        with broker._app.connection() as connection, connection.channel() as channel:
            message = channel.basic_get(QUEUE)
            assert isinstance(message, Message)
            valkey.kill()
            getattr(message, does)(logging.getLogger(), connection.connection_errors)
            valkey.start()  # what is not done with is given back at the end
    assert "broker_not_told" in caplog.text
    assert "Traceback" not in caplog.text
    assert not any(record.exc_info for record in caplog.records)
