"""Passwords are in no log, argument, event, report or answer, nor with FFmpeg."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import psutil
import pytest

from farm.api import Farm
from farm.embedded import EmbeddedFarm, FlowerOptions
from farm.embedded.valkey import ValkeyServer, find_valkey
from farm.settings import Settings
from tests.acceptance.farm.rig import until

if TYPE_CHECKING:
    from collections.abc import Iterator

BROKER, HOOK, LOGIN = "marker-broker-7f", "marker-hook-3a", "marker-login-9c"
MARKERS = [word.encode() for word in (BROKER, HOOK, LOGIN)]
#: The one file that holds how to reach the farm, for its user alone.
ALLOWED = {"farm.json"}


def _timeline(seconds: int) -> dict[str, Any]:
    title = {"type": "title", "text": "Hello"}
    clip = {"type": "clip", "media": title, "duration": seconds}
    return {
        "format": "farm-timeline/1",
        "width": 320,
        "height": 240,
        "tracks": [{"kind": "video", "items": [clip]}],
    }


class Watcher:
    """Looks at arguments and variables of every process of the farm, all the time."""

    def __init__(self) -> None:
        self.arguments: set[bytes] = set()
        self.ffmpeg: set[bytes] = set()
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._watch)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._end.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._end.wait(0.01):
            for child in psutil.Process().children(recursive=True):
                self._look(Path(f"/proc/{child.pid}"))

    def _look(self, process: Path) -> None:
        try:
            argv = (process / "cmdline").read_bytes()
            self.arguments.add(argv)
            if b"ffmpeg" in Path(process / "exe").readlink().name.encode():
                self.ffmpeg.add((process / "environ").read_bytes())
        except OSError:  # it has ended
            return


@pytest.fixture
def valkey(tmp_path: Path) -> Iterator[ValkeyServer]:
    (tmp_path / "valkey").mkdir()
    server = ValkeyServer(folder=tmp_path / "valkey", password=BROKER)
    with subprocess.Popen(
        [str(find_valkey()), "-"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL
    ) as running:
        assert running.stdin is not None
        running.stdin.write(server.config.encode())
        running.stdin.close()
        until(server.is_up)
        yield server
        running.kill()


def test_secrets_are_kept(valkey: ValkeyServer, tmp_path: Path) -> None:
    settings = Settings.read(
        storage=tmp_path / "storage",
        broker_url=valkey.url,
        cpu_slots=1,
        interactive_slots=0,
        webhook_secret=HOOK,
        webhook_allow_private=True,
        log_level="debug",
    )
    flower = FlowerOptions(password=LOGIN)
    with (
        Watcher() as watcher,
        EmbeddedFarm(settings, cpu_slots=1, flower=flower) as running,
        Farm(running.settings) as farm,
    ):
        running.wait_ready()
        good = farm.render(_timeline(2), tmp_path / "out.mp4")
        good.notify("http://127.0.0.1:1/hook")
        bad = farm.frame(tmp_path / "none.mp4", tmp_path / "out.png", at=0)
        assert good.wait(timeout=60).is_final
        assert bad.wait(timeout=60).is_final
        told = [str([*farm.events(after=0)]).encode()]
        told += [json.dumps(_answers(running.settings)).encode()]
    assert watcher.ffmpeg
    assert len(watcher.arguments) > 5
    seen = {
        "arguments": watcher.arguments,
        "FFmpeg's variables": watcher.ffmpeg,
        "answers": told,
        **{
            str(path): [path.read_bytes()]
            for path in (tmp_path / "storage").rglob("*")
            if path.is_file() and path.name not in ALLOWED
        },
    }
    assert any(name.endswith(".log") for name in seen)
    assert any(name.endswith("jobs.sqlite") for name in seen)
    for name, texts in seen.items():
        for marker in MARKERS:
            assert not [text for text in texts if marker in text], name


def _answers(settings: Settings) -> list[str]:
    """Return what commands print that tell of the farm."""
    environment = {
        **os.environ,
        "FARM_STORAGE": str(settings.storage),
        "FARM_BROKER_URL": str(settings.broker_url),
        "FARM_WEBHOOK_SECRET": HOOK,
    }
    said = []
    for words in (["doctor"], ["workers"], ["jobs"], ["events"], ["metrics"]):
        done = subprocess.run(
            [sys.executable, "-m", "farm", *words],
            capture_output=True,
            check=False,
            env=environment,
        )
        assert done.stdout
        said.append((done.stdout + done.stderr).decode())
    return said


@pytest.mark.slow
@pytest.mark.parametrize(
    "wrong",
    [
        {"broker_url": "redis://:{}@127.0.0.1:1/0"},
        {"broker_url": "redis://:{}@no-such-host.invalid:6379/0"},
        {"broker_url": "http://:{}@127.0.0.1"},
        {"database_url": "postgresql+psycopg://farm:{}@127.0.0.1:1/farm"},
        {"database_url": "postgresql://farm:{}@127.0.0.1:notaport/farm"},
        {"database_url": "nonsense:{}"},
        {"alert_webhook_url": "https://user:{}@example.org/"},
    ],
)
def test_no_error_of_a_setting_tells_its_secret(
    wrong: dict[str, str], tmp_path: Path
) -> None:
    marker = "marker-setting-5e"
    variables = {
        f"FARM_{name.upper()}": value.format(marker) for name, value in wrong.items()
    }
    environment = {**os.environ, **variables, "FARM_STORAGE": str(tmp_path)}
    for words in (["doctor", "--json"], ["jobs"], ["worker", "cpu"], ["coordinator"]):
        try:
            done = subprocess.run(
                [sys.executable, "-m", "farm", *words],
                capture_output=True,
                check=False,
                env=environment,
                timeout=8,
            )
            said = done.stdout + done.stderr
        except subprocess.TimeoutExpired as late:  # it waits for the broker to come
            said = (late.stdout or b"") + (late.stderr or b"")
        assert marker.encode() not in said, words
        assert b"Traceback" not in said, words


def test_the_settings_do_not_show_their_secrets(tmp_path: Path) -> None:
    settings = Settings.read(
        storage=tmp_path,
        broker_url=f"redis://:{BROKER}@h:1/0",
        database_url=f"postgresql://farm:{LOGIN}@h/farm",
        webhook_secret=HOOK,
    )
    assert not [word for word in (BROKER, HOOK, LOGIN) if word in repr(settings)]
