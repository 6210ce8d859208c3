"""Values of metrics as Prometheus reads them."""

from __future__ import annotations

from collections import defaultdict
from math import isinf
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    SummaryMetricFamily,
)

from farm.metrics.catalog import METRICS
from farm.metrics.metric import Metric, MetricType

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from prometheus_client.core import Metric as Family

    from farm.monitor.sample import Distribution, Sample


def write_text(samples: Iterable[Sample]) -> str:
    """Return the text format, version 0.0.4; metrics without a value are left out."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Collector(samples))
    return generate_latest(registry).decode("utf-8")


class _Collector:
    """Hands values to prometheus_client, in the order of the catalogue."""

    def __init__(self, samples: Iterable[Sample]) -> None:
        self._found: defaultdict[str, list[Sample]] = defaultdict(list)
        for found in samples:
            self._found[found.name].append(found)

    def collect(self) -> Iterator[Family]:
        """Yield a family for each metric that has values."""
        for metric in METRICS.values():
            if found := self._found.get(metric.name):
                yield _family(metric, found)


def _family(metric: Metric, samples: list[Sample]) -> Family:
    name, text, labels = metric.name, metric.help, metric.labels
    if metric.type is MetricType.COUNTER:
        counter = CounterMetricFamily(name, text, labels=labels)
        for each in samples:
            counter.add_metric(each.labels, each.value)
        return counter
    if metric.type is MetricType.GAUGE:
        gauge = GaugeMetricFamily(name, text, labels=labels)
        for each in samples:
            gauge.add_metric(each.labels, each.value)
        return gauge
    if metric.type is MetricType.SUMMARY:
        summary = SummaryMetricFamily(name, text, labels=labels)
        for each in samples:
            seen = _distribution(each)
            summary.add_metric(each.labels, int(seen.count), seen.total)
        return summary
    histogram = HistogramMetricFamily(name, text, labels=labels)
    for each in samples:
        seen = _distribution(each)
        buckets = [(_bound(bound), count) for bound, count in seen.below]
        histogram.add_metric(each.labels, buckets, seen.total)
    return histogram


def _distribution(sample: Sample) -> Distribution:
    if sample.distribution is None:
        raise ValueError(f"{sample.name} has no distribution")
    return sample.distribution


def _bound(bound: float) -> str:
    return "+Inf" if isinf(bound) else repr(bound)
