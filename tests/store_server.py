"""A real S3 server as a process (moto's), and a cable to it that can be cut."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from farm.embedded.valkey import free_port

if TYPE_CHECKING:
    from pathlib import Path

NAME, SECRET, REGION = "farm-tests", "no-such-secret-2b7e", "us-east-1"
HOST = "127.0.0.1"


@dataclass(kw_only=True)
class StoreServer:
    """An S3 server on a free port; what is in it goes with it."""

    log: Path
    variables: dict[str, str] = field(default_factory=dict)
    port: int = field(default_factory=lambda: free_port(0))
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}"

    def start(self) -> StoreServer:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "moto.server", "-H", HOST, "-p", str(self.port)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={**os.environ, **self.variables},
                start_new_session=True,
            )
        deadline = time.monotonic() + 30
        while not self._answers():
            assert time.monotonic() < deadline, self.log.read_text()
            time.sleep(0.05)
        return self

    def stop(self) -> None:
        if self.process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None

    def client(self, name: str = NAME, secret: str = SECRET) -> Any:  # noqa: ANN401
        """Return what AWS's own library has of the server."""
        return boto3.client(
            "s3",
            endpoint_url=self.url,
            aws_access_key_id=name,
            aws_secret_access_key=secret,
            region_name=REGION,
            config=Config(retries={"max_attempts": 1}, connect_timeout=5),
        )

    def requests(self, method: str, key: str) -> int:
        """Count the requests of a method for a path that it answered."""
        lines = self.log.read_text(errors="replace").splitlines()
        return sum(f"{method} {key} " in line for line in lines)

    def _answers(self) -> bool:
        try:
            with socket.create_connection((HOST, self.port), timeout=1):
                return True
        except OSError:
            return False


@dataclass(kw_only=True)
class Cable:
    """Passes bytes on to a server: cut, slow, or damaging them."""

    server_port: int
    port: int = 0
    cut_after: int | None = None
    """Bytes of all answers after which it is cut, once."""
    is_dead: bool = False
    """Whether nothing goes through any more."""
    damage_at: int | None = None
    """Of the answer that is longer than this, which byte is changed."""
    bytes_a_second: float | None = None
    passed: int = 0
    _listener: socket.socket | None = None

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}"

    def __enter__(self) -> Self:
        self._listener = socket.create_server((HOST, 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        assert self._listener is not None
        self.is_dead = True
        self._listener.close()

    def _serve(self) -> None:
        assert self._listener is not None
        while True:
            try:
                caller, _ = self._listener.accept()
            except OSError:
                return
            if self.is_dead:
                caller.close()
                continue
            server = socket.create_connection((HOST, self.server_port))
            pairs = ((caller, server, False), (server, caller, True))
            for source, target, is_answer in pairs:
                threading.Thread(
                    target=self._pump,
                    args=(source, target),
                    kwargs={"is_answer": is_answer},
                    daemon=True,
                ).start()

    def _pump(
        self, source: socket.socket, target: socket.socket, *, is_answer: bool
    ) -> None:
        seen = 0
        with suppress(OSError):
            while data := source.recv(65536):
                if self.is_dead:
                    break
                if is_answer:
                    data, seen = self._hurt(data, seen)
                    if data is None:
                        break
                target.sendall(data)
                if is_answer and self.bytes_a_second:
                    time.sleep(len(data) / self.bytes_a_second)
        for end in (source, target):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def _hurt(self, data: bytes, seen: int) -> tuple[Any, int]:
        self.passed += len(data)
        if self.cut_after is not None and self.passed > self.cut_after:
            self.cut_after = None
            return None, seen
        at = self.damage_at
        if at is not None and seen <= at < seen + len(data):
            changed = bytearray(data)
            changed[at - seen] ^= 0xFF
            data = bytes(changed)
        return data, seen + len(data)


def make_bucket(server: StoreServer, name: str) -> None:
    """Make a bucket where there is none."""
    with suppress(ClientError, BotoCoreError):
        server.client().create_bucket(Bucket=name)
