"""How often the broker and the table are asked for each task, on any machine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from redis import Redis
from redis.connection import AbstractConnection
from sqlalchemy import event

from farm.broker import Broker
from farm.coordinator.dispatch import send_ready
from farm.jobs.records import NewJob, NewTask
from farm.jobs.status import JobKind, Queue, TaskKind

if TYPE_CHECKING:
    from farm.jobs.table import JobTable
    from tests.integration.farm.conftest import Valkey

TRIPS, STATEMENTS = 2, 12
"""What a round of sending asks: the broker (what waits; then all messages, with the
events that show them in Flower), and the table, with `BEGIN`."""


@pytest.mark.parametrize("count", [1, 20])
def test_a_round_of_sending_asks_as_often_whatever_it_sends(
    valkey: Valkey, table: JobTable, monkeypatch: pytest.MonkeyPatch, count: int
) -> None:
    queues = [queue.value for queue in Queue]
    with Broker(valkey.url, queues=queues) as broker:
        _add(table, 1)
        assert send_ready(table, broker, resend_seconds=60).new == 1  # connects
        _add(table, count)
        trips, statements = _count(table, monkeypatch)
        assert send_ready(table, broker, resend_seconds=60).new == count
        assert len(trips) <= TRIPS, trips
        assert len(statements) <= STATEMENTS, statements


def test_nothing_is_asked_of_the_broker_where_nothing_waits(
    valkey: Valkey, table: JobTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Broker(valkey.url, queues=[queue.value for queue in Queue]) as broker:
        trips, statements = _count(table, monkeypatch)
        assert send_ready(table, broker, resend_seconds=60).new == 0
    assert not trips
    assert len(statements) == 2, statements  # `BEGIN`, and one


def test_messages_are_all_that_the_broker_keeps(
    valkey: Valkey, table: JobTable
) -> None:
    with Broker(valkey.url, queues=[queue.value for queue in Queue]) as broker:
        _add(table, 20)
        send_ready(table, broker, resend_seconds=60)
        with Redis.from_url(valkey.url) as redis:
            lists = [key for key in redis.scan_iter() if redis.type(key) == b"list"]
            assert sum(redis.llen(key) for key in lists) == 20


def _add(table: JobTable, count: int) -> None:
    tasks = [
        NewTask(
            name=f"t{number}",
            kind=TaskKind.SEGMENT,
            queue=Queue.CPU_BATCH,
            payload=None,
        )
        for number in range(count)
    ]
    table.add_job(NewJob(kind=JobKind.RENDER, spec={}), tasks)


def _count(
    table: JobTable, monkeypatch: pytest.MonkeyPatch
) -> tuple[list[bytes], list[str]]:
    """Collect what goes to the broker, a packet a round trip, and to the table."""
    trips: list[bytes] = []
    statements: list[str] = []
    send: Any = AbstractConnection.send_packed_command

    def note(self: Any, command: Any, *more: Any, **named: Any) -> None:  # noqa: ANN401
        trips.append(b"".join(command)[:200] if isinstance(command, list) else command)
        send(self, command, *more, **named)

    monkeypatch.setattr(AbstractConnection, "send_packed_command", note)
    event.listen(
        table._database._engine,
        "before_cursor_execute",
        lambda _c, _u, statement, *_rest: statements.append(statement),
    )
    return trips, statements
