"""Every metric of the farm: name, meaning, labels, buckets, and where it comes from.

Labels have few values: kinds, queues, statuses, hosts, GPUs. Never ids.
`docs/metrics.md` shows the same list; a test holds the two together.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class MetricType(StrEnum):
    """What Prometheus makes of a metric."""

    COUNTER = "counter"
    GAUGE = "gauge"
    HISTOGRAM = "histogram"
    SUMMARY = "summary"


class Source(StrEnum):
    """Where a metric is counted."""

    EVENTS = "events"  #: sums of the job table's events; they survive every restart
    TABLE = "job table"  #: read of the job table when it is asked for
    WORKERS = "workers"  #: told by workers through the broker's server; may be lost
    HOSTS = "hosts"  #: read by each worker of its machine, every 5 seconds
    BROKER = "broker"  #: read of the broker's server when it is asked for
    EXPORTER = "exporter"  #: of the process that tells the metrics


WAIT_BUCKETS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 15.0, 60.0, 300.0, 1800.0, 7200.0)
"""Seconds in a queue: a free farm answers at once, a full one in hours."""
RUN_BUCKETS = (0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, 1800.0, 7200.0)
"""Seconds of an attempt: a picture takes a tenth, a long film in one piece hours."""
JOB_BUCKETS = (0.1, 0.5, 1.0, 5.0, 15.0, 60.0, 300.0, 900.0, 3600.0, 14400.0, 86400.0)
"""Seconds from submission to the finished file."""
RECENT_SECONDS = 15 * 60.0
"""What `farm_recent_*` looks back; whole minutes are counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """A metric, as Prometheus is told of it."""

    name: str
    type: MetricType
    help: str
    source: Source
    labels: tuple[str, ...] = ()
    buckets: tuple[float, ...] = ()


def _counter(name: str, text: str, source: Source, *labels: str) -> Metric:
    return Metric(
        name=name, type=MetricType.COUNTER, help=text, source=source, labels=labels
    )


def _gauge(name: str, text: str, source: Source, *labels: str) -> Metric:
    return Metric(
        name=name, type=MetricType.GAUGE, help=text, source=source, labels=labels
    )


def _histogram(
    name: str, text: str, buckets: tuple[float, ...], *labels: str
) -> Metric:
    return Metric(
        name=name,
        type=MetricType.HISTOGRAM,
        help=text,
        source=Source.EVENTS,
        labels=labels,
        buckets=buckets,
    )


_JOBS = (
    _gauge("farm_jobs", "Jobs by where they stand.", Source.EVENTS, "kind", "status"),
    _counter(
        "farm_jobs_submitted_total", "Jobs ever submitted.", Source.EVENTS, "kind"
    ),
    _counter(
        "farm_jobs_ended_total",
        "How often a job ended so; one that is retried may end again.",
        Source.EVENTS,
        *("kind", "status"),
    ),
    _histogram(
        "farm_job_seconds",
        "Seconds from the submission of a job to its completion.",
        JOB_BUCKETS,
        "kind",
    ),
    _gauge(
        "farm_tasks",
        "Tasks by where they stand.",
        Source.EVENTS,
        *("kind", "queue", "status"),
    ),
    _counter(
        "farm_attempts_started_total",
        "Attempts at tasks that a worker claimed.",
        Source.EVENTS,
        *("kind", "queue"),
    ),
    _counter(
        "farm_attempts_ended_total",
        "Attempts by how they ended: completed, failed, stalled, released, cancelled.",
        Source.EVENTS,
        *("kind", "queue", "outcome"),
    ),
    _counter(
        "farm_attempts_failed_total",
        "Attempts that failed or stalled, by the error (a class of farm.errors).",
        Source.EVENTS,
        *("kind", "cause"),
    ),
    _counter(
        "farm_ffmpeg_failures_total",
        "Attempts that failed because FFmpeg did, by the error.",
        Source.EVENTS,
        "cause",
    ),
    _counter(
        "farm_requeues_total",
        "Tasks that went back to their queue after an attempt.",
        Source.EVENTS,
        *("kind", "queue"),
    ),
    _counter(
        "farm_stalled_total",
        "Tasks taken back because nothing was heard until the lease was over.",
        Source.EVENTS,
        *("kind", "queue"),
    ),
    _histogram(
        "farm_task_run_seconds",
        "Seconds that a completed attempt took.",
        RUN_BUCKETS,
        "kind",
    ),
    _histogram(
        "farm_task_wait_seconds",
        "Seconds that a task was queued before a worker claimed it.",
        WAIT_BUCKETS,
        *("kind", "queue"),
    ),
    _gauge(
        "farm_recent_attempts",
        "Attempts that ended so in the last 15 minutes.",
        Source.EVENTS,
        "outcome",
    ),
    _gauge(
        "farm_recent_failure_ratio",
        "Share that failed or stalled of the attempts that ended in the last 15 "
        "minutes; absent where fewer than 5 ended.",
        Source.EVENTS,
    ),
)

