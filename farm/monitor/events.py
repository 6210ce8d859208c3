"""Values from the sums of events: jobs, tasks, attempts, queues."""

from __future__ import annotations

from collections import defaultdict
from math import inf
from typing import TYPE_CHECKING

from farm import errors
from farm.jobs.status import Queue
from farm.metrics.catalog import METRICS
from farm.monitor.sample import Distribution, Sample, sample

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from farm.jobs.records import Worker
    from farm.jobs.sums import Sums

_FEWEST_ATTEMPTS = 5
"""Fewer attempts have no share of failures that means anything."""
_PLAIN = {
    "jobs": ("farm_jobs", ("kind", "detail")),
    "submitted": ("farm_jobs_submitted_total", ("kind",)),
    "ended": ("farm_jobs_ended_total", ("kind", "detail")),
    "tasks": ("farm_tasks", ("kind", "queue", "detail")),
    "started": ("farm_attempts_started_total", ("kind", "queue")),
    "attempts": ("farm_attempts_ended_total", ("kind", "queue", "detail")),
    "failures": ("farm_attempts_failed_total", ("kind", "detail")),
    "requeues": ("farm_requeues_total", ("kind", "queue")),
}
_HISTOGRAMS = {
    "job": ("farm_job_seconds", ("kind",)),
    "run": ("farm_task_run_seconds", ("kind",)),
    "wait": ("farm_task_wait_seconds", ("kind", "queue")),
}


def read_event_samples(sums: Sums) -> Iterator[Sample]:
    """Yield what the sums of events tell."""
    causes: defaultdict[str, float] = defaultdict(float)
    for (what, kind, queue, detail), value in sorted(sums.totals.items()):
        parts = {"kind": kind, "queue": queue, "detail": detail}
        if what in _PLAIN:
            name, labels = _PLAIN[what]
            yield sample(name, value, *(parts[label] for label in labels))
        if what == "attempts" and detail == "stalled":
            yield sample("farm_stalled_total", value, kind, queue)
        if what == "failures" and detail in ffmpeg_causes():
            causes[detail] += value
    for cause, value in causes.items():
        yield sample("farm_ffmpeg_failures_total", value, cause)
    yield from _histograms(sums.totals.items())
    yield from _recent(sums.recent)
    yield sample("farm_events_behind", sums.behind)


def read_queue_samples(sums: Sums, workers: Iterable[Worker]) -> Iterator[Sample]:
    """Yield how full the queues are, and whether anybody serves them."""
    served = {
        queue
        for worker in workers
        if worker.state == "online"
        for queue in worker.queues
    }
    for queue in Queue:
        depth, since = sums.queues.get(queue.value, (0, sums.at))
        yield sample("farm_queue_depth", depth, queue.value)
        age = max(0.0, sums.at - since)
        yield sample("farm_queue_oldest_seconds", age, queue.value)
        alone = 0 if queue.value in served else depth
        yield sample("farm_queue_unserved_tasks", alone, queue.value)


def ffmpeg_causes() -> frozenset[str]:
    """Return the names of the errors that say that FFmpeg failed."""
    found, waiting = set(), [errors.FFmpegFailed]
    while waiting:
        cls = waiting.pop()
        found.add(cls.__name__)
        waiting.extend(cls.__subclasses__())
    return frozenset(found)


def _recent(recent: Mapping[str, int]) -> Iterator[Sample]:
    for outcome in ("completed", "failed", "stalled", "released", "cancelled"):
        yield sample("farm_recent_attempts", recent.get(outcome, 0), outcome)
    ended = sum(recent.get(each, 0) for each in ("completed", "failed", "stalled"))
    if ended >= _FEWEST_ATTEMPTS:
        failed = recent.get("failed", 0) + recent.get("stalled", 0)
        yield sample("farm_recent_failure_ratio", failed / ended)


def _histograms(
    items: Iterable[tuple[tuple[str, str, str, str], float]],
) -> Iterator[Sample]:
    found: defaultdict[tuple[str, str, str], dict[str, float]] = defaultdict(dict)
    for (what, kind, queue, detail), value in items:
        if what in _HISTOGRAMS:
            found[what, kind, queue][detail] = value
    for (what, kind, queue), values in sorted(found.items()):
        name, labels = _HISTOGRAMS[what]
        parts = {"kind": kind, "queue": queue}
        yield Sample(
            name=name,
            labels=tuple(parts[label] for label in labels),
            distribution=_add_up(values, METRICS[name].buckets),
        )


def _add_up(values: Mapping[str, float], bounds: tuple[float, ...]) -> Distribution:
    """Add up the counts of buckets; what is in another one goes to the next higher."""
    counts = {float(bound): n for bound, n in values.items() if bound != "sum"}
    below = tuple(
        (bound, sum(n for other, n in counts.items() if other <= bound))
        for bound in (*bounds, inf)
    )
    return Distribution(total=values.get("sum", 0.0), count=below[-1][1], below=below)
