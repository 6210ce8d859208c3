"""Workers that wait instead of encoding; all else is real: table, broker, claims.

``python -m benchmarks.crowd FIRST COUNT SECONDS`` is a crowd of so many workers of one
slot, each a thread. It prints a line of JSON at its end, when it is told to (TERM).
"""

from __future__ import annotations

import json
import signal
import sys
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from redis import Redis

from farm.broker import PRIORITY_STEPS, SEPARATOR
from farm.errors import FarmError
from farm.jobs.database import Database
from farm.jobs.status import Queue
from farm.jobs.table import JobTable
from farm.live import Live
from farm.settings import Settings
from farm.wire import read_task_id

if TYPE_CHECKING:
    from farm.jobs.records import Claim

_SEEN_SECONDS = 5.0
_LOOK_SECONDS = 1.0


@dataclass(slots=True, kw_only=True)
class Crowd:
    """Many workers of one slot each, in one process."""

    settings: Settings
    table: JobTable
    live: Live
    redis: Redis
    seconds: float
    """How long each waits with a task, as an encode would take."""
    stop: threading.Event = field(default_factory=threading.Event)
    spans: list[tuple[float, float]] = field(default_factory=list)
    """When each wait began and ended, in seconds since 1970."""
    errors: int = 0

    def run(self, names: list[str]) -> None:
        """Work until told to stop."""
        for name in names:
            self.table.register_worker(
                name=name,
                host="crowd",
                pid=0,
                queues=(Queue.CPU_BATCH.value,),
                slots=1,
                device=None,
                ffmpeg=None,
            )
        threads = [threading.Thread(target=self._work, args=(name,)) for name in names]
        threads.append(threading.Thread(target=self._say_seen, args=(names,)))
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def note_error(self, broken: threading.ExceptHookArgs) -> None:
        """Note that a worker has ended by an error: the figures would be wrong."""
        self.errors += 1
        threading.__excepthook__(broken)

    def _work(self, name: str) -> None:
        prefix = f"{self.settings.broker_prefix}{Queue.CPU_BATCH.value}"
        keys = [
            f"{prefix}{SEPARATOR}{step}" if step else prefix for step in PRIORITY_STEPS
        ]
        while not self.stop.is_set():
            taken = self.redis.brpop(keys, timeout=_LOOK_SECONDS)
            if taken is None:
                continue
            task_id = read_task_id(taken[1])
            if task_id is None:
                continue
            try:
                claim = self.table.claim(
                    task_id,
                    worker=name,
                    lease_seconds=self.settings.lease_seconds,
                )
                if claim is not None:
                    self._wait(claim)
            except FarmError:
                self.errors += 1

    def _wait(self, claim: Claim) -> None:
        """Wait as long as the encode would take, and report."""
        start = time.time()
        end = start + self.seconds
        while not self.stop.is_set() and (left := end - time.time()) > 0:
            task = claim.task
            self.live.report(task.id, job_id=task.job_id, progress=None)
            self.stop.wait(min(left, _LOOK_SECONDS))
        self.spans.append((start, time.time()))
        self.table.complete(claim.task.id, attempt=claim.attempt, result={"frames": 1})
        self.live.notify()

    def _say_seen(self, names: list[str]) -> None:
        """Say that each worker is there, as often as a real one does, spread out."""
        while not self.stop.is_set():
            for name in names:
                if self.stop.wait(_SEEN_SECONDS / len(names)):
                    return
                try:
                    self.table.worker_seen(name)
                except FarmError:
                    self.errors += 1


def main() -> int:
    """Run a crowd."""
    first, count, seconds = int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
    settings = Settings.read()
    url = str(settings.broker_url)
    crowd = Crowd(
        settings=settings,
        table=JobTable(Database(settings.database), max_attempts=3),
        live=Live(url, prefix=settings.broker_prefix),
        # each waits with a connection of its own, as a worker does
        redis=Redis.from_url(url, max_connections=count + 1),
        seconds=seconds,
    )
    signal.signal(signal.SIGTERM, lambda *_: crowd.stop.set())
    threading.excepthook = crowd.note_error
    crowd.run([f"cpu-{number}@crowd" for number in range(first, first + count)])
    print(json.dumps({"spans": crowd.spans, "errors": crowd.errors}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
