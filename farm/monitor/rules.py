"""Alert rules: those of the farm, with thresholds of the settings, and one's own."""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING

from farm.errors import InvalidSettings
from farm.jobs.alerts import Breach
from farm.metrics.catalog import METRICS
from farm.metrics.metric import MetricType
from farm.settings import AlertRule
from farm.timeline.near import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from farm.jobs.alerts import Key
    from farm.monitor.sample import Sample
    from farm.settings import Settings

_OPERATORS: dict[str, Callable[[float, float], bool]] = {
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
    "==": operator.eq,
    "!=": operator.ne,
}


def built_in_rules(settings: Settings) -> tuple[AlertRule, ...]:
    """Return the farm's own rules."""
    rows: tuple[tuple[str, str, str, float, float, str, str], ...] = (
        (
            *("cache_hits_low", "farm_cache_recent_hit_ratio", "<"),
            *(settings.alert_cache_hit_ratio, 600.0, "info"),
            "the cache has seldom had what was asked for in the last hour",
        ),
        (
            *("cache_slow", "farm_cache_recent_response_seconds", ">"),
            *(settings.alert_response_seconds, 300.0, "warning"),
            "looking into the cache takes long: the storage or the job table is slow",
        ),
        (
            *("cache_fragmented", "farm_cache_fragmentation_ratio", ">"),
            *(settings.alert_fragmentation_ratio, 600.0, "info"),
            "much of the cache's disk holds no listed file",
        ),
        (
            *("memory_high", "farm_host_memory_used_ratio", ">"),
            *(settings.alert_memory_ratio, 60.0, "warning"),
            "a host has little memory left",
        ),
        (
            *("disk_low", "farm_disk_free_ratio", "<"),
            *(settings.alert_disk_free_ratio, 60.0, "critical"),
            "the disk of storage or scratch is nearly full",
        ),
        (
            *("queue_old", "farm_queue_oldest_seconds", ">"),
            *(settings.alert_queue_seconds, 60.0, "warning"),
            "a task has waited long for a worker",
        ),
        (
            *("failures_high", "farm_recent_failure_ratio", ">"),
            *(settings.alert_failure_ratio, 60.0, "warning"),
            "many attempts of the last 15 minutes failed",
        ),
        (
            *("tasks_stalled", 'farm_recent_attempts{outcome="stalled"}', ">"),
            *(settings.alert_stalled_tasks, 0.0, "warning"),
            "tasks were taken back from workers that said nothing any more",
        ),
        (
            *("worker_lost", "farm_recent_lost_workers", ">"),
            *(settings.alert_lost_workers, 0.0, "critical"),
            "a worker was not heard of any more",
        ),
        (
            *("gpu_hot", "farm_gpu_temperature_celsius", ">"),
            *(settings.alert_gpu_celsius, 60.0, "warning"),
            "a GPU is hot",
        ),
        (
            *("gpu_memory_high", "farm_gpu_memory_used_ratio", ">"),
            *(settings.alert_gpu_memory_ratio, 60.0, "warning"),
            "a GPU has little memory left",
        ),
        (
            *("queue_unserved", "farm_queue_unserved_tasks", ">"),
            *(0.0, 30.0, "critical"),
            "tasks wait in a queue that no worker serves",
        ),
    )
    return tuple(
        AlertRule.model_validate(
            {
                "name": name,
                "metric": metric.partition("{")[0],
                "operator": sign,
                "threshold": threshold,
                "for_seconds": seconds,
                "severity": severity,
                "labels": {"outcome": "stalled"} if "{" in metric else {},
                "summary": summary,
            }
        )
        for name, metric, sign, threshold, seconds, severity, summary in rows
    )


def all_rules(settings: Settings) -> tuple[AlertRule, ...]:
    """Return all rules; raise `InvalidSettings` for one that cannot be looked at."""
    found = built_in_rules(settings)
    names = {rule.name for rule in found}
    for rule in settings.alerts:
        _check(rule, names)
        names.add(rule.name)
    return (*found, *settings.alerts)


def find_breaches(
    rules: Sequence[AlertRule], samples: Iterable[Sample]
) -> dict[Key, Breach]:
    """Return what breaks a rule now."""
    found: dict[Key, Breach] = {}
    by_metric: dict[str, list[AlertRule]] = {}
    for rule in rules:
        by_metric.setdefault(rule.metric, []).append(rule)
    for sample in samples:
        for rule in by_metric.get(sample.name, ()):
            labels = sample.named_labels
            if not rule.labels.items() <= labels.items():
                continue
            if _OPERATORS[rule.operator](sample.value, rule.threshold):
                breach = Breach(
                    rule=rule.name,
                    labels=labels,
                    severity=rule.severity,
                    summary=rule.summary,
                    for_seconds=rule.for_seconds,
                    value=sample.value,
                )
                found[breach.key] = breach
    return found


def _check(rule: AlertRule, names: set[str]) -> None:
    where = f"the setting alerts cannot be used: the rule {rule.name}"
    if rule.name in names:
        raise InvalidSettings(f"{where} has the name of another rule")
    metric = METRICS.get(rule.metric)
    if metric is None:
        hint = did_you_mean(rule.metric, METRICS)
        raise InvalidSettings(
            f"{where} is about {rule.metric}, which is no metric "
            f"(`farm metrics` prints all){hint}"
        )
    if metric.type in {MetricType.HISTOGRAM, MetricType.SUMMARY}:
        raise InvalidSettings(
            f"{where} is about {rule.metric}, which is not one value but a distribution"
        )
    if unknown := rule.labels.keys() - set(metric.labels):
        raise InvalidSettings(
            f"{where} asks for the label {min(unknown)}, which {rule.metric} lacks"
        )
