"""Flower, `/metrics`, `farm workers`, `farm jobs` and SQL tell the same of one farm."""

from __future__ import annotations

import json
import re
import signal
import sqlite3
import urllib.request
from base64 import b64encode
from collections import Counter
from contextlib import closing
from typing import TYPE_CHECKING, Any

from prometheus_client.parser import text_string_to_metric_families

from farm.cli.app import run
from farm.embedded.valkey import free_port
from tests.acceptance.cli_helpers import CommandLine
from tests.acceptance.farm.rig import ffmpegs_in, until

if TYPE_CHECKING:
    from pathlib import Path

    import psutil
    import pytest

SLOTS = 3  # two for batches and one for what a person waits for
SEGMENTS = 6
PATH = "farm/flower"


class View:
    """All that tells how a farm is, read while nothing moves in it."""

    def __init__(
        self, storage: Path, flower: str, metrics: str, told: pytest.CaptureFixture[str]
    ) -> None:
        self._storage, self._told = storage, told
        self._flower, self._metrics = flower, metrics

    def sql(self, statement: str) -> Counter[tuple[str, ...]]:
        """Return counts by what is before them in each row, of the file itself."""
        with closing(sqlite3.connect(self._storage / "jobs.sqlite")) as table:
            rows = table.execute(statement).fetchall()
        return Counter({tuple(row[:-1]): row[-1] for row in rows})

    def command(self, name: str) -> list[dict[str, Any]]:
        self._told.readouterr()
        assert run([name, "--json"]) == 0
        found: list[dict[str, Any]] = json.loads(self._told.readouterr().out)[name]
        return found

    def flower(self, page: str) -> bytes:
        login, address = re.fullmatch(r"http://(.*)@(.*)/", self._flower).groups()  # type: ignore[union-attr]
        request = urllib.request.Request(f"http://{address}/{page}")
        request.add_header(
            "Authorization", f"Basic {b64encode(login.encode()).decode()}"
        )
        with urllib.request.urlopen(request, timeout=20) as answer:  # noqa: S310
            body: bytes = answer.read()
        return body

    def metrics(self, name: str, *labels: str) -> Counter[tuple[str, ...]]:
        """Return values that are not 0 by labels, added up over all others."""
        with urllib.request.urlopen(self._metrics, timeout=20) as answer:  # noqa: S310
            return _values(answer.read().decode(), name, *labels)

    def flower_metrics(self, name: str, *labels: str) -> Counter[tuple[str, ...]]:
        return _values(self.flower("metrics").decode(), name, *labels)


def _values(text: str, name: str, *labels: str) -> Counter[tuple[str, ...]]:
    found: Counter[tuple[str, ...]] = Counter()
    for family in text_string_to_metric_families(text):
        for each in family.samples:
            if each.name == name:
                key = tuple(each.labels[label] for label in labels)
                found[key] += each.value  # type: ignore[assignment]
    return +found


def timeline() -> str:
    """Return a timeline of one colour that is cut into so many segments."""
    clip = {
        "type": "clip",
        "name": "ground",
        "media": {"type": "color", "color": "#2060a0"},
        "duration": str(4 * SEGMENTS),
    }
    return json.dumps(
        {
            "format": "farm-timeline/1",
            "rate": 25,
            "width": 640,
            "height": 360,
            "tracks": [{"kind": "video", "items": [clip]}],
        }
    )


def stop_ffmpegs(folder: Path) -> list[psutil.Process]:
    """Let both batch slots stand still in the middle of a segment."""
    stopped: dict[int, psutil.Process] = {}

    def stop() -> bool:
        for each in ffmpegs_in(folder):
            if each.pid not in stopped and "segment" in " ".join(each.cmdline()):
                each.suspend()
                stopped[each.pid] = each
        return len(stopped) == SLOTS - 1

    until(stop, seconds=60)
    return [*stopped.values()]