_QUEUES = (
    _gauge(
        "farm_queue_depth",
        "Tasks that wait in a queue for a worker.",
        Source.EVENTS,
        "queue",
    ),
    _gauge(
        "farm_queue_oldest_seconds",
        "How long the oldest task of a queue has waited; 0 where none waits.",
        Source.EVENTS,
        "queue",
    ),
    _gauge(
        "farm_queue_unserved_tasks",
        "Tasks that wait in a queue that no worker serves.",
        Source.EVENTS,
        "queue",
    ),
    _gauge(
        "farm_workers",
        "Workers by what they have (cpu, gpu) and state (online, offline, lost).",
        Source.TABLE,
        *("device", "state"),
    ),
    _gauge(
        "farm_worker_slots",
        "Tasks that workers online can do at once, and how many they do.",
        Source.TABLE,
        *("device", "state"),
    ),
    _gauge(
        "farm_gpu_task_sessions",
        "Encoder sessions that tasks have of a GPU, and may have (limit), if bounded.",
        Source.TABLE,
        *("host", "gpu", "state"),
    ),
    _gauge(
        "farm_gpu_task_memory_bytes",
        "Memory that tasks have of a GPU by estimate, and may have (limit).",
        Source.TABLE,
        *("host", "gpu", "state"),
    ),
    _gauge(
        "farm_recent_lost_workers",
        "Workers that were lost, and heard of in the last 15 minutes.",
        Source.TABLE,
    ),
)

_WORK = (
    _counter(
        "farm_encoded_frames_total",
        "Frames that FFmpeg wrote, of commands that ended well.",
        Source.WORKERS,
        "kind",
    ),
    _counter(
        "farm_encoded_media_seconds_total",
        "Seconds of picture or sound that FFmpeg wrote.",
        Source.WORKERS,
        "kind",
    ),
    _counter(
        "farm_ffmpeg_run_seconds_total",
        "Seconds that FFmpeg ran for it.",
        Source.WORKERS,
        "kind",
    ),
    _counter(
        "farm_ffmpeg_runs_total",
        "FFmpeg commands that ended well (ok) or not (failed).",
        Source.WORKERS,
        *("kind", "outcome"),
    ),
    _gauge(
        "farm_frames_per_second",
        "Frames a second, of all tasks that run now.",
        Source.WORKERS,
        "kind",
    ),
    _gauge(
        "farm_realtime_factor",
        "Seconds made in a second, of all tasks that run now.",
        Source.WORKERS,
        "kind",
    ),
    _counter(
        "farm_fenced_reports_total",
        "Attempts that had lost their lease in the end: their report changes nothing.",
        Source.WORKERS,
        "kind",
    ),
    _counter(
        "farm_inputs_total",
        "Objects that tasks needed: found in the input cache, or fetched.",
        Source.WORKERS,
        *("kind", "outcome"),
    ),
    _counter(
        "farm_input_fetched_bytes_total",
        "Bytes of the objects that were fetched.",
        Source.WORKERS,
        "kind",
    ),
)

_CACHE = (
    _counter("farm_cache_hits_total", "Look-ups that found a file.", Source.TABLE),
    _counter("farm_cache_misses_total", "Look-ups that found none.", Source.TABLE),
    Metric(
        name="farm_cache_response_seconds",
        type=MetricType.SUMMARY,
        help="Seconds of look-ups, the check of the file included.",
        source=Source.TABLE,
        labels=("result",),
    ),
    _counter("farm_cache_kept_total", "Files that were put into it.", Source.TABLE),
    _counter(
        "farm_cache_evictions_total",
        "Files that left it because of a limit.",
        Source.TABLE,
    ),
    _counter(
        "farm_cache_damaged_total",
        "Files that were not what had been kept.",
        Source.TABLE,
    ),
    _gauge("farm_cache_files", "Files that are listed.", Source.TABLE),
    _gauge("farm_cache_bytes", "Bytes of the files that are listed.", Source.TABLE),
    _gauge("farm_cache_limit_bytes", "Bytes that it may hold.", Source.TABLE),
    _gauge("farm_cache_disk_bytes", "What its folder takes up.", Source.EXPORTER),
    _gauge(
        "farm_cache_fragmentation_ratio",
        "Share of that, 0 to 1, that is no content of a listed file.",
        Source.EXPORTER,
    ),
    _gauge(
        "farm_cache_recent_hit_ratio",
        "Share of hits in the last hour; absent with fewer than 20 look-ups.",
        Source.TABLE,
    ),
    _gauge(
        "farm_cache_recent_response_seconds",
        "Mean seconds of a look-up in the last hour; absent without any.",
        Source.TABLE,
    ),
)

