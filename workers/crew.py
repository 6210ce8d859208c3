"""The processes of one worker, as their parent sees them."""

from __future__ import annotations

import os
import signal
import socket
import time
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

import farm
from farm.cache.marks import leave_mark, remove_mark
from farm.errors import FarmError, FarmUnavailable, WorkerLost
from farm.ffmpeg.locate import ffmpeg_version
from farm.jobs.workers import DRAINING
from farm.logs import get_log
from farm.place import ObjectPath
from workers.app import READY_SIGNAL, build_worker_app
from workers.scratch import sweep

if TYPE_CHECKING:
    from collections.abc import Callable

    from celery import Celery

    from farm.metrics.host import Readings
    from workers.app import Lane
    from workers.station import Station

SEEN_SECONDS = 5.0
"""How often a worker tells the job table that it is there."""
KILLED = "the process that did the task was killed"
_TICK_SECONDS = 1.0
"""How soon attempts are ended whose process was killed."""
_KILL_SECONDS = 10.0
"""How long to wait for killed processes: one stuck in the kernel cannot be ended."""
STOPPING = {signal.SIGTERM, signal.SIGINT, signal.SIGQUIT, signal.SIGHUP}
WATCHED = {*STOPPING, signal.SIGCHLD, READY_SIGNAL}

_log = get_log(__name__)


