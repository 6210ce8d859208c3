"""Metrics of hosts and GPUs."""

from __future__ import annotations

from farm.metrics.metric import Source, gauge

HOSTS = (
    gauge(
        "farm_host_cpu_ratio", "CPU time in use, 0 to 1 of all.", Source.HOSTS, "host"
    ),
    gauge("farm_host_cpus", "CPUs of the host.", Source.HOSTS, "host"),
    gauge(
        "farm_host_clock_seconds",
        "How far its clock is ahead of the job table's; less than 0: behind.",
        Source.HOSTS,
        "host",
    ),
    gauge("farm_host_memory_bytes", "Memory of the host.", Source.HOSTS, "host"),
    gauge(
        "farm_host_memory_available_bytes",
        "Memory that programs can still get.",
        Source.HOSTS,
        "host",
    ),
    gauge(
        "farm_host_memory_used_ratio",
        "Share of the memory that they cannot get.",
        Source.HOSTS,
        "host",
    ),
    gauge(
        "farm_component_memory_bytes",
        "Memory of parts of the farm: worker and ffmpeg (proportional set size), "
        "coordinator, broker (resident).",
        Source.HOSTS,
        *("host", "component"),
    ),
    gauge(
        "farm_disk_bytes",
        "Size of the disk of storage or scratch.",
        Source.HOSTS,
        *("host", "place"),
    ),
    gauge(
        "farm_disk_free_bytes",
        "What the farm may still write there.",
        Source.HOSTS,
        *("host", "place"),
    ),
    gauge(
        "farm_disk_free_ratio",
        "The same as a share, 0 to 1.",
        Source.HOSTS,
        *("host", "place"),
    ),
)

GPUS = tuple(
    gauge(f"farm_gpu_{name}", text, Source.HOSTS, "host", "gpu", *more)
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
