"""Jobs of a real farm are told to a real server, and their events can be followed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from farm.api import Farm
from farm.errors import InvalidOption
from farm.jobs.status import JobStatus
from tests.acceptance.farm.receiver import SECRET, assert_signed, receiving
from tests.acceptance.farm.rig import ROOT, Rig, until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ALLOWED = {"webhook_secret": SECRET, "webhook_allow_private": True}


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    with Rig.started(tmp_path, webhook_progress_seconds=0.5, **ALLOWED) as rig:
        yield rig


def test_a_job_is_told_from_start_to_end(rig: Rig) -> None:
    rig.start_worker()
    with receiving() as receiver, Farm(rig.settings, may_start=False) as farm:
        job = farm.job(rig.submit(3.0).id)
        job.notify(receiver.url)
        bad = farm.job(rig.submit(0.1, encoder="none-such").id)
        bad.notify(receiver.url, on=("failed",))
        assert job.wait(30) is JobStatus.COMPLETED
        assert bad.wait(30) is JobStatus.FAILED
        until(lambda: {"job.completed", "job.failed"} <= _events(receiver.bodies()))
        until(lambda: all(each.state == "sent" for each in job.deliveries()))
        sent = [each.event for each in reversed(job.deliveries())]
        error = bad.error

    assert_signed(receiver)
    mine = [body for body in receiver.bodies() if body["job"]["id"] == job.id]
    assert [body["event"] for body in mine] == sent
    assert (sent[0], sent[-1]) == ("job.started", "job.completed")
    progress = [b["progress"]["frames_done"] for b in mine if "progress" in b]
    assert progress
    assert progress == sorted(progress)
    (failed,) = (body for body in receiver.bodies() if body["job"]["id"] == bad.id)
    assert error is not None
    assert failed["job"]["error"]["message"] == error.message


def test_a_receiver_that_is_away_is_asked_again(rig: Rig) -> None:
    rig.start_worker()
    with (
        receiving(fail_first=2) as receiver,
        Farm(rig.settings, may_start=False) as farm,
    ):
        job = farm.job(rig.submit(0.1).id)
        job.wait(30)
        job.notify(receiver.url, on=("completed",))
        until(lambda: job.deliveries() and job.deliveries()[0].state == "sent")
        (delivery,) = job.deliveries()

    assert delivery.tries == 3
    assert [body["event"] for body in receiver.bodies()] == ["job.completed"] * 3
    assert len({headers["X-Farm-Delivery"] for headers, _ in receiver.got}) == 1
    assert_signed(receiver)


def test_private_networks_are_refused_when_it_is_asked_for(rig: Rig) -> None:
    job_id = rig.submit(0.1).id
    closed = rig.settings.model_copy(update={"webhook_allow_private": False})
    unsigned = rig.settings.model_copy(update={"webhook_secret": None})
    with Farm(closed, may_start=False) as farm:
        job = farm.job(job_id)
        with pytest.raises(InvalidOption, match="webhook_allow_private"):
            job.notify("http://127.0.0.1:8080/")
        with pytest.raises(InvalidOption, match="http or https"):
            job.notify("file:///etc/passwd")
        with pytest.raises(InvalidOption, match="but of started, progress"):
            job.notify("https://example.com/", on=("done",))
        assert job.webhooks() == []
    with (
        Farm(unsigned, may_start=False) as farm,
        pytest.raises(InvalidOption, match="webhook_secret"),
    ):
        farm.job(job_id).notify("http://127.0.0.1:8080/")


def test_events_are_followed_by_the_command(rig: Rig) -> None:
    rig.start_worker()
    with _following(rig) as command:
        assert command.stdout is not None
        job = rig.submit(0.2)
        lines: list[dict[str, object]] = []
        while not lines or lines[-1]["after"] != "completed" or lines[-1]["task"]:
            lines.append(json.loads(command.stdout.readline()))
        command.send_signal(signal.SIGINT)
        assert command.wait(20) == 130
    with Farm(rig.settings, may_start=False) as farm:
        events = farm.job(job.id).events()
        assert [line["id"] for line in lines] == [event.id for event in events]
        assert list(farm.events()) == events
        assert list(farm.events(last=2)) == events[-2:]


def _following(rig: Rig) -> subprocess.Popen[str]:
    with rig.table() as table:
        last = table.last_event_id()
    settings = rig.settings
    return subprocess.Popen(
        [
            *(sys.executable, "-m", "farm", "events", "--follow", "--json"),
            *("--after", str(last)),
        ],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        env={
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "FARM_STORAGE": str(settings.storage),
            "FARM_BROKER_URL": str(settings.broker_url),
        },
    )


def _events(bodies: list[dict[str, object]]) -> set[object]:
    return {body["event"] for body in bodies}
