"""What strangers write to the broker ends no worker and blocks none."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psutil
from redis import Redis

from farm.broker import Broker
from farm.jobs.status import Queue
from tests.acceptance.farm.rig import until
from tests.strange_messages import GARBAGE, changed

if TYPE_CHECKING:
    from tests.acceptance.farm.rig import Rig

QUEUES = [queue.value for queue in Queue]
#: Of a kind that no worker does, and of a task that is not in the table.
WELL_FORMED = (
    changed(headers={"lang": "py", "task": "no_such_kind", "id": "task"}),
    changed(),
)


def test_garbage_is_dropped_and_work_goes_on(rig: Rig) -> None:
    worker = rig.start_worker()
    before = {each.pid for each in psutil.Process(worker.pid).children(recursive=True)}
    with Redis.from_url(rig.settings.broker_url or "") as redis:
        for raw in (*GARBAGE, *WELL_FORMED):
            redis.lpush("farm:cpu.batch", raw)
            redis.lpush("farm:cpu.batch~6", raw)
        for channel in ("farm:/0.celery.pidbox", "farm:/0.celeryev/worker.online"):
            for raw in GARBAGE:
                redis.publish(channel, raw)
        first, second = rig.submit(0.1, 0.1), rig.submit(0.1)
        rig.wait_completed(first)
        rig.wait_completed(second)
        until(lambda: not redis.llen("farm:cpu.batch~6"))
        assert not redis.llen("farm:cpu.batch")
    after = {each.pid for each in psutil.Process(worker.pid).children(recursive=True)}
    assert worker.poll() is None
    assert after == before


def test_garbage_that_waits_hides_no_message(rig: Rig) -> None:
    with Redis.from_url(rig.settings.broker_url or "") as redis:
        for raw in GARBAGE:
            redis.lpush("farm:gpu.batch", raw)
        for key in ("farm:live:told:a", "farm:live:task:b"):
            redis.set(key, b"[garbage")
        redis.sadd("farm:live:tellers", "a")
        redis.hset("farm:live:sums", "frames", "many")
    with Broker(rig.settings.broker_url or "", queues=QUEUES) as broker:
        assert broker.waiting("gpu.batch") == set()
    with rig.live() as live:
        assert live.told() == []
        assert live.progress(["b"]) == {}
        assert live.sums() == {}