_HOSTS = (
    _gauge(
        "farm_host_cpu_ratio", "CPU time in use, 0 to 1 of all.", Source.HOSTS, "host"
    ),
    _gauge("farm_host_cpus", "CPUs of the host.", Source.HOSTS, "host"),
    _gauge(
        "farm_host_clock_seconds",
        "How far its clock is ahead of the job table's; less than 0: behind.",
        Source.HOSTS,
        "host",
    ),
    _gauge("farm_host_memory_bytes", "Memory of the host.", Source.HOSTS, "host"),
    _gauge(
        "farm_host_memory_available_bytes",
        "Memory that programs can still get.",
        Source.HOSTS,
        "host",
    ),
    _gauge(
        "farm_host_memory_used_ratio",
        "Share of the memory that they cannot get.",
        Source.HOSTS,
        "host",
    ),
    _gauge(
        "farm_component_memory_bytes",
        "Memory of parts of the farm: worker and ffmpeg (proportional set size), "
        "coordinator, broker (resident).",
        Source.HOSTS,
        *("host", "component"),
    ),
    _gauge(
        "farm_disk_bytes",
        "Size of the disk of storage or scratch.",
        Source.HOSTS,
        *("host", "place"),
    ),
    _gauge(
        "farm_disk_free_bytes",
        "What the farm may still write there.",
        Source.HOSTS,
        *("host", "place"),
    ),
    _gauge(
        "farm_disk_free_ratio",
        "The same as a share, 0 to 1.",
        Source.HOSTS,
        *("host", "place"),
    ),
)

_GPUS = tuple(
    _gauge(f"farm_gpu_{name}", text, Source.HOSTS, "host", "gpu", *more)
    for name, text, *more in (
        ("info", "1; what the GPU is called.", "model"),
        ("utilisation_ratio", "Time in which it computed, 0 to 1."),
        ("memory_bytes", "Its memory."),
        ("memory_used_bytes", "Memory in use."),
        ("memory_used_ratio", "The same as a share, 0 to 1."),
        ("encoder_ratio", "Time in which its encoder worked; absent without one."),
        ("decoder_ratio", "Time in which its decoder worked."),
        ("encoder_sessions", "Films that it encodes at once; absent without one."),
        (
            "encoder_frames_per_second",
            "Frames that a film is encoded at, in the mean; absent without one.",
        ),
        (
            "encoder_latency_seconds",
            "Time to encode a frame, in the mean; absent without one.",
        ),
        ("clock_hertz", "Clock of its processors."),
        ("temperature_celsius", "Degrees."),
        ("power_watts", "What it takes."),
        ("power_limit_watts", "What it may take."),
        ("throttled", "1 while it is slowed down, by the reason.", "reason"),
    )
)

_PARTS = (
    _gauge(
        "farm_alerts",
        "Alerts by rule, severity and state (pending, firing).",
        Source.TABLE,
        *("rule", "severity", "state"),
    ),
    _gauge("farm_broker_up", "1 where the broker answers, else 0.", Source.BROKER),
    _gauge(
        "farm_broker_round_trip_seconds",
        "How long the broker took to answer.",
        Source.BROKER,
    ),
    _gauge("farm_broker_clients", "Connections to the broker.", Source.BROKER),
    _counter(
        "farm_broker_evicted_keys_total",
        "What the broker threw away for want of memory; it should be none.",
        Source.BROKER,
    ),
    _gauge(
        "farm_database_up", "1 where the job table answers, else 0.", Source.EXPORTER
    ),
    _gauge(
        "farm_database_round_trip_seconds",
        "How long the job table took to tell the time.",
        Source.EXPORTER,
    ),
    _gauge(
        "farm_database_connections",
        "Connections of this process to the job table: in use, or idle.",
        Source.EXPORTER,
        "state",
    ),
    _gauge(
        "farm_events_behind",
        "Events that the sums of this text do not hold yet.",
        Source.EXPORTER,
    ),
    _gauge(
        "farm_build_info",
        "1; versions of the farm, of Python, and of the schema of the job table.",
        Source.EXPORTER,
        *("version", "python", "schema"),
    ),
)

METRICS: dict[str, Metric] = {
    metric.name: metric
    for metric in (*_JOBS, *_QUEUES, *_WORK, *_CACHE, *_HOSTS, *_GPUS, *_PARTS)
}
"""All metrics by name, in the order in which they are told."""
