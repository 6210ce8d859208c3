"""Claim every task of a job, as one of several workers; print those that were ours.

Arguments: the URL of the table, a job, a worker's name.
"""

from __future__ import annotations

import random
import sys

from farm.jobs.table import JobTable

url, job_id, worker = sys.argv[1:]
table = JobTable.open(url)
ids = [task.id for task in table.tasks(job_id)]
random.Random(worker).shuffle(ids)  # noqa: S311  # no secret
print("ready", flush=True)  # noqa: T201
sys.stdin.readline()
for task_id in ids:
    claim = table.claim(task_id, worker=worker, lease_seconds=60)
    if claim is not None:
        print(task_id, claim.attempt, flush=True)  # noqa: T201
table.close()
