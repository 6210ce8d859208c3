"""Begin to write about a job, and never end: a process that is frozen or killed.

Arguments: the URL of the table, a job.
"""

from __future__ import annotations

import signal
import sys

from farm.jobs.models.work import tasks
from farm.jobs.moves import move_tasks
from farm.jobs.status import TaskStatus
from farm.jobs.table import JobTable

url, job_id = sys.argv[1:]
table = JobTable.open(url)
with table._database.writing() as connection:
    move_tasks(
        connection,
        tasks.c.job_id == job_id,
        before=TaskStatus.QUEUED,
        to=TaskStatus.CANCELLED,
    )
    print("ready", flush=True)  # noqa: T201
    signal.pause()
