"""Flower as a part of a larger farm: behind a path, with its login from a file."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from base64 import b64encode
from contextlib import contextmanager
from typing import TYPE_CHECKING

from farm.embedded.valkey import free_port
from tests.acceptance.farm.rig import ROOT, until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.acceptance.farm.rig import Rig

PREFIX = "farm/flower"
LOGIN = "farm:secret"


@contextmanager
def flower(rig: Rig, port: int) -> Iterator[None]:
    """Run Flower as in a container: all that it needs is in its variables."""
    for name, held in (("login", LOGIN), ("broker", rig.valkey_server.url)):
        (rig.folder / name).write_text(f"{held}\n")
    variables = {
        "FARM_BROKER_URL_FILE": str(rig.folder / "broker"),
        "FLOWER_ADDRESS": "127.0.0.1",
        "FLOWER_PORT": str(port),
        "FLOWER_URL_PREFIX": PREFIX,
        "FLOWER_BASIC_AUTH_FILE": str(rig.folder / "login"),
        "FLOWER_DB": str(rig.folder / "flower.db"),
        "PYTHONPATH": str(ROOT),
    }
    with (
        (rig.folder / "flower.log").open("ab") as log,
        subprocess.Popen(
            [sys.executable, "-m", "workers.flower"],
            cwd=rig.folder,
            env={**os.environ, **variables},
            stdout=log,
            stderr=log,
        ) as running,
    ):
        try:
            until(lambda: status(port, f"/{PREFIX}/healthcheck") == 200)
            yield
        finally:
            running.send_signal(signal.SIGTERM)
            running.wait(20)


def get(port: int, path: str, *, login: str | None = None) -> bytes:
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}")
    if login is not None:
        shown = b64encode(login.encode()).decode()
        request.add_header("Authorization", f"Basic {shown}")
    with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
        body: bytes = answer.read()
        return body


def status(port: int, path: str, *, login: str | None = None) -> int:
    """Return the status of an answer; 0 where there is none."""
    try:
        get(port, path, login=login)
    except urllib.error.HTTPError as error:
        error.close()
        return error.code
    except OSError:
        return 0
    return 200


def states(port: int) -> dict[str, str]:
    tasks = json.loads(get(port, f"/{PREFIX}/api/tasks", login=LOGIN))
    return {task_id: task["state"] for task_id, task in tasks.items()}


def test_flower_is_behind_its_path_and_password_and_remembers(rig: Rig) -> None:
    port = free_port()
    with flower(rig, port):
        assert status(port, "/", login=LOGIN) == 404
        assert status(port, f"/{PREFIX}/") == 401
        assert status(port, f"/{PREFIX}/", login="farm:wrong") == 401
        page = get(port, f"/{PREFIX}/", login=LOGIN).decode()
        links = [part.split('"')[0] for part in page.split('href="/')[1:]]
        assert links
        assert all(link.startswith(f"{PREFIX}/") for link in links)

        rig.start_worker()
        job = rig.submit(0.2)
        rig.wait_completed(job)
        until(lambda: states(port).get(f"{job.id}-1") == "SUCCESS")

    with flower(rig, port):
        assert states(port) == {f"{job.id}-1": "SUCCESS"}