@dataclass(slots=True, kw_only=True)
class Crew:
    """The lanes of one worker, as their parent sees them."""

    station: Station
    device: str | None
    running: dict[int, Lane] = field(default_factory=dict)
    ready: set[int] = field(default_factory=set)
    registered: set[int] = field(default_factory=set)
    is_stopping: bool = False
    give_back_at: float | None = None
    """When a worker that was told to end has no more time for what runs."""
    is_table_away: bool = False
    readings: Readings | None = None

    def open(self) -> Celery:
        """Load and open what all processes need: they share it by the fork.

        Raises:
            InvalidSettings: when there is no broker or no FFmpeg to use.
        """
        self.station.check()
        self._tell(self._warm_up)
        return build_worker_app(self.station)

    def watch(self) -> int:
        """Wait for signals and for lanes that end; return the exit code."""
        is_well = True
        next_seen = time.monotonic() + SEEN_SECONDS
        while self.running:
            self._act_on(signal.sigtimedwait(WATCHED, _TICK_SECONDS))
            for lane in self._reap():
                if not self.is_stopping:
                    _log.critical("lane_ended", worker=lane.name)
                    is_well = False
                    self.kill()
            self._end_dead(None if self.is_stopping else KILLED)
            if self.give_back_at is not None and time.monotonic() >= self.give_back_at:
                _log.warning("worker_out_of_time")
                self.kill()
            if time.monotonic() >= next_seen:
                next_seen = time.monotonic() + SEEN_SECONDS
                self._say_seen()
                self._tell_readings()
        return 0 if is_well else 1

    def kill(self) -> None:
        """Kill what runs, wait until all of it is gone, give back what it did.

        Nothing is asked to end by itself first: it would take longer, and what an
        attempt has not reported does not count.
        """
        self.is_stopping = True
        for pid in self.running:
            os.kill(pid, signal.SIGKILL)
        _wait_for_all(seconds=_KILL_SECONDS)
        for pid in self.running:
            self._tell(partial(self._seen, pid, state="offline"))
        self.running.clear()
        self._end_dead(None)

    def drain(self) -> None:
        """Let each lane finish what it does, and end."""
        _log.info("worker_draining")
        self.is_stopping = True
        for pid in self.running:
            os.kill(pid, signal.SIGTERM)

    def _act_on(self, arrived: signal.struct_siginfo | None) -> None:
        if arrived is None:
            return
        if arrived.si_signo == READY_SIGNAL:
            self.ready.add(arrived.si_pid)
            self._say_seen()
        elif arrived.si_signo == signal.SIGTERM and self.give_back_at is None:
            grace = self.station.settings.grace_seconds
            self.give_back_at = time.monotonic() + grace
            self.drain()
        elif arrived.si_signo in STOPPING:
            _log.info("worker_stopping")
            self.kill()

    def _reap(self) -> list[Lane]:
        """Take the lanes that ended, and whatever was left by a killed process."""
        lanes = []
        while (pid := _ended_child()) is not None:
            if pid in self.running:
                self._tell(partial(self._seen, pid, state="offline"))
                lanes.append(self.running.pop(pid))
        return lanes

    def _say_seen(self) -> None:
        for pid in self.ready & self.running.keys():
            if pid in self.registered:
                self._tell(partial(self._seen, pid, state="online"))
            else:
                self._tell(partial(self._register, pid))

    @property
    def _readings(self) -> Readings:
        """Reads this machine; loaded when the worker serves already."""
        if self.readings is None:
            from farm.metrics.host import Readings

            self.readings = Readings()
        return self.readings

    def _tell_readings(self) -> None:
        """Tell how this machine is; it is not needed for any work."""
        settings = self.station.settings
        storage = settings.storage_folder
        places = {
            **({} if isinstance(storage, ObjectPath) else {"storage": storage}),
            "scratch": settings.scratch_folder,
        }
        told = {
            **self._readings.read(places),
            "version": farm.__version__,
            "clock_seconds": self._read_clock(),
        }
        self.station.live.tell(f"{socket.gethostname()}:{os.getpid()}", told)

    def _read_clock(self) -> float | None:
        """Return how far the clock here is ahead of the job table's."""
        before = time.time()
        try:
            at = self.station.table.now()
        except FarmUnavailable:  # what needs the table says so
            return None
        return (before + time.time()) / 2 - at

    def _warm_up(self) -> None:
        self.station.table.now()

    def _end_dead(self, why: str | None) -> None:
        """End attempts whose process is dead on this host; nobody else reports them.

        They would end when their leases are over; this is sooner. Without a reason
        they were stopped on purpose, and do not count.
        """
        for dead in sweep(self.station.settings.scratch_folder):
            task, number = dead.task_id, dead.number
            _log.warning("attempt_ended", task_id=task, attempt=number, why=why)
            end: Callable[..., object]
            if why is None:
                note = "the worker was stopped"
                end = partial(self.station.table.release, task, note=note)
            else:
                end = partial(self.station.table.fail, task, error=WorkerLost(why))
            self._tell(partial(end, attempt=number))
            self.station.live.notify()

    def _register(self, pid: int) -> None:
        lane = self.running[pid]
        self.station.table.register_worker(
            name=lane.name,
            host=socket.gethostname(),
            pid=pid,
            queues=tuple(queue.value for queue in lane.queues),
            slots=lane.slots,
            device=self.device,
            ffmpeg=ffmpeg_version(self.station.ffmpeg),
            gpu=self.station.gpu,
        )
        leave_mark(self.station.settings, lane.name)
        self.registered.add(pid)
        _log.info("worker_online", worker=lane.name, slots=lane.slots)

    def _seen(self, pid: int, *, state: str) -> None:
        name = self.running[pid].name
        wanted = self.station.table.worker_seen(name, state=state)
        if state != "online":
            remove_mark(self.station.settings, name)
            return
        leave_mark(self.station.settings, name)
        if wanted == DRAINING and not self.is_stopping:
            self.drain()

    def _tell(self, tell: Callable[[], object]) -> None:
        """Tell the job table; when it is away, the next time will do."""
        try:
            tell()
        except FarmError as error:
            if not self.is_table_away:
                _log.warning("table_missed", error=error.message)
            self.is_table_away = True
        else:
            self.is_table_away = False


def _ended_child() -> int | None:
    """Return the id of a child that has ended, if there is one."""
    try:
        pid, _ = os.waitpid(-1, os.WNOHANG)
    except ChildProcessError:
        return None
    return pid or None


def _wait_for_all(*, seconds: float) -> None:
    """Wait until no child is left, those of killed children included."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            pid, _ = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if not pid:
            time.sleep(0.01)
