"""The processes of a farm, each on its own: broker, coordinators, workers."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Self

from farm.embedded.valkey import ValkeyServer, find_valkey
from farm.jobs.records import NewTask
from farm.jobs.status import Queue, TaskKind
from farm.jobs.table import JobTable
from farm.live import Live
from farm.settings import Settings
from tests.integration.jobs.postgres import PostgresMissing, PostgresServer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).parent.parent
DATABASES = ("SQLite", "PostgreSQL")
_STOP_SECONDS = 10.0
_READY_SECONDS = 90.0


def wait_until(holds: Callable[[], object], *, seconds: float = _READY_SECONDS) -> None:
    """Wait until something holds."""
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            raise TimeoutError
        time.sleep(0.005)


@contextmanager
def postgres_url(database: str = "farm") -> Iterator[str | None]:
    """Start a PostgreSQL server that flushes at each commit; ``None``: there is none.

    It is as a server is without being told anything, but for its socket.
    """
    try:
        server = PostgresServer.start(
            fsync="on",
            full_page_writes="on",
            synchronous_commit="on",
            shared_buffers="128MB",
            max_connections="100",
        )
    except PostgresMissing:
        yield None
        return
    try:
        server.create(database)
        yield server.url(database)
    finally:
        server.stop()


@dataclass(kw_only=True)
class Parts:
    """The parts of one farm, started one by one and ended together."""

    folder: Path
    settings: Settings
    running: list[subprocess.Popen[bytes]] = field(default_factory=list)
    outputs: dict[int, Path] = field(default_factory=dict)
    """What processes print that were started with a name, by their ids."""

    @classmethod
    def start(cls, folder: Path, *, database_url: str | None, **more: object) -> Self:
        """Start the broker of a farm whose table is made where it is new."""
        folder.mkdir(parents=True, exist_ok=True)
        valkey = ValkeyServer(folder=folder)
        settings = Settings.read(
            **{
                "storage": folder,
                "broker_url": valkey.url,
                "database_url": database_url or f"sqlite:///{folder / 'jobs.sqlite'}",
                "interactive_slots": 0,
                "log_format": "json",
                "log_level": "error",
                **more,
            }
        )
        JobTable.open(settings.database).close()
        parts = cls(folder=folder, settings=settings)
        process = parts.run(str(find_valkey()), "-", stdin=subprocess.PIPE)
        assert process.stdin is not None
        process.stdin.write(valkey.config.encode())
        process.stdin.close()
        wait_until(valkey.is_up)
        return parts

    def run(
        self, *argv: str, stdin: int | None = None, name: str = "log"
    ) -> subprocess.Popen[bytes]:
        """Start a process with the settings of the farm; what it prints is kept."""
        plain = self.settings.model_dump(mode="json", exclude_none=True)
        told = {
            f"FARM_{name.upper()}": value
            if isinstance(value, str)
            else json.dumps(value)
            for name, value in plain.items()
        }
        output = self.folder / name
        with output.open("ab") as printed, (self.folder / "log").open("ab") as log:
            process = subprocess.Popen(
                argv,
                stdin=stdin or subprocess.DEVNULL,
                stdout=printed,
                stderr=log,
                cwd=ROOT,
                env={**os.environ, **told},
            )
        self.running.append(process)
        self.outputs[process.pid] = output
        return process

    def start_coordinator(self) -> subprocess.Popen[bytes]:
        """Start a coordinator."""
        return self.run(sys.executable, "-m", "farm.coordinator")

    def start_worker(self, module: str = "workers.cpu") -> subprocess.Popen[bytes]:
        """Start a worker, and wait until it takes tasks."""
        worker = self.run(sys.executable, "-m", module)
        with self.table() as table:
            wait_until(
                lambda: any(
                    each.state == "online" and f"-{worker.pid}@" in each.name
                    for each in table.workers()
                )
            )
        return worker

    @contextmanager
    def table(self) -> Iterator[JobTable]:
        """Open the job table for a block."""
        table = JobTable.open(self.settings.database)
        try:
            yield table
        finally:
            table.close()

    def live(self) -> Live:
        """Open the hints."""
        return Live(str(self.settings.broker_url), prefix=self.settings.broker_prefix)

    def end(self, process: subprocess.Popen[bytes]) -> None:
        """End one of them."""
        self.running.remove(process)
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for process in reversed([*self.running]):
            self.end(process)


def new_tasks(count: int) -> list[NewTask]:
    """Return so many tasks of a job of which nothing is to be made but its output."""
    names = [f"segment-{number}" for number in range(1, count)]
    return [
        NewTask(
            name=name,
            kind=TaskKind.SEGMENT,
            queue=Queue.CPU_BATCH,
            payload={},
            frames=1,
        )
        for name in (*names, "output")
    ]
