"""How the farm is, on one page."""

from __future__ import annotations

from farm.monitor.grafana.panel import (
    Dashboard,
    Look,
    Panel,
    Query,
    grown,
    grown_since_seen,
    quantile,
)


def _number(
    title: str, text: str, expression: str, *, unit: str = "short", rule: str = ""
) -> Panel:
    return Panel(
        title=title,
        text=text,
        queries=(Query(expression=expression),),
        look=Look.NUMBER,
        width=3,
        height=4,
        unit=unit,
        rule=rule,
    )


_NOW = (
    _number(
        "Jobs running",
        "Jobs of which a task runs or has run, and which go on.",
        'sum(farm_jobs{status="active"}) or vector(0)',
    ),
    _number(
        "Jobs waiting",
        "Jobs of which no task has begun.",
        'sum(farm_jobs{status="queued"}) or vector(0)',
    ),
    _number(
        "Longest wait",
        "How long the oldest task of any queue has waited for a worker.",
        "max(farm_queue_oldest_seconds)",
        unit="s",
        rule="queue_old",
    ),
    _number(
        "Attempts that failed",
        "Of those that ended in the last 15 minutes; empty where fewer than 5 did.",
        "farm_recent_failure_ratio",
        unit="percentunit",
        rule="failures_high",
    ),
    _number(
        "Speed",
        "Seconds of film that are made in a second, of all tasks: 2 is twice real "
        "time.",
        "sum(farm_realtime_factor) or vector(0)",
        unit="none",
    ),
    _number(
        "Workers online",
        "Processes that take tasks.",
        'sum(farm_workers{state="online"})',
    ),
    _number(
        "Slots in use",
        "Share of what all workers can do at once.",
        'sum(farm_worker_slots{state="busy"}) / sum(farm_worker_slots{state="all"})',
        unit="percentunit",
    ),
    _number(
        "Alerts firing",
        "farm alerts tells them.",
        'sum(farm_alerts{state="firing"}) or vector(0)',
        rule="tasks_stalled",
    ),
)

_OVER_TIME = (
    Panel(
        title="Jobs that run or wait",
        text="Finished jobs are left out.",
        queries=(
            Query(
                expression="sum by (status) "
                '(farm_jobs{status=~"queued|active|paused"})',
                legend="{{status}}",
            ),
        ),
    ),
    Panel(
        title="Failures by cause",
        text="Attempts that failed or stalled. An attempt that failed may be tried "
        "again, so not every one is a failed job.",
        queries=(
            Query(
                expression=grown_since_seen(
                    "farm_attempts_failed_total", "cause", within="$__interval"
                ),
                legend="{{cause}}",
            ),
        ),
        look=Look.BARS,
    ),
    Panel(
        title="Frames per second",
        text="Of all tasks that run, by kind of task.",
        queries=(Query(expression="farm_frames_per_second", legend="{{kind}}"),),
        unit="none",
    ),
    Panel(
        title="Speed against real time",
        text="Seconds of film made in a second, by kind of task.",
        queries=(Query(expression="farm_realtime_factor", legend="{{kind}}"),),
        unit="none",
    ),
    Panel(
        title="Oldest task of each queue",
        text="The dashed line is where the alert queue_old begins.",
        queries=(Query(expression="farm_queue_oldest_seconds", legend="{{queue}}"),),
        unit="s",
        rule="queue_old",
    ),
    Panel(
        title="Slots",
        text="What workers online can do at once, and how much they do.",
        queries=(
            Query(
                expression="sum by (device, state) (farm_worker_slots)",
                legend="{{device}} {{state}}",
            ),
        ),
    ),
    Panel(
        title="Disk that is free",
        text="Of storage and scratch, as a share of the disk.",
        queries=(
            Query(expression="farm_disk_free_ratio", legend="{{host}} {{place}}"),
        ),
        unit="percentunit",
        rule="disk_low",
        top=1,
    ),
    Panel(
        title="Cache hits",
        text="Share of look-ups of the last hour that found a file; empty with fewer "
        "than 20.",
        queries=(Query(expression="farm_cache_recent_hit_ratio", legend="hits"),),
        unit="percentunit",
        rule="cache_hits_low",
        top=1,
    ),
)

_IN_TOTAL = (
    Panel(
        title="Failures of the chosen time",
        text="Attempts that failed or stalled, by cause. Where Prometheus is younger "
        "than the chosen time: all that there ever were.",
        queries=(
            Query(
                expression=grown(
                    "farm_attempts_failed_total", "cause", within="$__range"
                ),
                legend="{{cause}}",
            ),
        ),
        look=Look.RANKING,
        width=8,
    ),
    Panel(
        title="How long tasks took",
        text="Completed attempts of the chosen time, by kind: half were done "
        "within p50, 95 of 100 within p95.",
        queries=tuple(
            Query(
                expression=quantile(
                    share, "farm_task_run_seconds", "kind", within="$__range"
                ),
                legend=f"{{{{kind}}}} {name}",
            )
            for share, name in ((0.5, "p50"), (0.95, "p95"))
        ),
        look=Look.RANKING,
        unit="s",
        width=8,
    ),
    Panel(
        title="Alerts that fire or are about to",
        text="By rule.",
        queries=(
            Query(
                expression="sum by (rule, severity, state) (farm_alerts) > 0",
                legend="{{rule}}: {{severity}}, {{state}}",
            ),
        ),
        look=Look.RANKING,
        rule="tasks_stalled",
        width=8,
    ),
)

OVERVIEW = Dashboard(
    name="overview",
    title="Farm: overview",
    panels=(*_NOW, *_OVER_TIME, *_IN_TOTAL),
)
