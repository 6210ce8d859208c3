"""What a metric is: name, meaning, labels, buckets, and where it comes from."""

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """A metric, as Prometheus is told of it."""

    name: str
    type: MetricType
    help: str
    source: Source
    labels: tuple[str, ...] = ()
    buckets: tuple[float, ...] = ()


def counter(name: str, text: str, source: Source, *labels: str) -> Metric:
    """Return a metric that only grows."""
    return Metric(
        name=name, type=MetricType.COUNTER, help=text, source=source, labels=labels
    )


def gauge(name: str, text: str, source: Source, *labels: str) -> Metric:
    """Return a metric that goes up and down."""
    return Metric(
        name=name, type=MetricType.GAUGE, help=text, source=source, labels=labels
    )


def histogram(name: str, text: str, buckets: tuple[float, ...], *labels: str) -> Metric:
    """Return a metric of how events spread over buckets."""
    return Metric(
        name=name,
        type=MetricType.HISTOGRAM,
        help=text,
        source=Source.EVENTS,
        labels=labels,
        buckets=buckets,
    )
