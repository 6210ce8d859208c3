"""The tables that jobs, tasks, attempts, events, workers and artifacts are kept in.

```
jobs ─┬─ tasks ─┬─ task_needs   which tasks wait for which
      │         └─ attempts     one try at a task
      ├─ events                 one row a move of a job or task
      └─ artifact_pins ─ artifacts     finished files, found by key
workers ── gpu_workers ── gpus ── task_demands    GPUs, and what tasks take of them
leaders                         which of several coordinators coordinates
media                           facts of sources
cache_counts, cache_limits      what happened in the cache, and its bounds
totals, queued_tasks, recent_attempts   what events told, summed up for metrics
job_runs                        how long jobs took
alerts                          what is wrong, and what was
webhooks                        who wants to hear of which job
deliveries                      messages to be sent, and what came of them
```

Times are seconds since 1970 by the database's clock.
A change here needs a step in ``migrations/versions``; a test compares the two.
"""

# all of them, so that whoever takes `base.metadata` has every table
from farm.jobs.models import cache, news, sums, work, workers

__all__ = ["cache", "news", "sums", "work", "workers"]
