"""The processes of a farm, each on its own, so that any of them can be hurt."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
from redis import Redis

import farm
from farm.broker import Broker
from farm.embedded.valkey import ValkeyServer, find_valkey
from farm.jobs.records import NewJob, NewTask
from farm.jobs.status import JobKind, JobStatus, Queue, TaskKind
from farm.jobs.table import JobTable
from farm.live import Live
from farm.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from farm.jobs.records import Attempt, Job, Task

HERE = Path(__file__).parent
ROOT = Path(farm.__file__).parent.parent
LEASE_SECONDS = 3.0


def until(holds: Callable[[], object], *, seconds: float = 20.0) -> None:
    """Wait until something holds; fail when it does not in time."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


def ffmpegs_in(folder: Path, task_id: str = "") -> list[psutil.Process]:
    """Return the FFmpeg processes that work in a farm's folder, for a task."""
    found = []
    for pid in psutil.pids():
        place = _folder_of(pid)
        if place.startswith(str(folder)) and task_id in place:
            with suppress(psutil.NoSuchProcess):  # it has ended meanwhile
                found.append(psutil.Process(pid))
    return found


@dataclass(kw_only=True)
class Rig:
    """A farm of real processes in one folder."""

    folder: Path
    settings: Settings
    valkey_server: ValkeyServer
    running: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @classmethod
    def make(cls, folder: Path, **settings: object) -> Rig:
        """Prepare a farm; nothing is started yet."""
        server = ValkeyServer(folder=folder)
        return cls(
            folder=folder,
            valkey_server=server,
            settings=Settings.read(
                broker_url=server.url,
                **{
                    "storage": folder,
                    "cpu_slots": 1,
                    "interactive_slots": 0,
                    "lease_seconds": LEASE_SECONDS,
                    "resend_seconds": 1.0,
                    "log_format": "json",
                    **settings,
                },
            ),
        )

    @classmethod
    @contextmanager
    def started(cls, folder: Path, **settings: object) -> Iterator[Rig]:
        """Start a farm without workers, and stop it."""
        rig = cls.make(folder, **settings)
        try:
            rig.start_valkey()
            rig.start_coordinator()
            yield rig
        finally:
            rig.stop()

    def start_valkey(self) -> subprocess.Popen[bytes]:
        """Start the broker and wait until it answers."""
        valkey = self.start([str(find_valkey()), "-"], stdin=subprocess.PIPE)
        assert valkey.stdin is not None
        valkey.stdin.write(self.valkey_server.config.encode())
        valkey.stdin.close()
        until(self.valkey_server.is_up)
        return valkey

    def start_coordinator(self) -> subprocess.Popen[bytes]:
        """Start a coordinator."""
        return self.start([sys.executable, "-m", "farm.coordinator"])

    def start_worker(self, **settings: object) -> subprocess.Popen[bytes]:
        """Start a worker and wait until it is online."""
        argv = [sys.executable, str(HERE / "slow_worker.py")]
        worker = self.start(argv, settings=self.settings.model_copy(update=settings))
        until(lambda: self._is_online(worker.pid))
        return worker

    def submit(
        self,
        *seconds: float,
        priority: int = 4,
        owner: str | None = None,
        **payload: str,
    ) -> Job:
        """Submit a job with a task that takes so long, for each number."""
        names = [f"segment-{number}" for number in range(1, len(seconds))]
        tasks = [
            NewTask(
                name=name,
                kind=TaskKind.SEGMENT,
                queue=Queue.CPU_BATCH,
                payload={"seconds": length, **payload},
                frames=round(length * 10),
            )
            for name, length in zip([*names, "output"], seconds, strict=True)
        ]
        new = NewJob(
            kind=JobKind.RENDER,
            spec={},
            output=str(self.folder / f"out-{time.monotonic_ns()}.mkv"),
            priority=priority,
            owner=owner,
        )
        with self.table() as table, self.live() as live:
            job = table.add_job(new, tasks)
            live.notify(job.id)
        return job

    def table(self) -> OpenTable:
        """Open the job table for a block."""
        return OpenTable(self.settings.database)

    def live(self) -> Live:
        """Open the hints for a block."""
        return Live(self.valkey_server.url, prefix=self.settings.broker_prefix)

    def broker(self) -> Broker:
        """Open the broker for a block."""
        return Broker(
            self.valkey_server.url,
            queues=[queue.value for queue in Queue],
            prefix=self.settings.broker_prefix,
        )

    def redis(self) -> Redis:
        """Open the broker's server."""
        return Redis.from_url(self.valkey_server.url)

    def wait(self, job: Job, *, seconds: float = 30.0) -> Job:
        """Wait until a job has ended; return its row."""
        with self.table() as table:
            until(lambda: table.job(job.id).status.is_final, seconds=seconds)
            return table.job(job.id)

    def wait_completed(self, job: Job, *, seconds: float = 30.0) -> None:
        """Wait until a job is completed and its output is there."""
        ended = self.wait(job, seconds=seconds)
        assert ended.status is JobStatus.COMPLETED, (ended.error, self.logs())
        assert Path(str(job.output)).stat().st_size > 0

    def wait_working(self, job: Job) -> Task:
        """Wait until FFmpeg runs for a task of a job; return the task."""
        found: list[Task] = []

        def look() -> list[Task]:
            with self.table() as table:
                tasks = table.tasks(job.id)
            found.extend(task for task in tasks if self.ffmpeg_of(task))
            return found

        until(look)
        return found[0]

    def attempts(self, job: Job) -> list[Attempt]:
        """Return all attempts of a job."""
        with self.table() as table:
            return table.attempts(job.id)

    def outcomes(self, job: Job) -> list[str | None]:
        """Return how the attempts of a job ended, in their order."""
        return [attempt.outcome for attempt in self.attempts(job)]

    def ffmpegs(self) -> list[psutil.Process]:
        """Return the FFmpeg processes that work in this farm's folder."""
        return ffmpegs_in(self.folder)

    def ffmpeg_of(self, task: Task) -> list[psutil.Process]:
        """Return the FFmpeg processes of a task."""
        return ffmpegs_in(self.folder, task.id)

    def logs(self) -> str:
        """Return what all processes wrote."""
        return "\n".join(path.read_text() for path in self.folder.glob("*.log"))

    def stop(self) -> None:
        """Kill all processes."""
        for process in reversed(self.running):
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        until(lambda: not self.ffmpegs())

    def start(
        self,
        argv: list[str],
        *,
        stdin: int = subprocess.DEVNULL,
        settings: Settings | None = None,
    ) -> subprocess.Popen[bytes]:
        """Start a process in a session of its own, with the settings of the farm."""
        plain = (settings or self.settings).model_dump(mode="json", exclude_none=True)
        variables = {
            f"FARM_{name.upper()}": (
                value if isinstance(value, str) else json.dumps(value)
            )
            for name, value in plain.items()
        }
        with (self.folder / f"{len(self.running)}.log").open("wb") as log:
            started = subprocess.Popen(
                argv,
                cwd=ROOT,
                stdin=stdin,
                stdout=log,
                stderr=log,
                env={**os.environ, **variables, "PYTHONPATH": str(ROOT)},
                start_new_session=True,
            )
        self.running.append(started)
        return started

    def _is_online(self, pid: int) -> bool:
        with self.table() as table:
            return any(
                worker.name.startswith(f"cpu-{pid}@") and worker.state == "online"
                for worker in table.workers()
            )


class OpenTable:
    """The job table, for a block."""

    def __init__(self, url: str) -> None:
        self._table = JobTable.open(url)

    def __enter__(self) -> JobTable:
        return self._table

    def __exit__(self, *_: object) -> None:
        self._table.close()


def _folder_of(pid: int) -> str:
    """Return where a running FFmpeg works; nothing for any other process."""
    try:
        program = Path(f"/proc/{pid}/exe").readlink().name
        return str(Path(f"/proc/{pid}/cwd").readlink()) * program.startswith("ffmpeg")
    except OSError:  # it has ended
        return ""
