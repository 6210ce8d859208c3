"""Values of the parts of the farm: workers, cache, broker, database, build."""

from __future__ import annotations

import os
import platform
import socket
import time
from collections import Counter
from typing import TYPE_CHECKING

import psutil

import farm
from farm.cache.evict import usual_limits
from farm.cache.stats import HOUR_SECONDS, disk_bytes
from farm.cache.storage import open_storage
from farm.jobs.cached import CacheCount
from farm.jobs.schema import HEAD
from farm.metrics.catalog.jobs import RECENT_SECONDS
from farm.monitor.rules import built_in_rules
from farm.monitor.sample import Distribution, Sample, sample

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from farm.jobs.records import Alert, Worker
    from farm.jobs.table import JobTable
    from farm.live import Live
    from farm.settings import Settings

_FEWEST_LOOKUPS = 20
"""Fewer look-ups have no hit rate that means anything."""


def read_worker_samples(workers: Sequence[Worker], *, at: float) -> Iterator[Sample]:
    """Yield workers and slots by state."""
    states: Counter[tuple[str, str]] = Counter()
    slots: Counter[tuple[str, str]] = Counter()
    for device in ("cpu", "gpu"):
        for state in ("online", "offline", "lost"):
            states[device, state] = 0
        slots[device, "all"] = slots[device, "busy"] = 0
    for worker in workers:
        device = "gpu" if worker.device else "cpu"
        states[device, worker.state] += 1
        if worker.state == "online":
            slots[device, "all"] += worker.slots
            slots[device, "busy"] += len(worker.active)
    for labels, count in sorted(states.items()):
        yield sample("farm_workers", count, *labels)
    for labels, count in sorted(slots.items()):
        yield sample("farm_worker_slots", count, *labels)
    lost = sum(
        worker.state == "lost" and worker.seen > at - RECENT_SECONDS
        for worker in workers
    )
    yield sample("farm_recent_lost_workers", lost)


def read_gpu_share_samples(
    workers: Sequence[Worker], taken: Mapping[str, tuple[int, int]]
) -> Iterator[Sample]:
    """Yield what tasks have of each GPU that is served, and what they may have."""
    served = {
        worker.gpu.id: (worker.host, worker.gpu)
        for worker in workers
        if worker.gpu is not None and worker.state == "online"
    }
    for key, (host, gpu) in sorted(served.items()):
        sessions, used = taken.get(key, (0, 0))
        labels = host, str(gpu.index)
        yield sample("farm_gpu_task_sessions", sessions, *labels, "taken")
        if gpu.sessions is not None:
            yield sample("farm_gpu_task_sessions", gpu.sessions, *labels, "limit")
        yield sample("farm_gpu_task_memory_bytes", used, *labels, "taken")
        yield sample("farm_gpu_task_memory_bytes", gpu.memory_bytes, *labels, "limit")


def read_alert_samples(alerts: Sequence[Alert], settings: Settings) -> Iterator[Sample]:
    """Yield how many alerts of each rule are pending or firing."""
    states = ("pending", "firing")
    rules = [*built_in_rules(settings), *settings.alerts]
    known: set[tuple[str, str]] = {(rule.name, rule.severity) for rule in rules}
    known |= {(alert.rule, alert.severity) for alert in alerts}
    found = Counter((each.rule, each.severity, each.state) for each in alerts)
    for rule, severity in sorted(known):
        for state in states:
            count = found[rule, severity, state]
            yield sample("farm_alerts", count, rule, severity, state)


def read_cache_samples(table: JobTable, settings: Settings) -> Iterator[Sample]:
    """Yield what happened in the cache."""
    index = table.artifacts
    ever, hour = index.counts(), index.counts(last_seconds=HOUR_SECONDS)
    none = CacheCount()
    for what, name in (
        ("hit", "farm_cache_hits_total"),
        ("miss", "farm_cache_misses_total"),
        ("kept", "farm_cache_kept_total"),
        ("evicted", "farm_cache_evictions_total"),
        ("damaged", "farm_cache_damaged_total"),
    ):
        yield sample(name, ever.get(what, none).count)
    for what in ("hit", "miss"):
        seen = ever.get(what, none)
        yield Sample(
            name="farm_cache_response_seconds",
            labels=(what,),
            distribution=Distribution(total=seen.seconds, count=seen.count),
        )
    yield sample(
        "farm_cache_limit_bytes", index.limits(usual_limits(settings)).max_bytes
    )
    asked = [hour.get(what, none) for what in ("hit", "miss")]
    count = sum(each.count for each in asked)
    if count >= _FEWEST_LOOKUPS:
        yield sample("farm_cache_recent_hit_ratio", asked[0].count / count)
    if count:
        mean = sum(each.seconds for each in asked) / count
        yield sample("farm_cache_recent_response_seconds", mean)


def read_size_samples(table: JobTable, settings: Settings) -> Iterator[Sample]:
    """Yield how large the cache is: it is looked at whole, so ask seldom."""
    shares = table.artifacts.shares()
    size = sum(share.size_bytes for share in shares)
    disk = disk_bytes(open_storage(settings))
    yield sample("farm_cache_files", sum(share.entries for share in shares))
    yield sample("farm_cache_bytes", size)
    yield sample("farm_cache_disk_bytes", disk)
    lost = max(0.0, 1 - size / disk) if disk else 0.0
    yield sample("farm_cache_fragmentation_ratio", lost)


def read_broker_samples(live: Live | None) -> Iterator[Sample]:
    """Yield whether the broker answers, and how soon."""
    seconds = live.round_trip() if live else None
    yield sample("farm_broker_up", seconds is not None)
    if live is None or seconds is None:
        return
    yield sample("farm_broker_round_trip_seconds", seconds)
    told = live.server_info()
    if "connected_clients" in told:
        yield sample("farm_broker_clients", told["connected_clients"])
        yield sample("farm_broker_evicted_keys_total", told["evicted_keys"])
        memory = told["used_memory_rss"]
        # where it runs it does not tell: its memory is of the farm, not of a host
        yield sample("farm_component_memory_bytes", memory, "", "broker")


def read_database_samples(table: JobTable) -> Iterator[Sample]:
    """Yield how soon the job table answers, and the connections to it."""
    start = time.perf_counter()
    table.now()
    yield sample("farm_database_up", 1)
    yield sample("farm_database_round_trip_seconds", time.perf_counter() - start)
    for state, count in table.sums.connections.items():
        yield sample("farm_database_connections", count, state)


def read_own_samples(*, is_coordinator: bool) -> Iterator[Sample]:
    """Yield what this process is."""
    yield sample(
        "farm_build_info", 1, farm.__version__, platform.python_version(), HEAD
    )
    if is_coordinator:
        memory = psutil.Process(os.getpid()).memory_info().rss
        host = socket.gethostname()
        yield sample("farm_component_memory_bytes", memory, host, "coordinator")
