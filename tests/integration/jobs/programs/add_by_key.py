"""Submit jobs whose idempotency keys others use at the same time; print their ids.

Arguments: the URL of the table, how many keys.
"""

from __future__ import annotations

import sys

from farm.jobs.table import JobTable
from tests.integration.jobs.factories import new_job, new_task

url, keys = sys.argv[1:]
table = JobTable.open(url)
print("ready", flush=True)  # noqa: T201
sys.stdin.readline()
for number in range(int(keys)):
    job = table.add_job(new_job(idempotency_key=f"key-{number}"), [new_task()])
    print(job.id, flush=True)  # noqa: T201
table.close()
