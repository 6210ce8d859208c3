"""All dashboards of the farm."""

from __future__ import annotations

from farm.monitor.grafana.machines import CACHE, GPUS, WORKERS
from farm.monitor.grafana.overview import OVERVIEW
from farm.monitor.grafana.work import JOB, QUEUES

DASHBOARDS = (OVERVIEW, QUEUES, WORKERS, GPUS, CACHE, JOB)
