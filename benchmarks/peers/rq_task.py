"""A task of RQ, as its first steps show it, and what asks for many of them.

``python rq_task.py MANY FEW``, with the interpreter that RQ is installed for, prints
JSON: how long it took to ask for so many tasks, until all were done, and one by one.
"""

from __future__ import annotations

import json
import os
import sys
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rq.job import Job


def nothing(number: int) -> dict[str, int]:
    """Return a small result."""
    return {"frames": number}


def main() -> None:
    """Ask for tasks, and print how long they took."""
    from redis import Redis
    from rq import Queue

    queue = Queue(connection=Redis.from_url(os.environ["BENCH_BROKER"]))
    _wait(queue.enqueue("rq_task.nothing", 0))
    start = time.monotonic()
    jobs = [
        queue.enqueue("rq_task.nothing", number) for number in range(int(sys.argv[1]))
    ]
    asked = time.monotonic() - start
    for job in jobs:
        _wait(job)
    done = time.monotonic() - start
    singles = []
    for number in range(int(sys.argv[2])):
        start = time.monotonic()
        _wait(queue.enqueue("rq_task.nothing", number))
        singles.append(time.monotonic() - start)
        time.sleep(0.02)
    print(json.dumps({"asked": asked, "done": done, "singles": singles}))


def _wait(job: Job) -> None:
    while not job.return_value(refresh=True):
        time.sleep(0.001)


if __name__ == "__main__":
    main()
