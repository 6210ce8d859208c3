"""The one place where all values of metrics are brought together."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

from farm.errors import TableUnavailable
from farm.logs import get_log
from farm.monitor.events import read_event_samples, read_queue_samples
from farm.monitor.parts import (
    read_alert_samples,
    read_broker_samples,
    read_cache_samples,
    read_database_samples,
    read_gpu_share_samples,
    read_own_samples,
    read_size_samples,
    read_worker_samples,
)
from farm.monitor.sample import sample
from farm.monitor.text import write_text
from farm.monitor.work import (
    read_host_samples,
    read_speed_samples,
    read_work_samples,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from farm.jobs.table import JobTable
    from farm.live import Live
    from farm.monitor.sample import Sample
    from farm.settings import Settings

SIZE_SECONDS = 60.0
"""How old the size of the cache may be: all of its files are looked at for it."""
_SIZE_SHARE = 20
"""A storage that is slow is looked at in one part of so many of the time."""

_log = get_log(__name__)


class Exporter:
    """Reads the metrics of the whole farm; safe for threads.

    Args:
        settings: of the farm.
        table: its job table.
        live: its broker's server; ``None``: no farm runs.
        is_coordinator: whether this process is the farm's coordinator.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        table: JobTable,
        live: Live | None,
        is_coordinator: bool = False,
    ) -> None:
        self._settings = settings
        self._table = table
        self._live = live
        self._is_coordinator = is_coordinator
        self._sizes: list[Sample] = []
        self._size_again_at: float | None = None
        self._lock = threading.Lock()

    def text(self) -> str:
        """Return all metrics in Prometheus' text format."""
        return write_text(self.samples())

    def samples(self) -> list[Sample]:
        """Return all values; without the job table, those that are left."""
        found = [
            *read_own_samples(is_coordinator=self._is_coordinator),
            *read_broker_samples(self._live),
        ]
        if self._live is not None:
            found += read_work_samples(self._live.sums())
            found += read_host_samples(self._live.told())
        try:
            found += self._from_table()
        except TableUnavailable as error:
            _log.warning("metrics_missed", error=error.message)
            found.append(sample("farm_database_up", 0))
        return found

    def _from_table(self) -> Iterator[Sample]:
        self._table.sums.add_up()
        sums, workers = self._table.sums.read(), self._table.workers()
        yield from read_event_samples(sums)
        yield from read_queue_samples(sums, workers)
        yield from read_worker_samples(workers, at=sums.at)
        yield from read_gpu_share_samples(workers, self._table.gpu_taken())
        if self._live is not None:
            active = [task for worker in workers for task in worker.active]
            live = self._live.progress(active)
            tasks = [self._table.task(task_id) for task_id in live]
            yield from read_speed_samples(tasks, live)
        yield from read_alert_samples(self._table.alerts.read(limit=0), self._settings)
        yield from read_cache_samples(self._table, self._settings)
        yield from self._read_sizes()
        yield from read_database_samples(self._table)

    def _read_sizes(self) -> list[Sample]:
        with self._lock:
            start = time.monotonic()
            if self._size_again_at is None or start >= self._size_again_at:
                self._sizes = list(read_size_samples(self._table, self._settings))
                took = time.monotonic() - start
                self._size_again_at = start + max(SIZE_SECONDS, _SIZE_SHARE * took)
            return self._sizes
