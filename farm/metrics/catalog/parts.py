"""Metrics of the cache, and of the other parts of the farm."""

from __future__ import annotations

from farm.metrics.metric import Metric, MetricType, Source, counter, gauge

CACHE = (
    counter("farm_cache_hits_total", "Look-ups that found a file.", Source.TABLE),
    counter("farm_cache_misses_total", "Look-ups that found none.", Source.TABLE),
    Metric(
        name="farm_cache_response_seconds",
        type=MetricType.SUMMARY,
        help="Seconds of look-ups, the check of the file included.",
        source=Source.TABLE,
        labels=("result",),
    ),
    counter("farm_cache_kept_total", "Files that were put into it.", Source.TABLE),
    counter(
        "farm_cache_evictions_total",
        "Files that left it because of a limit.",
        Source.TABLE,
    ),
    counter(
        "farm_cache_damaged_total",
        "Files that were not what had been kept.",
        Source.TABLE,
    ),
    gauge("farm_cache_files", "Files that are listed.", Source.TABLE),
    gauge("farm_cache_bytes", "Bytes of the files that are listed.", Source.TABLE),
    gauge("farm_cache_limit_bytes", "Bytes that it may hold.", Source.TABLE),
    gauge("farm_cache_disk_bytes", "What its folder takes up.", Source.EXPORTER),
    gauge(
        "farm_cache_fragmentation_ratio",
        "Share of that, 0 to 1, that is no content of a listed file.",
        Source.EXPORTER,
    ),
    gauge(
        "farm_cache_recent_hit_ratio",
        "Share of hits in the last hour; absent with fewer than 20 look-ups.",
        Source.TABLE,
    ),
    gauge(
        "farm_cache_recent_response_seconds",
        "Mean seconds of a look-up in the last hour; absent without any.",
        Source.TABLE,
    ),
)

PARTS = (
    gauge(
        "farm_alerts",
        "Alerts by rule, severity and state (pending, firing).",
        Source.TABLE,
        *("rule", "severity", "state"),
    ),
    gauge("farm_broker_up", "1 where the broker answers, else 0.", Source.BROKER),
    gauge(
        "farm_broker_round_trip_seconds",
        "How long the broker took to answer.",
        Source.BROKER,
    ),
    gauge("farm_broker_clients", "Connections to the broker.", Source.BROKER),
    counter(
        "farm_broker_evicted_keys_total",
        "What the broker threw away for want of memory; it should be none.",
        Source.BROKER,
    ),
    gauge(
        "farm_database_up", "1 where the job table answers, else 0.", Source.EXPORTER
    ),
    gauge(
        "farm_database_round_trip_seconds",
        "How long the job table took to tell the time.",
        Source.EXPORTER,
    ),
    gauge(
        "farm_database_connections",
        "Connections of this process to the job table: in use, or idle.",
        Source.EXPORTER,
        "state",
    ),
    gauge(
        "farm_events_behind",
        "Events that the sums of this text do not hold yet.",
        Source.EXPORTER,
    ),
    gauge(
        "farm_build_info",
        "1; versions of the farm, of Python, and of the schema of the job table.",
        Source.EXPORTER,
        *("version", "python", "schema"),
    ),
)
