"""A whole farm that one process starts, keeps and ends."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from base64 import b64encode
from typing import TYPE_CHECKING, Any

import psutil
import pytest

from farm.embedded import EmbeddedFarm, FlowerOptions, find_running_farm
from farm.errors import FarmUnavailable
from farm.jobs.records import NewJob, NewTask
from farm.jobs.status import JobKind, JobStatus, Queue, TaskKind
from farm.settings import Settings
from tests.acceptance.farm.rig import ROOT, OpenTable, until

if TYPE_CHECKING:
    from pathlib import Path

    from farm.jobs.records import JobId

OWNER = """
import sys, time
from farm.embedded import EmbeddedFarm
from farm.settings import Settings
with EmbeddedFarm(Settings.read(storage=sys.argv[1], cpu_slots=1)) as farm:
    farm.wait_ready()
    print("ready", flush=True)
    time.sleep(600)
"""


def settings_for(folder: Path, **more: object) -> Settings:
    own = {"storage": folder, "broker_url": None, "database_url": None}
    return Settings.read(**own, cpu_slots=1, interactive_slots=0, **more)


def submit_probe(settings: Settings, media: Path) -> JobId:
    task = NewTask(
        name="output",
        kind=TaskKind.PROBE,
        queue=Queue.CPU_INTERACTIVE,
        payload={"sources": [{"path": str(media), "used_by": ""}]},
    )
    with OpenTable(settings.database) as table:
        return table.add_job(NewJob(kind=JobKind.PROBE, spec={}), [task]).id


def wait_ended(settings: Settings, job_id: JobId) -> JobStatus:
    with OpenTable(settings.database) as table:
        until(lambda: table.job(job_id).status.is_final)
        return table.job(job_id).status


def family(pid: int) -> list[psutil.Process]:
    process = psutil.Process(pid)
    return [process, *process.children(recursive=True)]


def test_a_farm_does_work_and_leaves_no_process(tmp_path: Path) -> None:
    settings = settings_for(tmp_path)
    others = psutil.Process().children(recursive=True)  # of other tests
    with EmbeddedFarm(settings) as farm:
        job_id = submit_probe(settings, tmp_path / "missing.mp4")
        farm.wait_ready()
        all_now = psutil.Process().children(recursive=True)
        children = [child for child in all_now if child not in others]
        assert wait_ended(settings, job_id) is JobStatus.FAILED

        found = find_running_farm(settings)
        assert found is not None
        assert found.pid == os.getpid()
        assert found.broker_url == farm.settings.broker_url
        assert (tmp_path / "farm.json").stat().st_mode & 0o777 == 0o600
        commands = [part for child in children for part in child.cmdline()]
        password = str(found.broker_url).split(":")[2].split("@")[0]
        assert not any(password in part for part in commands)
    assert not [child for child in children if child.is_running()]
    assert find_running_farm(settings) is None
    assert not (tmp_path / "farm.json").exists()
    with OpenTable(settings.database) as table:
        assert {worker.state for worker in table.workers()} == {"offline"}


def test_a_second_farm_on_a_storage_is_refused(tmp_path: Path) -> None:
    settings = settings_for(tmp_path)
    with (
        EmbeddedFarm(settings),
        pytest.raises(FarmUnavailable, match="another farm runs on"),
    ):
        EmbeddedFarm(settings).start()
    with EmbeddedFarm(settings):
        assert find_running_farm(settings)


def test_a_farm_ends_when_its_owner_is_killed(tmp_path: Path) -> None:
    owner = subprocess.Popen(
        [sys.executable, "-c", OWNER, str(tmp_path)],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert owner.stdout is not None
    assert owner.stdout.readline() == b"ready\n"
    processes = family(owner.pid)
    names = " ".join(part for process in processes for part in process.cmdline())
    assert "valkey" in names
    assert "farm.coordinator" in names
    assert "workers.cpu" in names

    owner.kill()
    owner.wait()
    owner.stdout.close()

    until(lambda: not [p for p in processes if p.is_running()], seconds=5)
    assert find_running_farm(settings_for(tmp_path)) is None


def test_what_is_killed_in_a_farm_is_started_again(tmp_path: Path) -> None:
    settings = settings_for(tmp_path)
    with EmbeddedFarm(settings) as farm:
        farm.wait_ready()
        for child in ("coordinator", "worker-cpu", "valkey"):
            before = farm.pid(child)
            assert before is not None
            os.kill(before, signal.SIGKILL)
            _wait_restarted(farm, child, before=before)
        job_id = submit_probe(settings, tmp_path / "missing.mp4")
        assert wait_ended(settings, job_id) is JobStatus.FAILED


def test_a_farm_that_cannot_start_says_why(tmp_path: Path) -> None:
    settings = settings_for(tmp_path, ffmpeg_path=tmp_path / "none")
    with (
        EmbeddedFarm(settings) as farm,
        pytest.raises(FarmUnavailable, match="ffmpeg_path names no program"),
    ):
        farm.wait_ready()


def test_flower_shows_tasks_to_those_with_the_password(tmp_path: Path) -> None:
    settings = settings_for(tmp_path)
    options = FlowerOptions(password="secret")
    with EmbeddedFarm(settings, flower=options) as farm:
        url = str(farm.flower_url)
        assert url.startswith("http://farm:secret@127.0.0.1:")
        bare = url.replace("farm:secret@", "")
        until(lambda: _status(bare) == 401)
        farm.wait_ready()
        job_id = submit_probe(settings, tmp_path / "missing.mp4")
        wait_ended(settings, job_id)

        until(lambda: _tasks(bare).get(f"{job_id}-1", {}).get("state") == "SUCCESS")
        shown = _tasks(bare)[f"{job_id}-1"]
        assert shown["name"] == "probe"
        assert shown["kwargs"] == str({"job": str(job_id), "task": "output"})
        assert shown["result"].startswith("'failed: ")
        assert shown["worker"].startswith("cpu-")
        page = _get(f"{bare}task/{job_id}-1").decode()
        assert f"job {job_id}, task output" in page
        assert _status(f"{bare}api/worker/shutdown/x", method="POST") == 403


def _wait_restarted(farm: EmbeddedFarm, child: str, *, before: int) -> None:
    until(lambda: farm.pid(child) not in {None, before})


def _get(url: str, *, method: str = "GET") -> bytes:
    login = b64encode(b"farm:secret").decode()
    headers = {} if url.endswith("/") else {"Authorization": f"Basic {login}"}
    request = urllib.request.Request(url, headers=headers, method=method)  # noqa: S310
    with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
        body: bytes = answer.read()
        return body


def _status(url: str, *, method: str = "GET") -> int | None:
    try:
        _get(url, method=method)
    except urllib.error.HTTPError as error:
        error.close()
        return error.code
    except OSError:
        return None
    return 200


def _tasks(url: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(_get(f"{url}api/tasks"))
    return found
