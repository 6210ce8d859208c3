"""Which messages may wake a worker."""

from __future__ import annotations

import json
from typing import Any

import pytest

from farm.broker import Broker, Message
from farm.wire import find_flaw, read_task_id
from tests.strange_messages import GARBAGE, GOOD, changed

QUEUE = "cpu.batch"


@pytest.fixture
def sent() -> dict[str, Any]:
    """Return a message as the farm's own broker sends it, kept in this process."""
    message = Message(
        task_id="0f3a-1",
        kind="segment",
        queue=QUEUE,
        priority=4,
        job_id="job",
        task_name="segment-1",
    )
    with Broker("redis://127.0.0.1:1/0", queues=[QUEUE]) as broker:
        app = broker._app
        app.conf.broker_transport = "memory"
        broker.send([message])
        with app.connection() as connection, connection.channel() as channel:
            held: dict[str, Any] = json.loads(json.dumps(channel._get(QUEUE)))
            return held


def test_what_the_farm_sends_has_the_shape(sent: dict[str, Any]) -> None:
    assert find_flaw(sent) is None
    assert read_task_id(json.dumps(sent).encode()) == "0f3a-1"


def test_the_good_one_is_good() -> None:
    assert find_flaw(json.loads(GOOD)) is None
    assert read_task_id(GOOD) == "task"


@pytest.mark.parametrize("raw", GARBAGE, ids=range(len(GARBAGE)))
def test_all_else_is_no_message(raw: bytes) -> None:
    assert read_task_id(raw) is None


@pytest.mark.parametrize(
    "part", ["headers", "properties", "body", "content-type", "content-encoding"]
)
@pytest.mark.parametrize(
    "value", [None, 1, 1e400, "", "text", [], [[]], {}, {"id": 1}, {"id": "a" * 200}]
)
def test_a_part_of_another_kind_is_a_flaw(part: str, value: object) -> None:
    assert find_flaw(json.loads(changed(**{part: value})))
