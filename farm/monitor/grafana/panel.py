"""What a dashboard is made of, without the words of Grafana."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Look(StrEnum):
    """How a panel shows its numbers; the values are Grafana's types of panels."""

    NUMBER = "stat"
    LINES = "timeseries"
    BARS = "bars"  #: a timeseries, drawn as stacked bars
    RANKING = "bargauge"
    TEXT = "text"


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What is asked of Prometheus, and what a line of the answer is called."""

    expression: str
    legend: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """One question of the team, and its answer.

    `unit` is an id of Grafana's units. `rule` is the alert rule whose threshold is
    drawn. `width` is in columns of 24, `height` in rows of about 30 pixels.
    """

    title: str
    text: str
    queries: tuple[Query, ...] = ()
    look: Look = Look.LINES
    unit: str = "short"
    rule: str = ""
    width: int = 12
    height: int = 8
    top: float | None = None
    """What the axis always reaches: 1 for shares."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """A choice at the top of a dashboard: values of a label, several or all."""

    label: str
    metric: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Dashboard:
    """A page; `name` is that of its file and, with farm- in front, its uid."""

    name: str
    title: str
    panels: tuple[Panel, ...]
    variables: tuple[Variable, ...] = ()


def grown(metric: str, *labels: str, within: str, where: str = "") -> str:
    """Return an expression: how much counters of the job table grew.

    They never fall, so the difference is exact; `increase` would miss the first
    count of each series, since a cause has none before it occurs. Where Prometheus
    is younger than `within`, all that was ever counted is told.
    """
    by = f" by ({', '.join(labels)})" if labels else ""
    chosen = f"{{{where}}}" if where else ""
    now = f"sum{by} ({metric}{chosen})"
    before = f"sum{by} ({metric}{chosen} offset {within})"
    return f"{now} - ({before} or 0 * {now})"


def grown_since_seen(metric: str, *labels: str, within: str, where: str = "") -> str:
    """Return the same for lines and bars: nothing until the farm was seen so long."""
    difference = grown(metric, *labels, within=within, where=where)
    return f"({difference}) and on () (farm_database_up offset {within})"


def quantile(share: float, metric: str, *labels: str, within: str, **more: str) -> str:
    """Return an expression: what a share of the times of a histogram stayed below."""
    buckets = grown(f"{metric}_bucket", "le", *labels, within=within, **more)
    return f"histogram_quantile({share}, {buckets})"
