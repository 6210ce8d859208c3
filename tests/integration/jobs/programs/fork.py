"""Use a table, fork as Celery's pool does, and use it in parent and children.

Arguments: the URL of the table, a job. Every child claims a share of its tasks on the
table it inherited, and another share on a table of its own; threads of the parent
use the table all the while, and take turns to write.
"""

from __future__ import annotations

import os
import sys
import threading
import warnings
from typing import TYPE_CHECKING

from farm.jobs.table import JobTable

if TYPE_CHECKING:
    from collections.abc import Sequence

CHILDREN = 4

# Python 3.12 and newer warn of a fork beside threads; here it is what is tried
warnings.simplefilter("ignore", DeprecationWarning)
url, job_id = sys.argv[1:]
table = JobTable.open(url)
ids = [task.id for task in table.tasks(job_id)]
stop = threading.Event()


def look_on() -> None:
    while not stop.is_set():
        table.worker_seen("parent")
        table.progress(job_id)


def claim_share(share: Sequence[str], *, worker: str) -> None:
    own = JobTable.open(url)
    for number, task_id in enumerate(share):
        use = own if number % 2 else table
        assert use.claim(task_id, worker=worker, lease_seconds=60) is not None
        assert use.complete(task_id, attempt=1, result=worker)
    own.close()


def run_child(number: int) -> None:
    code = 1
    try:
        claim_share(ids[number::CHILDREN], worker=f"child-{number}")
        code = 0
    finally:
        os._exit(code)


looking_on = [threading.Thread(target=look_on) for _ in range(3)]
for thread in looking_on:
    thread.start()
children = []
for number in range(CHILDREN):
    if (child := os.fork()) == 0:
        run_child(number)
    children.append(child)
codes = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
stop.set()
for thread in looking_on:
    thread.join()
completed = table.progress(job_id).tasks_completed
table.close()
print(codes, completed, flush=True)  # noqa: T201
