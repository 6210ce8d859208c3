from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from farm.errors import InvalidSettings
from farm.metrics.catalog import METRICS
from farm.monitor.prometheus import build_rules_file
from farm.monitor.rules import all_rules, built_in_rules, find_breaches
from farm.monitor.sample import sample
from farm.settings import AlertRule, Settings

ROOT = Path(__file__).parents[3]
RULES_FILE = ROOT / "config" / "prometheus-rules.yml"
OWN = {
    "name": "long_queue",
    "metric": "farm_queue_depth",
    "operator": ">",
    "threshold": 5,
    "labels": {"queue": "cpu.batch"},
}


def test_the_file_of_rules_is_that_of_the_defaults() -> None:
    """`make rules` writes it anew."""
    defaults = Settings.model_construct(
        **{name: field.default for name, field in Settings.model_fields.items()}
    )

    assert RULES_FILE.read_text(encoding="utf-8") == build_rules_file(
        built_in_rules(defaults)
    )


def test_every_rule_is_in_the_document_and_about_a_metric() -> None:
    text = (ROOT / "docs" / "alerts.md").read_text(encoding="utf-8")
    for rule in built_in_rules(Settings.read()):
        assert f"| `{rule.name}` |" in text
        assert rule.metric in METRICS
        assert set(rule.labels) <= set(METRICS[rule.metric].labels)
        assert rule.summary


@pytest.mark.skipif(shutil.which("promtool") is None, reason="no promtool here")
@pytest.mark.parametrize(
    ("check", "name"), [("rules", "prometheus-rules.yml"), ("config", "prometheus.yml")]
)
def test_promtool_takes_the_files(check: str, name: str) -> None:
    done = subprocess.run(
        ["promtool", "check", check, str(ROOT / "config" / name)],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.skipif(shutil.which("promtool") is None, reason="no promtool here")
def test_own_rules_are_rules_of_prometheus(tmp_path: Path) -> None:
    own = {**OWN, "summary": 'more "work"\nthan: {workers}'}
    path = tmp_path / "rules.yml"
    path.write_text(build_rules_file(all_rules(Settings.read(alerts=[own]))))

    subprocess.run(["promtool", "check", "rules", str(path)], check=True)
    assert 'farm_queue_depth{queue=\\"cpu.batch\\"} > 5' in path.read_text()


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ({"metric": "farm_queue_deep"}, r"did you mean farm_queue_depth\?"),
        ({"metric": "farm_job_seconds", "labels": {}}, "a distribution"),
        ({"labels": {"colour": "red"}}, "the label colour"),
        ({"name": "disk_low"}, "name of another rule"),
    ],
)
def test_rules_that_cannot_be_looked_at_are_refused(
    value: dict[str, object], said: str
) -> None:
    with pytest.raises(InvalidSettings, match=said):
        all_rules(Settings.read(alerts=[{**OWN, **value}]))


@pytest.mark.parametrize(
    "value", [{"operator": "=>"}, {"name": "Long queue"}, {"colour": "red"}]
)
def test_rules_that_are_none_are_refused(value: dict[str, object]) -> None:
    with pytest.raises(InvalidSettings, match="alerts"):
        Settings.read(alerts=[{**OWN, **value}])


@pytest.mark.parametrize(
    ("sign", "breaking"),
    [
        *((">", 6), (">=", 5), ("<", 4), ("<=", 5), ("==", 5), ("!=", 4)),
    ],
)
def test_a_rule_is_broken_by_its_metric_and_labels_alone(
    sign: str, breaking: float
) -> None:
    rule = AlertRule.model_validate({**OWN, "operator": sign})
    fine = {">": 5, ">=": 4, "<": 5, "<=": 6, "==": 4, "!=": 5}[sign]

    def broken(value: float, queue: str = "cpu.batch") -> int:
        return len(find_breaches([rule], [sample("farm_queue_depth", value, queue)]))

    assert broken(breaking) == 1
    assert broken(fine) == 0
    assert broken(breaking, "gpu.batch") == 0
    assert not find_breaches([rule], [sample("farm_events_behind", breaking)])
