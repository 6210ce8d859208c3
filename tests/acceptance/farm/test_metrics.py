"""Metrics of real workers agree with SQL, and are served where they are told to."""

from __future__ import annotations

import json
import os
import signal
import urllib.error
import urllib.request
from collections import Counter
from typing import TYPE_CHECKING

import pytest
from prometheus_client.parser import text_string_to_metric_families

from farm.api import Farm
from farm.embedded.valkey import free_port
from farm.jobs.status import JobStatus
from tests.acceptance.farm.rig import Rig, until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

Values = dict[tuple[str, ...], float]


def get(rig: Rig, page: str) -> tuple[int, str]:
    url = f"http://127.0.0.1:{rig.settings.metrics_port}{page}"
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def values_of(text: str) -> Values:
    """Return the values by name and labels, those in the order of their names."""
    return {
        (found.name, *(value for _, value in sorted(found.labels.items()))): found.value
        for family in text_string_to_metric_families(text)
        for found in family.samples
    }


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    with Rig.started(tmp_path, metrics_port=free_port()) as rig:
        yield rig


def test_metrics_of_several_workers_agree_with_sql(rig: Rig) -> None:
    for _ in range(2):
        rig.start_worker()
    good = [rig.submit(0.3, 0.3), rig.submit(0.5)]
    bad = rig.submit(0.3, encoder="none-such")
    for job in good:
        rig.wait_completed(job)
    assert rig.wait(bad).status is JobStatus.FAILED
    until(lambda: "farm_host_cpu_ratio" in get(rig, "/metrics")[1])
    status, text = get(rig, "/metrics")
    assert status == 200
    found = values_of(text)

    with rig.table() as table:
        tasks = [task for job in [*good, bad] for task in table.tasks(job.id)]
        workers = table.workers()
    attempts = [attempt for job in [*good, bad] for attempt in rig.attempts(job)]
    outcomes = Counter(attempt.outcome for attempt in attempts)
    assert found["farm_jobs", "render", "completed"] == 2
    assert found["farm_jobs", "render", "failed"] == 1
    assert found["farm_jobs_submitted_total", "render"] == 3
    for state, count in Counter(task.status for task in tasks).items():
        assert found["farm_tasks", "segment", "cpu.batch", state] == count
    for outcome, count in outcomes.items():
        key = ("segment", str(outcome), "cpu.batch")
        assert found["farm_attempts_ended_total", *key] == count
    ran = sum(
        attempt.finished - attempt.started
        for attempt in attempts
        if attempt.finished and attempt.outcome == "completed"
    )
    assert found["farm_task_run_seconds_sum", "segment"] == pytest.approx(ran, abs=0.01)
    assert found["farm_task_run_seconds_count", "segment"] == 3
    waits = found["farm_task_wait_seconds_count", "segment", "cpu.batch"]
    assert waits == len(attempts)
    assert found["farm_ffmpeg_failures_total", "EncoderMissing"] == outcomes["failed"]
    assert found["farm_encoded_frames_total", "segment"] == 11
    assert found["farm_ffmpeg_runs_total", "segment", "ok"] == 3
    assert found["farm_ffmpeg_runs_total", "segment", "failed"] == outcomes["failed"]
    assert found["farm_workers", "cpu", "online"] == len(workers) == 2
    assert found["farm_worker_slots", "cpu", "all"] == 2
    assert found["farm_queue_depth", "cpu.batch"] == 0
    assert found["farm_broker_up",] == found["farm_database_up",] == 1
    assert found["farm_broker_round_trip_seconds",] > 0
    assert {key[1] for key in found if key[0] == "farm_component_memory_bytes"} >= {
        "worker",
        "coordinator",
    }


def test_pages_tell_how_the_coordinator_is(rig: Rig) -> None:
    until(lambda: _is_served(rig))
    assert get(rig, "/healthz") == (200, "ok\n")
    assert get(rig, "/readyz") == (200, "ok\n")
    assert get(rig, "/")[0] == 404

    os.killpg(rig.running[0].pid, signal.SIGKILL)  # the broker

    until(lambda: get(rig, "/readyz") == (503, "the broker does not answer\n"))
    assert get(rig, "/healthz")[0] == 200
    status, text = get(rig, "/metrics")
    assert (status, values_of(text)["farm_broker_up",]) == (200, 0)


def test_queued_tasks_without_a_worker_are_told(rig: Rig) -> None:
    rig.submit(0.1, 0.1, 0.1)
    until(lambda: _is_served(rig))

    found = values_of(get(rig, "/metrics")[1])

    assert found["farm_queue_depth", "cpu.batch"] == 3
    assert found["farm_queue_unserved_tasks", "cpu.batch"] == 3
    assert found["farm_queue_unserved_tasks", "gpu.batch"] == 0
    assert found["farm_queue_oldest_seconds", "cpu.batch"] > 0


def test_a_port_that_is_taken_is_said(rig: Rig) -> None:
    until(lambda: _is_served(rig))
    second = rig.start_coordinator()

    assert second.wait(20) != 0

    last = (rig.folder / f"{len(rig.running) - 1}.log").read_text().splitlines()[-1]
    assert "--metrics-port" in json.loads(last)["error"]


def _is_served(rig: Rig) -> bool:
    try:
        return get(rig, "/metrics")[0] == 200
    except OSError:
        return False


def test_how_long_a_job_takes_is_learnt_from_those_before(rig: Rig) -> None:
    rig.start_worker()
    with Farm(rig.settings, may_start=False) as farm:
        first = farm.job(rig.submit(0.5).id)
        assert first.estimate is None
        first.wait(30)
        for _ in range(2):
            rig.wait_completed(rig.submit(0.5))
        job = farm.job(rig.submit(2.0).id)
        found = job.estimate
        job.wait(30)
        row = job.row
        (stats,) = farm.stats()

    assert found is not None
    assert found.runs == 3
    assert row.finished is not None
    assert row.started is not None
    took = row.finished - row.started
    assert 1.5 < found.low_seconds <= found.high_seconds
    assert took < 2 * found.high_seconds  # four times the frames of half a second
    assert (stats.kind, stats.preset, stats.runs) == ("render", ".mkv", 4)
    assert job.estimate is None
