from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

from farm.live import Live, LiveProgress

if TYPE_CHECKING:
    from tests.integration.farm.conftest import Valkey

PROGRESS = LiveProgress(attempt=1, frames=12, fps=24.5, speed=None)


def test_progress_is_there_until_the_task_has_ended(valkey: Valkey) -> None:
    with Live(valkey.url) as live:
        live.report("task", job_id="job", progress=PROGRESS)
        assert live.progress(["other", "task"]) == {"task": PROGRESS}
        bell = live.listen()
        assert not bell.wait(0.01)
        for _ in range(2):
            live.say_task_ended("task", {"runs": 1.5})
        assert live.progress(["task"]) == {}
        assert live.sums() == {"runs": 3.0}
        assert bell.wait(1.0) == {""}
        bell.close()
        assert live.progress([]) == {}


def test_a_changed_job_is_seen_with_the_next_report(valkey: Valkey) -> None:
    with Live(valkey.url) as live:
        before = live.report("task", job_id="job", progress=None)
        assert live.report("task", job_id="job", progress=PROGRESS) == before
        live.notify("other")
        assert live.report("task", job_id="job", progress=PROGRESS) == before
        live.notify("job")
        changed = live.report("task", job_id="job", progress=PROGRESS)
        assert changed != before
        live.notify("job")
        assert live.report("task", job_id="job", progress=PROGRESS) != changed


def test_the_bell_wakes_who_waits(valkey: Valkey) -> None:
    with Live(valkey.url) as live, Live(valkey.url) as other:
        bell = live.listen()
        assert not bell.wait(0.01)
        ringing = threading.Timer(0.1, other.notify)
        ringing.start()
        started = time.monotonic()
        assert bell.wait(10)
        assert time.monotonic() - started < 5
        ringing.join()
        bell.close()


def test_rings_of_before_are_one(valkey: Valkey) -> None:
    with Live(valkey.url) as live:
        bell = live.listen()
        bell.wait(0.0)
        for _ in range(5):
            live.notify("job")
        assert bell.wait(1)
        assert not bell.wait(0.1)
        bell.close()


def test_nothing_fails_while_redis_is_away(valkey: Valkey) -> None:
    with Live(valkey.url) as live:
        bell = live.listen()
        bell.wait(0.0)
        valkey.kill()
        started = time.monotonic()
        live.notify("job")
        assert live.report("task", job_id="job", progress=PROGRESS) is None
        assert live.progress(["task"]) == {}
        assert not bell.wait(0.2)
        assert 0.2 <= time.monotonic() - started < 1.5

        valkey.start()
        assert not bell.wait(0.05)
        deadline = time.monotonic() + 5
        while not bell.wait(0.2):
            assert time.monotonic() < deadline
            live.notify()
        bell.close()


def test_all_who_wait_hear_of_the_end_of_a_job(valkey: Valkey) -> None:
    with Live(valkey.url) as live, Live(valkey.url) as other:
        assert not live.wait_ended("job", seconds=0.01)
        heard: list[bool] = []
        waiting = [
            threading.Thread(
                target=lambda: heard.append(live.wait_ended("job", seconds=10))
            )
            for _ in range(3)
        ]
        for thread in waiting:
            thread.start()
        time.sleep(0.1)
        other.say_ended("job")
        for thread in waiting:
            thread.join()
        assert heard == [True] * 3
        assert live.wait_ended("job", seconds=10)  # who comes later, too
        assert not live.wait_ended("other", seconds=0.01)
