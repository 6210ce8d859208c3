"""A farm for strangers: a folder of media, and somebody who listens."""

from __future__ import annotations

import select
import socket
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from farm import Farm
from farm.ffmpeg.locate import find_ffmpeg
from farm.settings import Settings
from tests.hostile.files import make_all

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@dataclass(kw_only=True)
class Canary:
    """Listens on the loopback interface; whoever comes was sent by a file."""

    tcp: socket.socket
    udp: socket.socket
    heard: list[str] = field(default_factory=list)

    @property
    def port(self) -> int:
        """Of both."""
        port: int = self.tcp.getsockname()[1]
        return port

    def listen(self, end: threading.Event) -> None:
        """Note who comes, until told to end."""
        while not end.is_set():
            for ready in select.select([self.tcp, self.udp], [], [], 0.1)[0]:
                if ready is self.tcp:
                    connection, address = self.tcp.accept()
                    connection.close()
                    self.heard.append(f"TCP from {address}")
                else:
                    self.heard.append(f"UDP {self.udp.recv(100)!r}")


@pytest.fixture(scope="session")
def canary() -> Iterator[Canary]:
    end = threading.Event()
    with (
        socket.create_server(("127.0.0.1", 0)) as tcp,
        socket.socket(type=socket.SOCK_DGRAM) as udp,
    ):
        udp.bind(tcp.getsockname())
        canary = Canary(tcp=tcp, udp=udp)
        thread = threading.Thread(target=canary.listen, args=(end,))
        thread.start()
        yield canary
        end.set()
        thread.join()


@pytest.fixture(scope="session")
def ffmpeg() -> Path:
    return find_ffmpeg(Settings())


@pytest.fixture(scope="session")
def made(ffmpeg: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """One file of each kind."""
    return make_all(ffmpeg, tmp_path_factory.mktemp("made"))


@pytest.fixture(scope="module")
def media(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that sources may lie in."""
    return tmp_path_factory.mktemp("media")


@pytest.fixture(scope="module")
def farm(media: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Farm]:
    with Farm.local(
        tmp_path_factory.mktemp("farm"),
        cpu_slots=1,
        media_roots=[media],
        limit_duration_seconds=3600,
        limit_streams=20,
        task_memory_bytes=500_000_000,
    ) as farm:
        yield farm
