"""`docs/metrics.md` lists every metric as the catalogue defines it."""

from __future__ import annotations

from pathlib import Path

from farm.metrics.catalog import METRICS, MetricType
from farm.metrics.document import START, build_table

DOCUMENT = Path(__file__).parents[2] / "docs" / "metrics.md"
IDS = {"id", "job", "task", "attempt", "worker", "path", "project", "pid"}


def test_the_document_has_the_table_of_the_catalogue() -> None:
    _, _, table = DOCUMENT.read_text(encoding="utf-8").partition(START)

    assert table.strip() == build_table().strip()


def test_metrics_are_named_as_prometheus_wants_it() -> None:
    for metric in METRICS.values():
        assert metric.name.startswith("farm_")
        assert metric.name.endswith("_total") is (metric.type is MetricType.COUNTER)
        assert bool(metric.buckets) is (metric.type is MetricType.HISTOGRAM)
        assert metric.help.endswith(".")


def test_no_label_is_an_id() -> None:
    assert not [m.name for m in METRICS.values() if IDS & set(m.labels)]
