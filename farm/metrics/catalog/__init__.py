"""Every metric of the farm.

Labels have few values: kinds, queues, statuses, hosts, GPUs. Never ids.
`docs/metrics.md` shows the same list; a test holds the two together.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from farm.metrics.catalog.jobs import JOBS, QUEUES, WORK
from farm.metrics.catalog.machines import GPUS, HOSTS
from farm.metrics.catalog.parts import CACHE, PARTS

if TYPE_CHECKING:
    from farm.metrics.metric import Metric

METRICS: dict[str, Metric] = {
    metric.name: metric
    for metric in (*JOBS, *QUEUES, *WORK, *CACHE, *HOSTS, *GPUS, *PARTS)
}
"""All metrics by name, in the order in which they are told."""
