"""Take back stalled tasks of a table until told to end; print each that was.

Argument: the URL of the table.
"""

from __future__ import annotations

import os
import sys
import threading

from farm.jobs.table import JobTable

table = JobTable.open(sys.argv[1])
print("ready", flush=True)  # noqa: T201
threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
while True:
    for task_id in table.requeue_stalled():
        print(task_id, flush=True)  # noqa: T201