def assert_agree(view: View) -> None:
    """Compare all that two of them tell."""
    tasks = view.sql("SELECT kind, queue, status, count(*) FROM tasks GROUP BY 1, 2, 3")
    jobs = view.sql("SELECT kind, status, count(*) FROM jobs GROUP BY 1, 2")
    attempts = view.sql(
        "SELECT kind, outcome, count(*) FROM attempts JOIN tasks ON tasks.id = task_id "
        "WHERE outcome IS NOT NULL GROUP BY 1, 2"
    )
    active = view.sql(
        "SELECT worker, count(*) FROM tasks WHERE status = 'active' GROUP BY 1"
    )
    running = {
        row[0] for row in view.sql("SELECT id, 1 FROM tasks WHERE status = 'active'")
    }
    assert view.metrics("farm_tasks", "kind", "queue", "status") == tasks
    assert view.metrics("farm_jobs", "kind", "status") == jobs
    assert view.metrics("farm_attempts_ended_total", "kind", "outcome") == attempts
    waiting = Counter({(q,): n for (_, q, s), n in tasks.items() if s == "queued"})
    assert view.metrics("farm_queue_depth", "queue") == waiting

    assert (
        Counter((each["kind"], each["status"]) for each in view.command("jobs")) == jobs
    )
    workers = view.command("workers")
    assert {task for each in workers for task in each["active"]} == running
    assert +Counter({(w["name"],): len(w["active"]) for w in workers}) == active
    slots = view.metrics("farm_worker_slots", "state")
    assert slots["busy",] == len(running)
    assert slots["all",] == sum(each["slots"] for each in workers) == SLOTS
    online = view.metrics("farm_workers", "state")["online",]
    assert online == sum(each["state"] == "online" for each in workers) == 2

    # Flower knows what Celery ran: each attempt, by its kind, and how it ended
    known = json.loads(view.flower("api/tasks?limit=1000"))
    started = {task for task, each in known.items() if each["state"] == "STARTED"}
    assert started == running
    ended = Counter(
        (each["name"], each["result"].strip("'").partition(":")[0])
        for each in known.values()
        if each["state"] == "SUCCESS"
    )
    assert ended == attempts
    executing = "flower_worker_number_of_currently_executing_tasks"
    assert view.flower_metrics(executing, "worker") == active
    assert set(json.loads(view.flower("api/workers?status=1"))) == {
        each["name"] for each in workers
    }


def test_all_of_them_agree_under_load(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FARM_STORAGE", str(tmp_path / "storage"))
    monkeypatch.setenv("FLOWER_URL_PREFIX", PATH)
    monkeypatch.chdir(tmp_path)
    command = CommandLine(folder=tmp_path)
    command.write("edit.json", timeline())
    command.write("broken.mp4", "this is no film")
    port, flower_port = free_port(), free_port()
    ports = ("--metrics-port", str(port), "--flower-port", str(flower_port))
    with command.start("up", "--flower", *ports) as farm:
        assert farm.stdout is not None
        told = [farm.stdout.readline() for _ in range(4)]
        (address,) = (line.split()[1] for line in told if line.startswith("Flower:"))
        assert address.endswith(f":{flower_port}/{PATH}/")
        metrics = f"http://127.0.0.1:{port}/metrics"
        view = View(tmp_path / "storage", address, metrics, capsys)

        assert run(["frame", "edit.json", "--at", "1", "-o", "still.png"]) == 0
        assert run(["probe", "broken.mp4"]) == 1
        render = ("render", "edit.json", "-o", "film.mp4", "--segments", "4")
        assert run([*render, "--detach"]) == 0
        assert run(["waveform", "broken.mp4", "-o", "no.png"]) == 1
        stopped = stop_ffmpegs(tmp_path / "storage")
        executing = "flower_worker_number_of_currently_executing_tasks"
        until(lambda: sum(view.flower_metrics(executing, "worker").values()) == 2)
        states = "SELECT status, count(*) FROM tasks GROUP BY 1"
        before = view.sql(states)
        assert before["active",] == SLOTS - 1
        assert before["queued",] >= SEGMENTS - SLOTS
        assert_agree(view)
        assert view.sql(states) == before  # nothing moved meanwhile

        for each in stopped:
            each.resume()
        job = next(each for each in view.command("jobs") if each["kind"] == "render")
        assert run(["watch", job["id"]]) == 0
        going = "flower_worker_number_of_currently_executing_tasks"
        until(lambda: not view.flower_metrics(going, "worker"))
        assert_agree(view)
        farm.send_signal(signal.SIGTERM)
        farm.wait(30)
