"""Alerts go from pending to firing to resolved, and messages are sent once."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from farm.jobs.alerts import Breach
from farm.jobs.outbox import RETRY_SECONDS

if TYPE_CHECKING:
    from farm.jobs.alerts import Key
    from farm.jobs.table import JobTable


def breach(for_seconds: float = 60.0, value: float = 2.0) -> dict[Key, Breach]:
    found = Breach(
        rule="queue_old",
        labels={"queue": "cpu.batch"},
        severity="warning",
        summary="it waits",
        for_seconds=for_seconds,
        value=value,
    )
    return {found.key: found}


def states(table: JobTable) -> list[str]:
    return [alert.state for alert in table.alerts.read()]


def test_an_alert_fires_after_so_long_and_ends(table: JobTable) -> None:
    assert table.alerts.update(breach(), at=1000.0) == []
    assert states(table) == ["pending"]
    assert table.alerts.update(breach(value=5.0), at=1059.0) == []
    (fired,) = table.alerts.update(breach(value=7.0), at=1060.0)
    assert (fired.state, fired.since, fired.fired) == ("firing", 1000.0, 1060.0)
    assert table.alerts.update(breach(value=9.0), at=1075.0) == []
    (ended,) = table.alerts.update({}, at=1090.0)

    assert (ended.state, ended.resolved, ended.value) == ("resolved", 1090.0, 9.0)
    assert ended.labels == {"queue": "cpu.batch"}
    assert table.alerts.update({}, at=1105.0) == []
    assert table.alerts.read() == [ended]


def test_what_ends_before_it_fires_is_forgotten(table: JobTable) -> None:
    table.alerts.update(breach(), at=1000.0)
    assert table.alerts.update({}, at=1001.0) == []

    assert table.alerts.read() == []


def test_an_alert_comes_again_as_another_one(table: JobTable) -> None:
    for at in (1000.0, 2000.0):
        assert table.alerts.update(breach(0.0), at=at)
        assert table.alerts.update({}, at=at + 1)

    assert [alert.since for alert in table.alerts.read()] == [2000.0, 1000.0]
    assert len(table.alerts.read(limit=1)) == 1


def test_two_coordinators_make_one_alert_and_one_message(table: JobTable) -> None:
    def look() -> int:
        return len(table.alerts.update(breach(0.0), at=1000.0, webhook="http://x/"))

    with ThreadPoolExecutor(4) as threads:
        changed = [done.result() for done in [threads.submit(look) for _ in range(8)]]

    assert sum(changed) == 1
    assert states(table) == ["firing"]
    assert len(table.outbox.read()) == 1


def test_a_message_is_claimed_once_and_tells_the_alert(table: JobTable) -> None:
    table.alerts.update(breach(0.0), at=1000.0, webhook="http://example.com/")

    (first,) = table.outbox.claim()

    assert table.outbox.claim() == []
    assert (first.event, first.tries, first.url) == (
        *("alert.firing", 1),
        "http://example.com/",
    )
    body = json.loads(first.body)
    assert body["alert"] == "queue_old"
    assert (body["value"], body["labels"]) == (2.0, {"queue": "cpu.batch"})
    table.outbox.note(first, http_status=204, error=None)
    (sent,) = table.outbox.read()
    assert (sent.state, sent.http_status) == ("sent", 204)
    assert sent.ended is not None


def test_a_message_is_tried_again_and_fails_in_the_end(table: JobTable) -> None:
    table.alerts.update(breach(0.0), at=1000.0, webhook="http://example.com/")
    waits = []
    (delivery,) = table.outbox.claim()
    for _ in RETRY_SECONDS:
        table.outbox.note(delivery, http_status=500, error="it answered 500")
        (now,) = table.outbox.read()
        assert now.state == "waiting"
        waits.append(now.next_try - table.now())
        with table._database.writing() as connection:
            connection.exec_driver_sql("UPDATE deliveries SET next_try = 0")
        (delivery,) = table.outbox.claim()
    table.outbox.note(delivery, http_status=None, error="no answer")

    (last,) = table.outbox.read()
    assert (last.state, last.tries, last.error) == ("failed", 6, "no answer")
    assert [round(wait, -1 if wait > 5 else 0) for wait in waits] == [
        *(2.0, 10.0, 60.0, 300.0),
        1800.0,
    ]
    assert table.outbox.claim() == []
