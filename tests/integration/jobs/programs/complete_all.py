"""Claim and complete all tasks of a job with leases that are over almost at once.

Arguments: the URL of the table, a job, a worker's name. Prints each completed task and
the attempt that completed it.
"""

from __future__ import annotations

import random
import sys
from typing import TYPE_CHECKING

from farm.jobs.table import JobTable
from tests.integration.jobs.factories import find_due

if TYPE_CHECKING:
    from pydantic import JsonValue

LONGEST_LEASE_SECONDS = 0.5
"""Several times what a claim and a report take: some come in time, some do not."""

url, job_id, worker = sys.argv[1:]
table = JobTable.open(url)
print("ready", flush=True)  # noqa: T201
sys.stdin.readline()
while (progress := table.progress(job_id)).tasks_completed < progress.tasks_total:
    for task in find_due(table, resend_seconds=-1):
        lease = random.uniform(0, LONGEST_LEASE_SECONDS)  # noqa: S311  # no secret
        claim = table.claim(task.id, worker=worker, lease_seconds=lease)
        if claim is None:
            continue
        result: JsonValue = [worker, claim.attempt]
        if table.complete(task.id, attempt=claim.attempt, result=result):
            print(task.id, claim.attempt, flush=True)  # noqa: T201
table.close()
