"""Hosts of a farm, each with a network, mounts and a name of its own.

```
        bridge 198.18.N.1: broker, database, coordinator, who submits
          │            │
    host one .2    host two .3       each: a worker, scratch of its own,
          │            │             the one storage and the media, mounted elsewhere
          └── storage ─┘
```
They are namespaces of this kernel; needs root and iproute2.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
from redis import Redis
from redis.exceptions import ConnectionError as RedisAway

from farm.embedded.valkey import ValkeyServer, find_valkey
from farm.settings import Settings
from tests.acceptance.farm.rig import LEASE_SECONDS, ROOT, until

if TYPE_CHECKING:
    from collections.abc import Mapping

VOLUME = "/Volumes/media"
"""What a timeline calls the media, which each host has mounted elsewhere."""
_ENTER = """
set -e
hostname "$1"
mount --bind "$2/storage" "$2/mnt/storage"
mount --bind "$2/scratch-$1" "$2/mnt/scratch"
mount --bind "$2/media" "$2/mnt/media-$1"
read -r address
ip link set lo up
ip address add "$address" dev eth0
ip link set eth0 up
shift 2
exec "$@"
"""
"""Run inside the namespaces of a new host: name, mounts, network, then a program."""


def why_not() -> str | None:
    """Say what is missing for hosts on this machine; ``None``: nothing."""
    if os.geteuid() != 0:
        return "hosts of their own need root"
    if missing := [name for name in ("ip", "unshare") if not shutil.which(name)]:
        return f"hosts of their own need {' and '.join(missing)} (iproute2, util-linux)"
    tried = [
        "unshare",
        "--net",
        "--mount",
        "--uts",
        "ip",
        "link",
        "add",
        "type",
        "veth",
    ]
    done = subprocess.run(tried, check=False, capture_output=True, text=True)
    if done.returncode != 0:
        return f"this machine gives no namespaces: {done.stderr.strip()}"
    return None


@dataclass(frozen=True, slots=True)
class Network:
    """A bridge on this machine, and a cable from it to each host."""

    number: int = field(default_factory=lambda: os.getpid() % 250)

    @property
    def bridge(self) -> str:
        return f"farm{self.number}"

    def address(self, host: int) -> str:
        return f"198.18.{self.number}.{host}"

    def open(self) -> None:
        _ip("link", "add", self.bridge, "type", "bridge")
        _ip("address", "add", f"{self.address(1)}/24", "dev", self.bridge)
        _ip("link", "set", self.bridge, "up")

    def close(self) -> None:
        """Take all of it away.

        A cable would lie for minutes behind a host that is gone, while the system
        still sends what was under way when it was cut.
        """
        for end in [*Path("/sys/class/net", self.bridge, "brif").iterdir()]:
            _ip("link", "delete", end.name)
        _ip("link", "delete", self.bridge)

    def connect(self, pid: int, *, host: int) -> None:
        """Lay a cable to the namespace of a process; it ends with the process."""
        end = self._end(host)
        other = ("peer", "name", "eth0", "netns", str(pid))
        _ip("link", "add", end, "type", "veth", *other)
        _ip("link", "set", end, "master", self.bridge, "up")

    def cut(self, host: int) -> None:
        """Pull the cable: nobody is told, packets are lost from now on."""
        _ip("link", "set", self._end(host), "down")

    def mend(self, host: int) -> None:
        _ip("link", "set", self._end(host), "up")

    def _end(self, host: int) -> str:
        return f"{self.bridge}-{host}"


@dataclass(kw_only=True)
class Hosts:
    """A farm on PostgreSQL whose workers are on hosts of their own."""

    folder: Path
    network: Network
    database_url: str
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    password: str = "secret"

    @property
    def settings(self) -> Settings:
        """Settings of who submits, and of the coordinator."""
        return Settings.read(
            storage=self.folder / "storage",
            broker_url=f"redis://:{self.password}@{self.network.address(1)}:6379/0",
            database_url=self.database_url,
            lease_seconds=LEASE_SECONDS,
            resend_seconds=1.0,
            cpu_slots=1,
            interactive_slots=0,
            log_format="json",
        )

    def start_services(self) -> None:
        """Start broker and coordinator on this machine's side of the bridge."""
        for name in ("storage", "media", "mnt/storage", "mnt/scratch"):
            (self.folder / name).mkdir(parents=True)
        server = ValkeyServer(folder=self.folder, port=6379, password=self.password)
        config = server.config.replace(
            "bind 127.0.0.1", f"bind {self.network.address(1)}"
        )
        broker = self._start("broker", [str(find_valkey()), "-"], is_told=True)
        _tell(broker, config)
        with Redis.from_url(str(self.settings.broker_url)) as client:
            until(lambda: _answers(client))
        coordinator = [sys.executable, "-m", "farm.coordinator"]
        self._start("coordinator", coordinator, settings=self.settings)

    def start_host(self, name: str, *, host: int) -> None:
        """Start a host with a worker; it has its address when this returns."""
        mounts = self.folder / "mnt"
        media = mounts / f"media-{name}"
        for folder in (self.folder / f"scratch-{name}", media):
            folder.mkdir()
        there = {
            "storage": mounts / "storage",
            "scratch": mounts / "scratch",
            "path_map": {VOLUME: str(media)},
        }
        enter = ["unshare", "--net", "--mount", "--uts", "--"]
        inside = ["/bin/sh", "-c", _ENTER, "sh", name, str(self.folder)]
        worker = [sys.executable, "-m", "workers.cpu"]
        started = self._start(
            name,
            [*enter, *inside, *worker],
            settings=self.settings.model_copy(update=there),
            is_told=True,
        )
        until(lambda: _network_of(started.pid) != _network_of(os.getpid()))
        self.network.connect(started.pid, host=host)
        _tell(started, f"{self.network.address(host)}/24\n")

    def ffmpegs_of(self, name: str) -> list[psutil.Process]:
        """Return the FFmpeg processes that run on a host."""
        with suppress(psutil.NoSuchProcess):
            below = psutil.Process(self.running[name].pid).children(recursive=True)
            return [each for each in below if _is_ffmpeg(each)]
        return []

    def logs(self) -> str:
        """Return what all processes wrote."""
        return "\n".join(path.read_text() for path in self.folder.glob("*.log"))

    def stop(self) -> None:
        """Kill all processes; their namespaces and cables go with them."""
        for process in reversed(self.running.values()):
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def _start(
        self,
        name: str,
        argv: list[str],
        *,
        settings: Settings | None = None,
        is_told: bool = False,
    ) -> subprocess.Popen[bytes]:
        with (self.folder / f"{name}.log").open("wb") as log:
            started = subprocess.Popen(
                argv,
                cwd=ROOT,
                stdin=subprocess.PIPE if is_told else subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={**os.environ, **_variables(settings), "PYTHONPATH": str(ROOT)},
                start_new_session=True,
            )
        self.running[name] = started
        return started


def _tell(process: subprocess.Popen[bytes], text: str) -> None:
    assert process.stdin is not None
    with process.stdin as told:
        told.write(text.encode())


def _variables(settings: Settings | None) -> Mapping[str, str]:
    plain = settings.model_dump(mode="json", exclude_none=True) if settings else {}
    return {
        f"FARM_{name.upper()}": value if isinstance(value, str) else json.dumps(value)
        for name, value in plain.items()
    }


def _answers(broker: Redis) -> bool:
    try:
        return bool(broker.ping())
    except RedisAway:
        return False


def _network_of(pid: int) -> str:
    return str(Path(f"/proc/{pid}/ns/net").readlink())


def _is_ffmpeg(process: psutil.Process) -> bool:
    with suppress(psutil.Error):
        return str(process.name()).startswith("ffmpeg")
    return False


def _ip(*arguments: str) -> None:
    subprocess.run(["ip", *arguments], check=True)
