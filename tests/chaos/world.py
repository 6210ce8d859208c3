"""A farm of real processes that are hurt, and started again as a supervisor would."""

from __future__ import annotations

import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

from tests.acceptance.farm.rig import ROOT, Rig, ffmpegs_in, until

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from farm.settings import Settings
    from tests.integration.jobs.postgres import PostgresServer

LEASE_SECONDS = 3.0
SMALL_DISK = "24m"
_HERE = Path(__file__).parent
_MOUNTS = ("unshare", "--user", "--map-root-user", "--mount")
_ON_A_SMALL_DISK = (
    f'mount -t tmpfs -o size={SMALL_DISK} tmpfs "$1" && shift && exec "$@"'
)
_RESTART_SECONDS = 0.3
_LOOK_SECONDS = 0.1


def has_own_mounts() -> bool:
    """Whether a process may have file systems of its own here."""
    if shutil.which("unshare") is None:
        return False
    probe = [*_MOUNTS, "mount", "-t", "tmpfs", "tmpfs", "/mnt"]
    return subprocess.run(probe, check=False, capture_output=True).returncode == 0


@dataclass(slots=True, kw_only=True)
class Part:
    """A process of the farm, whichever runs in its place now."""

    name: str
    popen: subprocess.Popen[bytes]
    restart_at: float | None = None
    starts: int = 1

    @property
    def pid(self) -> int:
        """Of the process that runs now."""
        return self.popen.pid

    def family(self) -> list[psutil.Process]:
        """Return the process and all below it."""
        try:
            this = psutil.Process(self.pid)
            return [this, *this.children(recursive=True)]
        except psutil.NoSuchProcess:
            return []


