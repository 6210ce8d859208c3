"""Start the lanes of a worker, keep them in the job table, stop them together.

```
worker ──fork──> lane: Celery ──fork──> slot ──> FFmpeg
       └─fork──> lane: Celery ──fork──> slot ──> FFmpeg
```
Whatever is killed, all that is right of it ends with it.

TERM: finish what runs, then end; what runs after `grace_seconds`, or at a second TERM,
is given back. INT, QUIT, HUP: end at once, give back what ran.
"""

from __future__ import annotations

import ctypes
import gc
import os
import signal
import socket
import sys
from functools import partial
from typing import TYPE_CHECKING, NoReturn

from farm.logs import get_log
from workers.app import run_lane
from workers.crew import WATCHED, Crew
from workers.station import Station

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from farm.jobs.demands import GpuOffer
    from farm.settings import Settings
    from workers.app import Lane
    from workers.station import Kinds

_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36

_log = get_log(__name__)


def worker_name(what: str) -> str:
    """Return a name for a worker that no other one has."""
    return f"{what}-{os.getpid()}@{socket.gethostname()}"


def serve(
    settings: Settings,
    *,
    lanes: Sequence[Lane],
    kinds: Kinds | None = None,
    device: str | None = None,
    gpu: GpuOffer | None = None,
) -> int:
    """Run the lanes until told to stop, or until one of them ends by itself.

    A worker for a GPU says what that is called, and what it offers.
    """
    kinds = _all_kinds() if kinds is None else kinds
    crew = Crew(
        station=Station(
            settings=settings, worker=worker_name("crew"), kinds=kinds, gpu=gpu
        ),
        device=device,
    )
    app = crew.open()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, WATCHED)
    # processes whose parent was killed become ours, so that we know when they end
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1)
    gc.freeze()  # what is loaded by now is shared by all processes
    parent = os.getpid()
    for lane in lanes:
        pid = os.fork()
        if pid == 0:
            serve_lane = partial(run_lane, lane, crew.station.named(lane.name), app)
            _be_child(serve_lane, parent=parent, signals=before)
        crew.running[pid] = lane
    try:
        return crew.watch()
    finally:
        if crew.running:
            crew.kill()
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _all_kinds() -> Kinds:
    from farm.kinds.registry import KINDS

    return KINDS


def _be_child(
    run: Callable[[], int], *, parent: int, signals: set[int | signal.Signals]
) -> NoReturn:
    """Run in a process that was just forked, and end it."""
    code = 1
    try:
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() == parent:  # it may have been killed before the line above
            os.setpgid(0, 0)  # Ctrl-C goes to the parent, which tells all lanes
            signal.pthread_sigmask(signal.SIG_SETMASK, signals)
            code = run()
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1
    except BaseException:  # noqa: BLE001  # the outermost frame of the process
        _log.critical("lane_broke", exc_info=True)
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
