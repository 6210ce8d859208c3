"""Open a table that may not be there yet, with others, and use it.

Argument: the URL of the table.
"""

from __future__ import annotations

import sys

from farm.jobs.table import JobTable
from tests.integration.jobs.factories import new_job

print("ready", flush=True)  # noqa: T201
sys.stdin.readline()
table = JobTable.open(sys.argv[1])
print(table.add_job(new_job()).id, flush=True)  # noqa: T201
table.close()
