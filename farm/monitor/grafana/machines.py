"""Workers and their machines, GPUs, and the cache."""

from __future__ import annotations

from farm.monitor.grafana.panel import Dashboard, Look, Panel, Query, Variable, grown

_HOST = 'host=~"$host"'


def _lines(
    title: str,
    text: str,
    *queries: tuple[str, str],
    unit: str = "short",
    rule: str = "",
) -> Panel:
    """Return lines of queries, each with its legend; shares reach up to 1."""
    return Panel(
        title=title,
        text=text,
        queries=tuple(Query(expression=ask, legend=name) for ask, name in queries),
        top=1 if unit == "percentunit" else None,
        unit=unit,
        rule=rule,
    )


WORKERS = Dashboard(
    name="workers",
    title="Farm: workers and machines",
    variables=(Variable(label="host", metric="farm_host_cpus"),),
    panels=(
        _lines(
            "Workers",
            "Lost: not heard of, without having said good-bye.",
            ("sum by (device, state) (farm_workers)", "{{device}} {{state}}"),
        ),
        _lines(
            "Slots",
            "What workers online can do at once, and how much they do.",
            ("sum by (device, state) (farm_worker_slots)", "{{device}} {{state}}"),
        ),
        _lines(
            "CPU in use",
            "Of all cores of a machine.",
            (f"farm_host_cpu_ratio{{{_HOST}}}", "{{host}}"),
            unit="percentunit",
        ),
        _lines(
            "Memory in use",
            "The dashed line is the alert memory_high.",
            (f"farm_host_memory_used_ratio{{{_HOST}}}", "{{host}}"),
            unit="percentunit",
            rule="memory_high",
        ),
        _lines(
            "Memory by part of the farm",
            "FFmpeg, workers, coordinator, broker.",
            (f"farm_component_memory_bytes{{{_HOST}}}", "{{host}} {{component}}"),
            unit="bytes",
        ),
        _lines(
            "Disk that is free",
            "Of storage and scratch.",
            (f"farm_disk_free_bytes{{{_HOST}}}", "{{host}} {{place}}"),
            unit="bytes",
        ),
        _lines(
            "Workers lost lately",
            "Lost, and heard of in the last 15 minutes.",
            ("farm_recent_lost_workers", "lost"),
            rule="worker_lost",
        ),
        _lines(
            "Broker and job table",
            "How long they take to answer; empty where they do not.",
            ("farm_broker_round_trip_seconds", "broker"),
            ("farm_database_round_trip_seconds", "job table"),
            unit="s",
        ),
    ),
)

_GPU = "{{host}} GPU {{gpu}}"

GPUS = Dashboard(
    name="gpus",
    title="Farm: GPUs",
    variables=(Variable(label="host", metric="farm_gpu_info"),),
    panels=(
        _lines(
            "Computing",
            "Time in which the GPU computed.",
            (f"farm_gpu_utilisation_ratio{{{_HOST}}}", _GPU),
            unit="percentunit",
        ),
        _lines(
            "Memory in use",
            "The dashed line is the alert gpu_memory_high.",
            (f"farm_gpu_memory_used_ratio{{{_HOST}}}", _GPU),
            unit="percentunit",
            rule="gpu_memory_high",
        ),
        _lines(
            "Encoder and decoder",
            "Time in which they worked. GPUs for data centres may have no encoder.",
            (f"farm_gpu_encoder_ratio{{{_HOST}}}", f"{_GPU} encoder"),
            (f"farm_gpu_decoder_ratio{{{_HOST}}}", f"{_GPU} decoder"),
            unit="percentunit",
        ),
        _lines(
            "Films encoded at once",
            "Sessions of the encoder.",
            (f"farm_gpu_encoder_sessions{{{_HOST}}}", _GPU),
        ),
        _lines(
            "Temperature",
            "The dashed line is the alert gpu_hot.",
            (f"farm_gpu_temperature_celsius{{{_HOST}}}", _GPU),
            unit="celsius",
            rule="gpu_hot",
        ),
        _lines(
            "Power",
            "What it takes, and what it may take.",
            (f"farm_gpu_power_watts{{{_HOST}}}", _GPU),
            (f"farm_gpu_power_limit_watts{{{_HOST}}}", f"{_GPU} limit"),
            unit="watt",
        ),
        _lines(
            "Slowed down",
            "1 while it is, by the reason.",
            (f"farm_gpu_throttled{{{_HOST}}}", f"{_GPU} {{{{reason}}}}"),
        ),
        _lines(
            "Memory in bytes",
            "In use, and all.",
            (f"farm_gpu_memory_used_bytes{{{_HOST}}}", _GPU),
            (f"farm_gpu_memory_bytes{{{_HOST}}}", f"{_GPU} all"),
            unit="bytes",
        ),
    ),
)

_HITS = grown("farm_cache_hits_total", within="$__range")
_MISSES = grown("farm_cache_misses_total", within="$__range")

CACHE = Dashboard(
    name="cache",
    title="Farm: cache",
    panels=(
        Panel(
            title="Hits of the chosen time",
            text="Share of look-ups that found a file, so that nothing was made anew.",
            queries=(Query(expression=f"({_HITS}) / (({_HITS}) + ({_MISSES}))"),),
            look=Look.NUMBER,
            unit="percentunit",
            rule="cache_hits_low",
            width=6,
            height=4,
        ),
        Panel(
            title="How full",
            text="Bytes of its files, of those that it may hold.",
            queries=(Query(expression="farm_cache_bytes / farm_cache_limit_bytes"),),
            look=Look.NUMBER,
            unit="percentunit",
            width=6,
            height=4,
        ),
        Panel(
            title="Files",
            text="Files that it holds.",
            queries=(Query(expression="farm_cache_files"),),
            look=Look.NUMBER,
            width=6,
            height=4,
        ),
        Panel(
            title="Damaged files",
            text="Ever found to be other than what had been kept: look at the disk.",
            queries=(Query(expression="farm_cache_damaged_total"),),
            look=Look.NUMBER,
            width=6,
            height=4,
        ),
        _lines(
            "Hits and misses",
            "Look-ups a second.",
            ("rate(farm_cache_hits_total[$__rate_interval])", "hits"),
            ("rate(farm_cache_misses_total[$__rate_interval])", "misses"),
            unit="ops",
        ),
        _lines(
            "Bytes",
            "Of its files, what its folder takes of the disk, and what it may hold.",
            ("farm_cache_bytes", "files"),
            ("farm_cache_disk_bytes", "on the disk"),
            ("farm_cache_limit_bytes", "limit"),
            unit="bytes",
        ),
        _lines(
            "Time of a look-up",
            "Mean of the last hour; the dashed line is the alert cache_slow.",
            ("farm_cache_recent_response_seconds", "mean"),
            unit="s",
            rule="cache_slow",
        ),
        _lines(
            "Fragmentation",
            "Share of the disk it takes that is no content of a listed file.",
            ("farm_cache_fragmentation_ratio", "share"),
            unit="percentunit",
            rule="cache_fragmented",
        ),
        _lines(
            "Files kept and evicted",
            "A second; many evictions mean that the limit is small.",
            ("rate(farm_cache_kept_total[$__rate_interval])", "kept"),
            ("rate(farm_cache_evictions_total[$__rate_interval])", "evicted"),
            unit="ops",
        ),
    ),
)
