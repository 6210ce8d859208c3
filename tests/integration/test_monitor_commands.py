"""What commands about the farm print, and how they end."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from prometheus_client.parser import text_string_to_metric_families

from farm.api import Farm
from farm.cli.app import run
from farm.errors import InvalidOption
from farm.jobs.records import NewJob, NewTask
from farm.jobs.status import JobKind, Queue, TaskKind
from farm.jobs.table import JobTable
from farm.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from farm.jobs.records import Job


@pytest.fixture
def table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[JobTable]:
    """The job table of a farm that does not run."""
    monkeypatch.setenv("FARM_STORAGE", str(tmp_path / "farm"))
    monkeypatch.chdir(tmp_path)
    table = JobTable.open(Settings.read().database)
    yield table
    table.close()


def add_job(table: JobTable) -> Job:
    task = NewTask(
        name="output", kind=TaskKind.FRAME, queue=Queue.CPU_INTERACTIVE, payload={}
    )
    return table.add_job(NewJob(kind=JobKind.FRAME, spec={}, output="/a.jpg"), [task])


def complete(table: JobTable, job: Job) -> None:
    task_id = table.tasks(job.id)[0].id
    claim = table.claim(task_id, worker="w", lease_seconds=60)
    assert claim is not None
    table.complete(task_id, attempt=claim.attempt, result=None)
    assert table.complete_job(job.id, result=lambda _: {})


def test_metrics_are_told_where_no_farm_runs(
    table: JobTable, capsys: pytest.CaptureFixture[str]
) -> None:
    add_job(table)

    assert run(["metrics"]) == 0

    values = {
        (found.name, *found.labels.values()): found.value
        for family in text_string_to_metric_families(capsys.readouterr().out)
        for found in family.samples
    }
    assert values["farm_jobs", "frame", "queued"] == 1
    assert values["farm_queue_unserved_tasks", "cpu.interactive"] == 1
    assert values["farm_broker_up",] == 0
    assert values["farm_database_up",] == 1


def test_stats_and_estimates_say_what_is_not_known(
    table: JobTable, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["stats"]) == 0
    assert capsys.readouterr().out == "No job was completed yet.\n"
    waiting = add_job(table)
    assert run(["job", waiting.id]) == 0
    assert "takes: not known yet" in capsys.readouterr().out

    for _ in range(3):
        complete(table, add_job(table))

    assert run(["stats", "--json"]) == 0
    (found,) = json.loads(capsys.readouterr().out)["stats"]
    assert (found["kind"], found["preset"], found["runs"]) == ("frame", ".jpg", 3)
    assert run(["stats"]) == 0
    assert "frame" in capsys.readouterr().out
    assert run(["job", waiting.id, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["estimate"]["runs"] == 3
    assert run(["job", waiting.id]) == 0
    assert "(learnt from 3 jobs like it)" in capsys.readouterr().out


def test_events_are_printed_a_line_each(
    table: JobTable, capsys: pytest.CaptureFixture[str]
) -> None:
    job = add_job(table)
    complete(table, job)

    assert run(["events", "--json", "--after", "0"]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["id"] for line in lines] == [each.id for each in table.events(job.id)]
    assert run(["events", "--limit", "1"]) == 0
    (line,) = capsys.readouterr().out.splitlines()
    assert f"job {job.id} active → completed" in line


@pytest.mark.usefixtures("table")
def test_numbers_that_no_table_can_hold_are_wrong_usage(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(["events", "--after", str(2**63)]) == 2
    assert "--after" in capsys.readouterr().err
    assert run(["events", "--after", str(2**63 - 1)]) == 0
    assert run(["events", "--limit", str(2**70)]) == 0
    assert run(["jobs", "--limit", str(2**63)]) == 2
    assert run(["alerts", "--limit", str(2**63)]) == 2
    assert run(["alerts", "--limit", str(2**63 - 1)]) == 0


@pytest.mark.usefixtures("table")
@pytest.mark.parametrize("number", [2**63, 2**64, -1, True, 1.5])
def test_python_refuses_them_too(number: int) -> None:
    with Farm(Settings.read(), may_start=False) as farm:
        for ask in (
            lambda: farm.jobs(limit=number),
            lambda: farm.alerts(limit=number),
            lambda: farm.events(after=number),
        ):
            with pytest.raises(InvalidOption, match="whole number from 0 to"):
                ask()
        with pytest.raises(InvalidOption, match="the option last"):
            farm.events(last=-1)
        assert list(farm.events(last=2**70)) == []
        assert farm.jobs(limit=2**63 - 1) == farm.jobs(limit=0) == []


def test_alerts_and_their_rules_are_printed(
    table: JobTable, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["alerts"]) == 0
    assert capsys.readouterr().out == "No alerts.\n"
    assert run(["alerts", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"alerts": []}
    assert run(["alerts", "--prometheus-rules"]) == 0
    assert "alert: queue_unserved" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["ftp://example.com/"], "http or https"),
        (["http://127.0.0.1/"], "webhook_allow_private"),
        (["http://169.254.169.254/latest"], "webhook_allow_private"),
        (["http://93.184.215.14/", "--on", "done"], "do not hear of 'done'"),
        (["--on", "failed"], "needs a URL"),
    ],
)
def test_webhooks_that_cannot_be_are_wrong_usage(
    arguments: list[str],
    said: str,
    table: JobTable,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("FARM_WEBHOOK_SECRET", "secret")
    job = add_job(table)

    assert run(["webhook", job.id, *arguments]) == 2

    assert said in capsys.readouterr().err
    assert table.webhooks.of_job(job.id) == []


def test_a_webhook_is_listed_and_needs_a_secret(
    table: JobTable,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    job = add_job(table)
    url = "https://93.184.215.14/farm"
    assert run(["webhook", job.id, url]) == 2
    assert "webhook_secret" in capsys.readouterr().err
    assert run(["render", "edit.json", "-o", "a.mp4", "--webhook", url]) == 2
    assert len(table.jobs()) == 1
    capsys.readouterr()
    monkeypatch.setenv("FARM_WEBHOOK_SECRET", "secret")

    assert run(["webhook", job.id, url, "--on", "completed,failed"]) == 0

    assert capsys.readouterr().out == f"{url} hears of completed, failed\n"
    assert run(["webhook", job.id, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["webhooks"] == [{"url": url, "events": ["completed", "failed"]}]
    assert told["deliveries"] == []
