"""Prometheus answers every query of every dashboard, of a farm that works."""

from __future__ import annotations

import json
import re
import shutil
import signal
import subprocess
import urllib.request
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from farm.embedded.valkey import free_port
from farm.monitor.grafana import ask as prometheus_api
from farm.monitor.grafana.picture import main as draw_all
from farm.monitor.rules import built_in_rules
from farm.settings import Settings
from tests.acceptance.cli_helpers import CommandLine, color_timeline
from tests.acceptance.farm.rig import ROOT, until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(400),
    pytest.mark.skipif(shutil.which("prometheus") is None, reason="no Prometheus here"),
]

CONFIG = ROOT / "config"
CHOSEN = {
    "$__rate_interval": "10s",
    "$__interval": "5s",
    "$__range": "1h",
    **{f"${label}": ".*" for label in ("kind", "queue", "host")},
}
MAY_BE_EMPTY = re.compile(
    r"^farm_gpu_"  # this machine may have none
    r"|farm_recent_failure_ratio|_recent_hit_ratio"  # of too few, no share is told
    r"|^sum by \(rule, severity, state\)"  # no alert
    r"|farm_stalled_total|farm_requeues_total|farm_ffmpeg_failures_total"  # none did
)


@contextmanager
def prometheus(folder: Path, *, farm_port: int, flower_port: int) -> Iterator[str]:
    """Run Prometheus with the farm's config, each second; yield its address."""
    config = (CONFIG / "prometheus.yml").read_text("utf-8")
    for old, new in (
        ("127.0.0.1:9191", f"127.0.0.1:{farm_port}"),
        ("127.0.0.1:5555", f"127.0.0.1:{flower_port}"),
        ("_interval: 15s", "_interval: 1s"),
    ):
        assert old in config
        config = config.replace(old, new)
    folder.mkdir()
    (folder / "prometheus.yml").write_text(config)
    shutil.copy(CONFIG / "prometheus-rules.yml", folder)
    port = free_port()
    server = f"http://127.0.0.1:{port}"
    argv = [
        "prometheus",
        f"--config.file={folder / 'prometheus.yml'}",
        f"--storage.tsdb.path={folder / 'data'}",
        f"--web.listen-address=127.0.0.1:{port}",
    ]
    with (
        (folder / "log").open("wb") as log,
        subprocess.Popen(argv, stdout=log, stderr=log) as running,
    ):
        try:
            until(lambda: is_ready(server))
            yield server
        finally:
            running.send_signal(signal.SIGTERM)


def is_ready(server: str) -> bool:
    """Ask whether Prometheus can be asked."""
    page = f"{server}/-/ready"
    try:
        with urllib.request.urlopen(page, timeout=5) as answer:  # noqa: S310
            return bool(answer.status == 200)
    except OSError:
        return False


def ask(server: str, expression: str) -> list[dict[str, Any]]:
    """Return what Prometheus answers; raise with its words where it is an error."""
    for variable, value in CHOSEN.items():
        expression = expression.replace(variable, value)
    return prometheus_api.ask(server, expression)


def value_of(server: str, expression: str) -> float:
    """Return the only value; nothing is -1."""
    found = ask(server, expression)
    return float(found[0]["value"][1]) if found else -1


def work(command: CommandLine) -> None:
    """Let the farm do jobs, one of which fails, and one again, out of the cache."""
    command.write("edit.json", color_timeline(60, width=1280, height=720))
    for output in ("first.mp4", "again.mp4"):
        done = command.run("render", "edit.json", "-o", output)
        assert done.returncode == 0, done.stderr
    done = command.run("frame", "edit.json", "--at", "1", "-o", "still.png")
    assert done.returncode == 0, done.stderr
    command.write("broken.mp4", "this is no film")
    done = command.run("probe", "broken.mp4")
    assert done.returncode == 1, done.stderr


@contextmanager
def farm_that_worked(folder: Path) -> Iterator[str]:
    """Yield the address of a Prometheus that saw a farm work from its start."""
    command, port, flower = CommandLine(folder=folder), free_port(), free_port()
    ports = ("--metrics-port", str(port), "--flower-port", str(flower))
    with (
        command.start("up", "--flower", "--flower-open", *ports),
        prometheus(folder / "prometheus", farm_port=port, flower_port=flower) as server,
    ):
        until(lambda: value_of(server, "sum(farm_worker_slots)") > 0, seconds=60)
        work(command)
        failed = 'sum(farm_jobs{status="failed"})'
        until(lambda: value_of(server, failed) == 1, seconds=30)
        until(lambda: value_of(server, "sum(farm_host_cpus)") > 0, seconds=30)
        yield server


def test_every_query_of_every_dashboard_is_answered(tmp_path: Path) -> None:
    with farm_that_worked(tmp_path) as server:
        assert_all_is_scraped(server)
        pictures = tmp_path / "pictures"
        without = draw_all(server, pictures, minutes=2)
        assert {file.stem for file in pictures.glob("*.png")} == {
            file.stem for file in (CONFIG / "grafana" / "dashboards").glob("*.json")
        }
        assert not [name for name in without if name.startswith("Farm: cache")]
        empty = []
        for file in sorted((CONFIG / "grafana" / "dashboards").glob("*.json")):
            dashboard = json.loads(file.read_text("utf-8"))
            queries = [
                (panel["title"], target["expr"])
                for panel in dashboard["panels"]
                for target in panel.get("targets", [])
            ]
            assert queries
            for title, expression in queries:
                # the speed is told while something runs
                ever = f"last_over_time(({expression})[5m:1s])"
                if not (ask(server, expression) or ask(server, ever)):
                    empty.append((file.stem, title, expression))
        assert [each for each in empty if not MAY_BE_EMPTY.search(each[2])] == []

        failures = _panel("overview", "Failures of the chosen time")
        (failed,) = ask(server, failures["targets"][0]["expr"])
        assert failed["metric"] == {"cause": "MediaUnreadable"}
        assert float(failed["value"][1]) == 1
        ended = _panel("job", "How jobs ended")["targets"][0]["expr"]
        assert {
            (each["metric"]["kind"], each["metric"]["status"]): each["value"][1]
            for each in ask(server, ended)
            if each["value"][1] != "0"
        } == {
            ("render", "completed"): "2",
            ("frame", "completed"): "1",
            ("probe", "failed"): "1",
        }


def assert_all_is_scraped(server: str) -> None:
    """Farm and Flower are up, and the farm's rules are those that are looked at."""
    up = {each["metric"]["job"]: each["value"][1] for each in ask(server, "up")}
    assert up == {"farm": "1", "flower": "1"}
    assert value_of(server, "sum(flower_events_total)") > 0
    rules = f"{server}/api/v1/rules"
    with urllib.request.urlopen(rules, timeout=20) as answer:  # noqa: S310
        (group,) = json.load(answer)["data"]["groups"]
    assert [rule["name"] for rule in group["rules"]] == [
        rule.name for rule in built_in_rules(Settings.read())
    ]
    assert {rule["health"] for rule in group["rules"]} == {"ok"}


def _panel(name: str, title: str) -> dict[str, Any]:
    file = CONFIG / "grafana" / "dashboards" / f"{name}.json"
    panels: list[dict[str, Any]] = json.loads(file.read_text("utf-8"))["panels"]
    return next(panel for panel in panels if panel["title"] == title)
