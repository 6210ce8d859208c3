"""`docs/metrics.md` lists every metric as the catalogue defines it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from farm.metrics.catalog import METRICS
from farm.metrics.document import START, build_table
from farm.metrics.metric import MetricType
from farm.settings import Settings

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


@pytest.mark.parametrize("name", ["alerts.md", "metrics.md", "deployment.md"])
def test_documents_name_metrics_and_settings_that_exist(name: str) -> None:
    text = (DOCUMENT.parent / name).read_text(encoding="utf-8")
    metrics = set(re.findall(r"\bfarm_[a-z_]+\b", text))
    settings = set(re.findall(r"\b(?:alert|webhook|metrics)_[a-z_]+\b", text))
    own = {name for name in METRICS if METRICS[name].type is MetricType.HISTOGRAM}
    series = {f"{name}_{part}" for name in own for part in ("bucket", "sum", "count")}

    assert metrics - METRICS.keys() - series == set()
    assert settings - Settings.model_fields.keys() == set()


def test_every_setting_of_alerts_and_webhooks_is_explained() -> None:
    text = (DOCUMENT.parent / "alerts.md").read_text(encoding="utf-8")
    ours = {name for name in Settings.model_fields if re.match("alert_|webhook_", name)}

    assert {name for name in ours if f"`{name}`" not in text} == set()
