"""Keep the processes of a farm running, and end them with it.

Each is started through `farm.ffmpeg.launch`, so that it also ends when the process
that keeps it is killed. That is bound to the starting thread: it lives to the end.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import threading
import time
from collections.abc import Mapping  # noqa: TC003  # a field of a dataclass
from contextlib import suppress
from dataclasses import dataclass, field
from typing import IO, TYPE_CHECKING

from farm.errors import FarmUnavailable, InvalidSettings
from farm.ffmpeg.launcher import launcher
from farm.logs import get_log

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_LOOK_SECONDS = 0.1
_FIRST_WAIT_SECONDS = 0.2
_LONGEST_WAIT_SECONDS = 5.0
_WELL_SECONDS = 10.0
"""A child that ran for so long was well: it is started again at once."""
_HOPELESS_STARTS = 4
_LOG_BYTES = 10_000_000
"""A longer log is put aside at the next start; the one before goes."""

_log = get_log(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Child:
    """A process to be kept running."""

    name: str
    argv: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)
    """Variables beside those of this process."""
    config: str | None = None
    """What it reads from its standard input."""
    stop_signal: signal.Signals = signal.SIGTERM
    stop_seconds: float = 5.0
    """How long it may take to end by itself."""
    is_vital: bool = True
    """Whether the farm is of no use without it."""
    may_end: bool = False
    """Whether it may end well by itself, as a drained worker does."""
    is_needed_to_end: bool = False
    """Whether the others need it to end well, so that it ends after them."""


class Keeper:
    """Starts children, starts them again when they end, and ends them together."""

    def __init__(self, children: Sequence[Child], *, logs: Path) -> None:
        self._kept = [
            _Kept(child=child, log=logs / f"{child.name}.log") for child in children
        ]
        self._logs = logs
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._keep, name="keeper", daemon=True)

    def start(self) -> None:
        """Start all children, in their order."""
        self._logs.mkdir(parents=True, exist_ok=True)
        self._thread.start()

    def stop(self) -> None:
        """End all children."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()

    def pid(self, name: str) -> int | None:
        """Return the process id of a child; ``None`` while it does not run."""
        found = next(kept for kept in self._kept if kept.child.name == name)
        return found.pid

    def check(self) -> None:
        """Raise `FarmUnavailable` when a child that is vital cannot be started."""
        for kept in self._kept:
            if kept.child.is_vital and kept.quick_ends >= _HOPELESS_STARTS:
                raise FarmUnavailable(
                    f"the farm's {kept.child.name} cannot start: "
                    f"{kept.last_line()} (see {kept.log})"
                )

    def _keep(self) -> None:
        try:
            while not self._stop.is_set():
                for kept in self._kept:
                    kept.look()
                self._stop.wait(_LOOK_SECONDS)
        finally:
            for is_last in (False, True):
                ending = [k for k in self._kept if k.child.is_needed_to_end is is_last]
                for kept in ending:
                    kept.tell_to_end()
                for kept in ending:
                    kept.end()


@dataclass(slots=True, kw_only=True)
class _Kept:
    """A child as it runs."""

    child: Child
    log: Path
    popen: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    next_start: float = 0.0
    quick_ends: int = 0

    @property
    def pid(self) -> int | None:
        return self.popen.pid if self.popen else None

    def look(self) -> None:
        """Start it when it does not run, unless it ended as it may."""
        if self.popen is not None and self.popen.poll() is not None:
            if self.child.may_end and self.popen.returncode == 0:
                return
            self._note_end(self.popen)
        if self.popen is None and time.monotonic() >= self.next_start:
            self._start()

    def tell_to_end(self) -> None:
        if self.popen is not None and self.popen.poll() is None:
            self.popen.send_signal(self.child.stop_signal)

    def end(self) -> None:
        if self.popen is None:
            return
        with suppress(subprocess.TimeoutExpired):
            self.popen.wait(self.child.stop_seconds)
        with suppress(ProcessLookupError):
            os.killpg(self.popen.pid, signal.SIGKILL)
        self.popen.wait()

    def last_line(self) -> str:
        """Return what it wrote last; of a log line, what went wrong."""
        lines = self.log.read_text("utf-8", errors="replace").strip().splitlines()
        last = lines[-1] if lines else "it left no word why"
        with suppress(ValueError, KeyError, TypeError):
            return str(json.loads(last)["error"])
        return last

    def _start(self) -> None:
        with _open_log(self.log) as log:
            self.popen = subprocess.Popen(
                [*launcher(), *self.child.argv],
                stdin=subprocess.PIPE if self.child.config else subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={**os.environ, **self.child.environment},
                start_new_session=True,  # Ctrl-C is for the process that keeps them
            )
        if self.popen.stdin is not None and self.child.config is not None:
            with suppress(BrokenPipeError), self.popen.stdin as config:
                config.write(self.child.config.encode())
        self.started = time.monotonic()

    def _note_end(self, popen: subprocess.Popen[bytes]) -> None:
        ran = time.monotonic() - self.started
        self.quick_ends = 0 if ran >= _WELL_SECONDS else self.quick_ends + 1
        if self.quick_ends and popen.returncode == InvalidSettings.exit_code:
            self.quick_ends = _HOPELESS_STARTS  # the same settings will not do better
        wait = min(_FIRST_WAIT_SECONDS * 2**self.quick_ends, _LONGEST_WAIT_SECONDS)
        self.next_start = time.monotonic() + (wait if self.quick_ends else 0.0)
        self.popen = None
        _log.warning(
            "child_ended",
            child=self.child.name,
            code=popen.returncode,
            log=str(self.log),
        )


def _open_log(path: Path) -> IO[bytes]:
    if path.exists() and path.stat().st_size > _LOG_BYTES:
        path.replace(path.with_suffix(".log.1"))
    return path.open("ab")
