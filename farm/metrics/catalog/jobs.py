"""Metrics of jobs, tasks and attempts, of queues and of the work that FFmpeg does."""

from __future__ import annotations

from farm.metrics.metric import Source, counter, gauge, histogram

WAIT_BUCKETS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 15.0, 60.0, 300.0, 1800.0, 7200.0)
"""Seconds in a queue: a free farm answers at once, a full one in hours."""
RUN_BUCKETS = (0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, 1800.0, 7200.0)
"""Seconds of an attempt: a picture takes a tenth, a long film in one piece hours."""
JOB_BUCKETS = (0.1, 0.5, 1.0, 5.0, 15.0, 60.0, 300.0, 900.0, 3600.0, 14400.0, 86400.0)
"""Seconds from submission to the finished file."""
RECENT_SECONDS = 15 * 60.0
"""What `farm_recent_*` looks back; whole minutes are counted."""


JOBS = (
    gauge("farm_jobs", "Jobs by where they stand.", Source.EVENTS, "kind", "status"),
    counter("farm_jobs_submitted_total", "Jobs ever submitted.", Source.EVENTS, "kind"),
    counter(
        "farm_jobs_ended_total",
        "How often a job ended so; one that is retried may end again.",
        Source.EVENTS,
        *("kind", "status"),
    ),
    histogram(
        "farm_job_seconds",
        "Seconds from the submission of a job to its completion.",
        JOB_BUCKETS,
        "kind",
    ),
    gauge(
        "farm_tasks",
        "Tasks by where they stand.",
        Source.EVENTS,
        *("kind", "queue", "status"),
    ),
    counter(
        "farm_attempts_started_total",
        "Attempts at tasks that a worker claimed.",
        Source.EVENTS,
        *("kind", "queue"),
    ),
    counter(
        "farm_attempts_ended_total",
        "Attempts by how they ended: completed, failed, stalled, released, cancelled.",
        Source.EVENTS,
        *("kind", "queue", "outcome"),
    ),
    counter(
        "farm_attempts_failed_total",
        "Attempts that failed or stalled, by the error (a class of farm.errors).",
        Source.EVENTS,
        *("kind", "cause"),
    ),
    counter(
        "farm_ffmpeg_failures_total",
        "Attempts that failed because FFmpeg did, by the error.",
        Source.EVENTS,
        "cause",
    ),
    counter(
        "farm_requeues_total",
        "Tasks that went back to their queue after an attempt.",
        Source.EVENTS,
        *("kind", "queue"),
    ),
    counter(
        "farm_stalled_total",
        "Tasks taken back because nothing was heard until the lease was over.",
        Source.EVENTS,
        *("kind", "queue"),
    ),
    histogram(
        "farm_task_run_seconds",
        "Seconds that a completed attempt took.",
        RUN_BUCKETS,
        "kind",
    ),
    histogram(
        "farm_task_wait_seconds",
        "Seconds that a task was queued before a worker claimed it.",
        WAIT_BUCKETS,
        *("kind", "queue"),
    ),
    gauge(
        "farm_recent_attempts",
        "Attempts that ended so in the last 15 minutes.",
        Source.EVENTS,
        "outcome",
    ),
    gauge(
        "farm_recent_failure_ratio",
        "Share that failed or stalled of the attempts that ended in the last 15 "
        "minutes; absent where fewer than 5 ended.",
        Source.EVENTS,
    ),
)

QUEUES = (
    gauge(
        "farm_queue_depth",
        "Tasks that wait in a queue for a worker.",
        Source.EVENTS,
        "queue",
    ),
    gauge(
        "farm_queue_oldest_seconds",
        "How long the oldest task of a queue has waited; 0 where none waits.",
        Source.EVENTS,
        "queue",
    ),
    gauge(
        "farm_queue_unserved_tasks",
        "Tasks that wait in a queue that no worker serves.",
        Source.EVENTS,
        "queue",
    ),
    gauge(
        "farm_workers",
        "Workers by what they have (cpu, gpu) and state (online, offline, lost).",
        Source.TABLE,
        *("device", "state"),
    ),
    gauge(
        "farm_worker_slots",
        "Tasks that workers online can do at once, and how many they do.",
        Source.TABLE,
        *("device", "state"),
    ),
    gauge(
        "farm_gpu_task_sessions",
        "Encoder sessions that tasks have of a GPU, and may have (limit), if bounded.",
        Source.TABLE,
        *("host", "gpu", "state"),
    ),
    gauge(
        "farm_gpu_task_memory_bytes",
        "Memory that tasks have of a GPU by estimate, and may have (limit).",
        Source.TABLE,
        *("host", "gpu", "state"),
    ),
    gauge(
        "farm_recent_lost_workers",
        "Workers that were lost, and heard of in the last 15 minutes.",
        Source.TABLE,
    ),
)

WORK = (
    counter(
        "farm_encoded_frames_total",
        "Frames that FFmpeg wrote, of commands that ended well.",
        Source.WORKERS,
        "kind",
    ),
    counter(
        "farm_encoded_media_seconds_total",
        "Seconds of picture or sound that FFmpeg wrote.",
        Source.WORKERS,
        "kind",
    ),
    counter(
        "farm_ffmpeg_run_seconds_total",
        "Seconds that FFmpeg ran for it.",
        Source.WORKERS,
        "kind",
    ),
    counter(
        "farm_ffmpeg_runs_total",
        "FFmpeg commands that ended well (ok) or not (failed).",
        Source.WORKERS,
        *("kind", "outcome"),
    ),
    gauge(
        "farm_frames_per_second",
        "Frames a second, of all tasks that run now.",
        Source.WORKERS,
        "kind",
    ),
    gauge(
        "farm_realtime_factor",
        "Seconds made in a second, of all tasks that run now.",
        Source.WORKERS,
        "kind",
    ),
    counter(
        "farm_fenced_reports_total",
        "Attempts that had lost their lease in the end: their report changes nothing.",
        Source.WORKERS,
        "kind",
    ),
    counter(
        "farm_inputs_total",
        "Objects that tasks needed: found in the input cache, or fetched.",
        Source.WORKERS,
        *("kind", "outcome"),
    ),
    counter(
        "farm_input_fetched_bytes_total",
        "Bytes of the objects that were fetched.",
        Source.WORKERS,
        "kind",
    ),
)
