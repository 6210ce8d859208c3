from __future__ import annotations

import signal
import subprocess
import time
from typing import TYPE_CHECKING

import pytest

from farm.embedded.valkey import ValkeyServer, find_valkey
from farm.jobs.table import JobTable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Valkey:
    """A real broker's server, that can be frozen and killed."""

    def __init__(self, folder: Path) -> None:
        self.server = ValkeyServer(folder=folder)
        self.url = self.server.url
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self._process = subprocess.Popen(
            [find_valkey(), "-"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL
        )
        assert self._process.stdin is not None
        self._process.stdin.write(self.server.config.encode())
        self._process.stdin.close()
        deadline = time.monotonic() + 10
        while not self.server.is_up():
            assert time.monotonic() < deadline
            time.sleep(0.01)

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def freeze(self) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)


@pytest.fixture
def valkey(tmp_path: Path) -> Iterator[Valkey]:
    server = Valkey(tmp_path)
    server.start()
    try:
        yield server
    finally:
        server.kill()


@pytest.fixture
def table(tmp_path: Path) -> Iterator[JobTable]:
    table = JobTable.open(f"sqlite:///{tmp_path / 'jobs.sqlite'}")
    try:
        yield table
    finally:
        table.close()
