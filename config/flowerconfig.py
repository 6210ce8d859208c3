# ruff: noqa: INP001  # Flower reads this file; nobody imports it
"""Flower's settings; see https://flower.readthedocs.io/en/latest/config.html.

Flower shows what runs; it decides nothing. Cancel and retry with `farm`.
"""

from __future__ import annotations

import ast
import copy

# who sees Flower may look, and not start or stop anything
read_only = True
persistent = True
# every task is about 2 kB here; the job table keeps all of them
max_tasks = 10_000
state_save_interval = 60_000
# workers get a new name at each start
purge_offline_workers = 600
natural_time = True
tasks_columns = "name,uuid,state,kwargs,result,received,started,runtime,worker"
# renders take seconds to hours; Flower's own steps end at 10 s
task_runtime_metric_buckets = [
    *(0.1, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 30.0, 60.0),
    *(120.0, 300.0, 600.0, 1800.0, 3600.0, 7200.0, float("inf")),
]


def format_task(task):  # noqa: ANN001, ANN201  # Flower gives an object of its own
    """Show job and task in plain words in the column of the arguments."""
    shown = copy.copy(task)
    try:
        facts = ast.literal_eval(task.kwargs)
        shown.kwargs = f"job {facts['job']}, task {facts['task']}"
    except (KeyError, SyntaxError, TypeError, ValueError):
        return task  # no task of the farm
    return shown
