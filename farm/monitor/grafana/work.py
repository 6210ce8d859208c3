"""What waits, and how long jobs take."""

from __future__ import annotations

from farm.monitor.grafana.panel import (
    Dashboard,
    Look,
    Panel,
    Query,
    Variable,
    grown,
    grown_since_seen,
    quantile,
)

_SHARES = ((0.5, "p50"), (0.95, "p95"))
_QUEUE = 'queue=~"$queue"'
_KIND = 'kind=~"$kind"'

QUEUES = Dashboard(
    name="queues",
    title="Farm: queues",
    variables=(Variable(label="queue", metric="farm_queue_depth"),),
    panels=(
        Panel(
            title="Tasks that wait",
            text="Tasks that could run, and have no worker yet.",
            queries=(
                Query(expression=f"farm_queue_depth{{{_QUEUE}}}", legend="{{queue}}"),
            ),
        ),
        Panel(
            title="Oldest task",
            text="How long it has waited; the dashed line is the alert queue_old.",
            queries=(
                Query(
                    expression=f"farm_queue_oldest_seconds{{{_QUEUE}}}",
                    legend="{{queue}}",
                ),
            ),
            unit="s",
            rule="queue_old",
        ),
        Panel(
            title="Tasks that no worker can take",
            text="They wait in a queue that no worker serves: start one for it.",
            queries=(
                Query(
                    expression=f"farm_queue_unserved_tasks{{{_QUEUE}}}",
                    legend="{{queue}}",
                ),
            ),
            rule="queue_unserved",
        ),
        Panel(
            title="Tasks that run",
            text="By queue.",
            queries=(
                Query(
                    expression="sum by (queue) "
                    f'(farm_tasks{{status="active", {_QUEUE}}})',
                    legend="{{queue}}",
                ),
            ),
        ),
        Panel(
            title="How long tasks waited",
            text="Before a worker claimed them, in the chosen time.",
            queries=tuple(
                Query(
                    expression=quantile(
                        share,
                        "farm_task_wait_seconds",
                        "queue",
                        within="$__range",
                        where=_QUEUE,
                    ),
                    legend=f"{{{{queue}}}} {name}",
                )
                for share, name in _SHARES
            ),
            look=Look.RANKING,
            unit="s",
        ),
        Panel(
            title="Attempts that ended",
            text="By outcome: completed, failed, stalled (nothing was heard of it), "
            "released (given back by its worker), cancelled.",
            queries=(
                Query(
                    expression=grown_since_seen(
                        "farm_attempts_ended_total",
                        "outcome",
                        within="$__interval",
                        where=_QUEUE,
                    ),
                    legend="{{outcome}}",
                ),
            ),
            look=Look.BARS,
        ),
        Panel(
            title="Tasks that went back to their queue",
            text="After an attempt, for whatever reason, in the chosen time.",
            queries=(
                Query(
                    expression=grown(
                        "farm_requeues_total",
                        *("queue", "kind"),
                        within="$__range",
                        where=_QUEUE,
                    ),
                    legend="{{queue}} {{kind}}",
                ),
            ),
            look=Look.RANKING,
        ),
        Panel(
            title="Tasks taken back from silent workers",
            text="In the chosen time: machines or networks that fail.",
            queries=(
                Query(
                    expression=grown(
                        "farm_stalled_total",
                        *("queue", "kind"),
                        within="$__range",
                        where=_QUEUE,
                    ),
                    legend="{{queue}} {{kind}}",
                ),
            ),
            look=Look.RANKING,
        ),
    ),
)

JOB = Dashboard(
    name="job",
    title="Farm: one job, against others of its kind",
    variables=(Variable(label="kind", metric="farm_jobs_submitted_total"),),
    panels=(
        Panel(
            title="This job",
            text="Metrics carry no ids, so this page shows what is usual for a kind "
            "of job. The job itself:\n\n"
            "- `farm job ID`: where it stands, its tasks, when it will be done\n"
            "- `farm watch ID`: the same, as it moves\n"
            "- `farm logs ID`: what FFmpeg said\n"
            "- `farm stats`: how long jobs took, by kind and preset\n",
            look=Look.TEXT,
            width=8,
        ),
        Panel(
            title="How long jobs took",
            text="From submission to the finished file, in the chosen time: half "
            "were done within p50, 95 of 100 within p95.",
            queries=tuple(
                Query(
                    expression=quantile(
                        share,
                        "farm_job_seconds",
                        "kind",
                        within="$__range",
                        where=_KIND,
                    ),
                    legend=f"{{{{kind}}}} {name}",
                )
                for share, name in _SHARES
            ),
            look=Look.RANKING,
            unit="s",
            width=8,
        ),
        Panel(
            title="How jobs ended",
            text="In the chosen time; one that is tried again may end again.",
            queries=(
                Query(
                    expression=grown(
                        "farm_jobs_ended_total",
                        *("kind", "status"),
                        within="$__range",
                        where=_KIND,
                    ),
                    legend="{{kind}} {{status}}",
                ),
            ),
            look=Look.RANKING,
            width=8,
        ),
        Panel(
            title="Jobs of this kind that run or wait",
            text="What this job shares the farm with.",
            queries=(
                Query(
                    expression="sum by (kind, status) "
                    f'(farm_jobs{{status=~"queued|active|paused", {_KIND}}})',
                    legend="{{kind}} {{status}}",
                ),
            ),
        ),
        Panel(
            title="Time from submission to file",
            text="Half of the jobs of the last hour were done within p50.",
            queries=tuple(
                Query(
                    expression=quantile(
                        share, "farm_job_seconds", "kind", within="1h", where=_KIND
                    ),
                    legend=f"{{{{kind}}}} {name}",
                )
                for share, name in _SHARES
            ),
            unit="s",
        ),
        Panel(
            title="How long its tasks waited",
            text="All kinds of task, in the chosen time.",
            queries=tuple(
                Query(
                    expression=quantile(
                        share, "farm_task_wait_seconds", "kind", within="$__range"
                    ),
                    legend=f"{{{{kind}}}} {name}",
                )
                for share, name in _SHARES
            ),
            look=Look.RANKING,
            unit="s",
        ),
        Panel(
            title="How long its tasks ran",
            text="All kinds of task, in the chosen time.",
            queries=tuple(
                Query(
                    expression=quantile(
                        share, "farm_task_run_seconds", "kind", within="$__range"
                    ),
                    legend=f"{{{{kind}}}} {name}",
                )
                for share, name in _SHARES
            ),
            look=Look.RANKING,
            unit="s",
        ),
        Panel(
            title="Failures of FFmpeg",
            text="By cause, in the chosen time; farm logs ID tells the words.",
            queries=(
                Query(
                    expression=grown(
                        "farm_ffmpeg_failures_total", "cause", within="$__range"
                    ),
                    legend="{{cause}}",
                ),
            ),
            look=Look.RANKING,
        ),
        Panel(
            title="Frames encoded",
            text="In a second, by kind of task, of commands that ended well.",
            queries=(
                Query(
                    expression="sum by (kind) "
                    "(rate(farm_encoded_frames_total[$__rate_interval]))",
                    legend="{{kind}}",
                ),
            ),
        ),
    ),
)