@dataclass(slots=True, kw_only=True)
class World:
    """A farm with a supervisor, on one of the two databases."""

    rig: Rig
    chance: random.Random
    postgres: PostgresServer | None = None
    workers: int = 3
    coordinators: int = 2
    parts: dict[str, Part] = field(default_factory=dict)
    later: list[tuple[float, Callable[[], object]]] = field(default_factory=list)
    """What ends a fault, and when."""
    lock: threading.RLock = field(default_factory=threading.RLock)
    """Held by who starts or hurts a part."""
    done: threading.Event = field(default_factory=threading.Event)
    supervisor: threading.Thread | None = None

    @classmethod
    def make(
        cls,
        folder: Path,
        *,
        seed: int,
        postgres: PostgresServer | None = None,
        **settings: object,
    ) -> World:
        """Prepare a farm; nothing is started yet."""
        url = {} if postgres is None else {"database_url": postgres.url("farm")}
        rig = Rig.make(
            folder,
            **{
                "lease_seconds": LEASE_SECONDS,
                "max_attempts": 25,  # more than faults hit one task
                "interactive_slots": 1,
                "disk_keep_bytes": 2_000_000,
                "grace_seconds": 5.0,
                "segment_seconds": 0.5,
                **url,
                **settings,
            },
        )
        return cls(rig=rig, chance=random.Random(seed), postgres=postgres)  # noqa: S311

    @property
    def settings(self) -> Settings:
        """Of the whole farm."""
        return self.rig.settings

    def start(self) -> None:
        """Start all parts, and wait until the workers are online."""
        names = [
            "valkey",
            *(f"coordinator-{number}" for number in range(self.coordinators)),
            *(f"worker-{number}" for number in range(self.workers)),
        ]
        for name in names:
            self.parts[name] = Part(name=name, popen=self._start(name))
        until(self._are_online, seconds=60)
        self.supervisor = threading.Thread(target=self._supervise)
        self.supervisor.start()

    def named(self, kind: str) -> list[Part]:
        """Return the parts of a kind that run, in order."""
        return [
            part
            for name, part in sorted(self.parts.items())
            if name.startswith(kind) and part.popen.poll() is None
        ]

    def _supervise(self) -> None:
        """See to the parts in a thread: whoever uses the farm may be stuck in it."""
        while not self.done.wait(_LOOK_SECONDS):
            with self.lock:
                self._mend()

    def _mend(self) -> None:
        """Start again what has ended, and end faults whose time is over."""
        now = time.monotonic()
        for at, undo in [*self.later]:
            if now >= at:
                self.later.remove((at, undo))
                undo()
        for part in self.parts.values():
            if part.popen.poll() is None:
                continue
            if part.restart_at is None:
                part.restart_at = now + _RESTART_SECONDS
            if now >= part.restart_at:
                part.popen = self._start(part.name)
                part.restart_at = None
                part.starts += 1

    def heal(self) -> None:
        """Wait until all faults are over."""
        until(lambda: not self.later, seconds=30)

    def undo_after(self, seconds: float, undo: Callable[[], object]) -> None:
        """End a fault after so many seconds."""
        self.later.append((time.monotonic() + seconds, undo))

    def ffmpegs(self) -> list[psutil.Process]:
        """Return all FFmpeg processes of the farm."""
        return sorted(ffmpegs_in(self.rig.folder), key=lambda process: process.pid)

    def scratch_of(self, part: Part) -> Path:
        """Return a worker's scratch folder as it is seen from here."""
        inside = self._scratch(part.name)
        return Path(f"/proc/{part.pid}/root{inside}")

    def left_in_scratch(self) -> list[str]:
        """Return what attempts have left of their scratch folders."""
        folders = [self._scratch(name) for name in self.parts if "worker" in name]
        folders += [self.scratch_of(part) for part in self.named("worker")]
        return sorted(
            str(each)
            for folder in folders
            if folder.is_dir()
            for each in folder.iterdir()
            if "@" in each.name
        )

    def close_database(self, seconds: float) -> None:
        """Let nobody use the database for a while."""
        if self.postgres is not None:
            self.undo_after(seconds, self.postgres.freeze())
            return
        path = self.rig.folder / "jobs.sqlite"

        def hold() -> None:
            with suppress(sqlite3.OperationalError):
                held = sqlite3.connect(path, timeout=5, isolation_level=None)
                held.execute("BEGIN EXCLUSIVE")
                time.sleep(seconds)
                held.execute("ROLLBACK")
                held.close()

        holder = threading.Thread(target=hold)
        holder.start()
        self.undo_after(seconds, holder.join)

    def stop(self) -> None:
        """Kill everything."""
        self.done.set()
        if self.supervisor is not None:
            self.supervisor.join()
        for _, undo in self.later:
            undo()
        self.later.clear()
        for part in self.parts.values():
            for process in part.family():
                with suppress(psutil.NoSuchProcess):
                    process.resume()
        self.rig.stop()

    def _start(self, name: str) -> subprocess.Popen[bytes]:
        kind, _, number = name.partition("-")
        if kind == "valkey":
            return self.rig.start_valkey()
        if kind == "coordinator":
            return self.rig.start_coordinator()
        scratch = self._scratch(name)
        scratch.mkdir(parents=True, exist_ok=True)
        skew = self.chance.choice((0, 3600, -3600, 86400))
        argv = [sys.executable, str(_HERE / "skewed_worker.py"), str(skew)]
        if number == "0" and has_own_mounts():
            argv = [*_MOUNTS, "sh", "-c", _ON_A_SMALL_DISK, "sh", str(scratch), *argv]
        return self._start_worker(argv, scratch)

    def _start_worker(
        self, argv: Sequence[str], scratch: Path
    ) -> subprocess.Popen[bytes]:
        settings = self.settings.model_copy(update={"scratch": scratch})
        return self.rig.start(list(argv), settings=settings)

    def _scratch(self, name: str) -> Path:
        """Each worker has a scratch folder of its own, as on a machine of its own."""
        return self.rig.folder / "scratches" / name

    def _are_online(self) -> bool:
        with self.rig.table() as table:
            online = [each for each in table.workers() if each.state == "online"]
        return len(online) >= 2 * self.workers


def kill(processes: Sequence[psutil.Process]) -> None:
    """Kill processes that may be gone by now."""
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            process.kill()


def freeze(processes: Sequence[psutil.Process]) -> None:
    """Stop processes in the middle of what they do."""
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            process.suspend()


def thaw(processes: Sequence[psutil.Process]) -> None:
    """Let frozen processes go on."""
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            process.resume()


def tell_to_end(part: Part) -> None:
    """Tell a process to finish what it does, and end."""
    with suppress(ProcessLookupError):
        os.kill(part.pid, signal.SIGTERM)


__all__ = ["ROOT", "Part", "World", "freeze", "kill", "tell_to_end", "thaw"]
