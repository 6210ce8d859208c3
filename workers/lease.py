"""Keep the lease of an attempt, and say when the attempt must stop.

```
claim ──beat──beat──beat── …        every third of the lease, and at every hint
      └── lease ──┘                 counted from before the beat was sent
             └── lease ──┘          no beat came through: stop before the table
                                    gives the task to someone else
```
"""

from __future__ import annotations

import math
import os
import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import wait as wait_for
from contextvars import copy_context
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, Self

from farm.errors import TableUnavailable
from farm.jobs.records import Beat
from farm.live import LiveProgress
from farm.logs import get_log

if TYPE_CHECKING:
    from contextvars import Context

    from farm.ffmpeg.progress import Progress
    from farm.jobs.records import Claim
    from farm.jobs.table import JobTable
    from farm.live import Live

_HINT_SECONDS = 0.5
"""How often hints are looked for, and progress is written."""
_BEATS_IN_LEASE = 3
_ALONE_SECONDS = 1.0
"""How often the table is asked while no hint can come: a job may be cancelled."""
_LAZY_SECONDS = 2 * _HINT_SECONDS
"""Beats that come so seldom may begin a moment later."""
_MOST_KEPT = 8
"""Leases of one process at once: one, and those that still wait for the table."""
_UNCHANGED = (None, "1")
"""How often a job was changed that was only submitted."""

_log = get_log(__name__)


_entered: set[Lease] = set()
"""Leases that no thread keeps yet: those of tasks that have only just begun."""


@cache
def _watch(process: int) -> threading.Thread:
    """Have leases kept that are not over soon: a thread for a short task costs more.

    One thread of a process looks, and lets others keep what it finds, since these may
    have to wait for the table.
    """
    del process  # a fork has none of its parent's threads

    def watch() -> None:
        while True:
            time.sleep(_HINT_SECONDS)
            for lease in [*_entered]:
                lease.keep()

    thread = threading.Thread(target=watch, name="leases", daemon=True)
    thread.start()
    return thread


@cache
def _keepers(process: int) -> ThreadPoolExecutor:
    """Return the threads that keep leases in this process; they stay for the next."""
    del process  # a fork has none of its parent's threads
    return ThreadPoolExecutor(_MOST_KEPT, thread_name_prefix="lease")


class Ending(StrEnum):
    """Why an attempt must stop."""

    CANCELLED = "cancelled"
    LOST = "lost"


class Lease:
    """The lease of one attempt, kept by a thread while the block runs."""

    def __init__(
        self, claim: Claim, *, table: JobTable, live: Live, lease_seconds: float
    ) -> None:
        self._claim = claim
        self._table = table
        self._live = live
        self._seconds = lease_seconds
        self._over_at = time.monotonic() + lease_seconds
        self._ending: Ending | None = None
        self._progress: LiveProgress | None = None
        self._is_table_away = False
        self._done = threading.Event()
        self._context: Context | None = None
        self._keeping = threading.Lock()
        self._kept: Future[None] | None = None

    @property
    def ending(self) -> Ending | None:
        """Why the attempt must stop; ``None`` while it may go on."""
        if self._ending is None and time.monotonic() >= self._over_at:
            self._ending = Ending.LOST
            _log.warning("lease_over")
        return self._ending

    def must_stop(self) -> bool:
        """Whether the attempt must stop; cheap enough to ask all the time."""
        return self.ending is not None

    def see(self, progress: Progress) -> None:
        """Take a report of FFmpeg, to be passed on with the next beat."""
        whole = self._claim.task.frames
        fraction = progress.fraction
        done = progress.frame if fraction is None else round(whole * fraction)
        self._progress = LiveProgress(
            attempt=self._claim.attempt,
            frames=min(done, whole),
            fps=progress.fps,
            speed=progress.speed,
        )

    def __enter__(self) -> Self:
        self._context = copy_context()
        if self._every < _LAZY_SECONDS:
            self.keep()
        else:
            _entered.add(self)
            _watch(os.getpid())
        return self

    def __exit__(self, *_: object) -> None:
        _entered.discard(self)
        with self._keeping:
            self._done.set()
        if self._kept is not None:
            wait_for([self._kept], timeout=_HINT_SECONDS)

    def keep(self) -> None:
        """Let a thread keep it, unless its task is over or one does already."""
        _entered.discard(self)
        with self._keeping:
            if self._context is None or self._kept or self._done.is_set():
                return
            keepers = _keepers(os.getpid())
            self._kept = keepers.submit(self._context.run, self._keep)

    @property
    def _every(self) -> float:
        """How often to beat, in seconds."""
        return self._seconds / _BEATS_IN_LEASE

    def _keep(self) -> None:
        every = self._every
        last_beat = time.monotonic()
        changes = self._look()
        if changes not in _UNCHANGED:  # perhaps since the claim: the table knows
            last_beat = -math.inf
        while not self._done.wait(min(_HINT_SECONDS, every)):
            before, changes = changes, self._look()
            wait = min(every, _ALONE_SECONDS) if self._live.is_away else every
            if time.monotonic() >= last_beat + wait or before != changes:
                if not self._beat():
                    continue  # at once again: the table may come back in time
                last_beat = time.monotonic()
            if self._ending is not None:
                return

    def _look(self) -> str | None:
        task = self._claim.task
        return self._live.report(task.id, job_id=task.job_id, progress=self._progress)

    def _beat(self) -> bool:
        """Renew the lease; tell whether the table could be reached."""
        asked_at = time.monotonic()
        try:
            beat = self._table.heartbeat(
                self._claim.task.id,
                attempt=self._claim.attempt,
                lease_seconds=self._seconds,
                frames_done=self._progress.frames if self._progress else 0,
            )
        except TableUnavailable as error:
            if not self._is_table_away:
                _log.warning("heartbeat_missed", error=error.message)
            self._is_table_away = True
            return False
        self._is_table_away = False
        if beat is Beat.CONTINUE:
            self._over_at = asked_at + self._seconds
        else:
            is_cancelled = beat is Beat.CANCEL
            self._ending = Ending.CANCELLED if is_cancelled else Ending.LOST
        return True
