"""Dashboards, provisioning, Compose file and catalogue of metrics fit together."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from farm.metrics.catalog import METRICS
from farm.metrics.metric import MetricType
from farm.monitor.grafana.__main__ import main
from farm.monitor.grafana.dashboards import DASHBOARDS
from tests.architecture.test_deployment import SERVICES

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "config" / "grafana" / "dashboards"
PROVISIONING = ROOT / "config" / "grafana" / "provisioning"
FILES = sorted(FOLDER.glob("*.json"))
_METRIC = re.compile(r"\b(farm_\w+)(?:\{([^}]*)\})?")
_SERIES = {
    MetricType.HISTOGRAM: ("_bucket", "_sum", "_count"),
    MetricType.SUMMARY: ("_sum", "_count"),
}
_LABELS = {
    metric.name + suffix: {*metric.labels, *({"le"} if suffix == "_bucket" else ())}
    for metric in METRICS.values()
    for suffix in _SERIES.get(metric.type, ("",))
}
by_file = pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)


def read(file: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(file.read_text("utf-8"))
    return document


def read_yaml(name: str) -> dict[str, Any]:
    document: dict[str, Any] = yaml.safe_load((PROVISIONING / name).read_text("utf-8"))
    return document


def problems_of(expression: str, legend: str) -> list[str]:
    """Return what metrics and labels a query names that there are not."""
    found = [(name, chosen or "") for name, chosen in _METRIC.findall(expression)]
    problems = [f"no metric {name}" for name, _ in found if name not in _LABELS]
    all_labels = [_LABELS.get(name, set()) for name, _ in found]
    for name, chosen in found:
        wanted = set(re.findall(r"(\w+)\s*(?:=~|!~|!=|=)", chosen))
        unknown = wanted - _LABELS.get(name, set())
        problems += [f"no label {label} of {name}" for label in unknown]
    shown = set(re.findall(r"\{\{(\w+)\}\}", legend))
    grouped = re.findall(r"\bby \(([^)]*)\)", expression)
    for label in shown.union(*(set(re.split(r",\s*", each)) for each in grouped)):
        if not any(label in labels for labels in all_labels):
            problems.append(f"no label {label}")
    if grouped and any(not shown <= set(re.split(r",\s*", each)) for each in grouped):
        problems.append(f"the sum has lost a label of {legend}")
    return problems if found else ["no metric"]


def test_the_files_are_what_python_says(tmp_path: Path) -> None:
    """`make dashboards` writes them anew."""
    main(tmp_path)

    assert {file.name: file.read_text("utf-8") for file in FILES} == {
        file.name: file.read_text("utf-8") for file in tmp_path.iterdir()
    }
    assert len(FILES) == len(DASHBOARDS) == 6


@by_file
def test_queries_name_metrics_and_labels_that_exist(file: Path) -> None:
    document = read(file)
    queries = [
        (target["expr"], target["legendFormat"])
        for panel in document["panels"]
        for target in panel.get("targets", [])
    ]
    for variable in document["templating"]["list"]:
        asked = re.fullmatch(
            r"label_values\((\w+), (\w+)\)", variable["query"]["query"]
        )
        assert asked is not None
        queries.append((asked[1], f"{{{{{asked[2]}}}}}"))

    assert queries
    assert [each for query in queries for each in problems_of(*query)] == []


@by_file
def test_variables_are_those_that_are_asked_for(file: Path) -> None:
    document = read(file)
    expressions = json.dumps([panel.get("targets") for panel in document["panels"]])
    built_in = {"__interval", "__rate_interval", "__range"}

    assert set(re.findall(r"\$(\w+)", expressions)) - built_in == {
        variable["name"] for variable in document["templating"]["list"]
    }


@by_file
def test_a_dashboard_can_be_loaded_and_read(file: Path) -> None:
    document = read(file)
    source = read_yaml("datasources/prometheus.yml")["datasources"][0]
    panels = document["panels"]

    assert document["uid"] == f"farm-{file.stem}"
    assert document["title"].startswith("Farm: ")
    assert len({panel["id"] for panel in panels}) == len(panels)
    assert len({panel["title"] for panel in panels}) == len(panels)
    for panel in [*panels, *document["templating"]["list"]]:
        if panel["type"] != "text":
            assert panel["datasource"] == {"type": source["type"], "uid": source["uid"]}
    for panel in panels:
        assert panel.get("description") or panel["options"].get("content")
        for target in panel.get("targets", []):
            assert target["datasource"] == panel["datasource"]


@by_file
def test_panels_lie_beside_each_other(file: Path) -> None:
    taken: set[tuple[int, int]] = set()
    for panel in read(file)["panels"]:
        place = panel["gridPos"]
        fields = {
            (place["x"] + column, place["y"] + row)
            for column in range(place["w"])
            for row in range(place["h"])
        }
        assert not fields & taken
        assert place["x"] + place["w"] <= 24
        taken |= fields


def test_titles_and_uids_are_told_apart() -> None:
    documents = [read(file) for file in FILES]

    assert len({each["uid"] for each in documents}) == len(documents)
    assert len({each["title"] for each in documents}) == len(documents)


def test_grafana_finds_dashboards_and_prometheus() -> None:
    mounts = dict(m.split(":")[:2] for m in SERVICES["grafana"]["volumes"])
    provider = read_yaml("dashboards/farm.yml")["providers"][0]
    source = read_yaml("datasources/prometheus.yml")["datasources"][0]
    inside = {inner: outer for outer, inner in mounts.items()}

    assert ROOT / inside[provider["options"]["path"]] == FOLDER
    assert ROOT / inside["/etc/grafana/provisioning"] == PROVISIONING
    assert source["url"] == "http://prometheus:9090"
    prometheus, grafana = SERVICES["prometheus"], SERVICES["grafana"]
    assert prometheus["ports"][0].endswith(":9090")
    assert set(prometheus["networks"]) & set(grafana["networks"])


@pytest.mark.parametrize("part", ["prometheus", "grafana"])
def test_what_is_mounted_exists(part: str) -> None:
    outer = [mount.split(":")[0] for mount in SERVICES[part]["volumes"]]
    files = [name for name in outer if name.startswith("./")]

    assert files
    assert all((ROOT / name).exists() for name in files)


@pytest.mark.parametrize(
    ("expression", "legend", "said"),
    [
        ("farm_none_such", "", "no metric farm_none_such"),
        ("farm_task_run_seconds", "", "no metric farm_task_run_seconds"),
        ('farm_jobs{queue="a"}', "", "no label queue of farm_jobs"),
        ("sum by (queue) (farm_jobs)", "", "no label queue"),
        ("farm_jobs", "{{host}}", "no label host"),
        ("sum by (kind) (farm_jobs)", "{{status}}", "the sum has lost a label"),
    ],
)
def test_a_wrong_query_is_found(expression: str, legend: str, said: str) -> None:
    assert any(said in each for each in problems_of(expression, legend))
