"""The Celery side of a worker: one Celery worker for each lane of queues."""

from __future__ import annotations

import logging
import os
import resource
import signal
import warnings
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

from celery import signals
from celery.exceptions import CPendingDeprecationWarning, SecurityWarning
from celery.worker.consumer import Consumer

from farm.broker import build_app
from farm.errors import FarmError
from farm.jobs.status import Queue
from farm.logs import get_log
from workers.tasks import perform

if TYPE_CHECKING:
    from celery import Celery

    from workers.station import Station

READY_SIGNAL = signal.SIGRTMIN
"""Sent to the parent when a lane takes messages; these are queued, not merged."""
_SHARED = (
    "celery.apps.worker",
    "celery.concurrency.prefork",
    "celery.events.receiver",
    "celery.worker.autoscale",
    "celery.worker.components",
    "celery.worker.consumer",
    "celery.worker.consumer.delayed_delivery",
    "celery.worker.strategy",
    "kombu.transport.redis",
)
"""Parts of Celery that every lane loads."""
_EVENTS_SECONDS = 0.1
"""How long events for Flower are gathered: each message is a round trip."""
_NOISY = ("celery.worker.strategy", "celery.app.trace")
"""They tell of each message; the farm's own lines say it with ids."""

_log = get_log(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """Queues that one Celery worker serves, in the order given."""

    name: str
    """Name of the worker, as in the job table and in Flower."""
    queues: tuple[Queue, ...]
    slots: int


class GatheringConsumer(Consumer):  # type: ignore[misc]  # Celery has no types
    """Takes messages, and sends events many at a time."""

    _is_due = False

    def on_send_event_buffered(self) -> None:
        """Send it soon, with what comes until then."""
        if self.hub and not self._is_due:
            self._is_due = True
            self.hub.call_later(_EVENTS_SECONDS, self._send_events)

    def _send_events(self) -> None:
        self._is_due = False
        self._flush_events()


def build_worker_app(station: Station) -> Celery:
    """Return the application with the tasks, and load what all lanes need.

    Made before the lanes are forked, it costs its memory and its time once.
    """
    app = build_app(
        station.broker_url,
        queues=[queue.value for queue in Queue],
        prefix=station.settings.broker_prefix,
    )
    app.station = station
    app.conf.worker_consumer = f"{__name__}:{GatheringConsumer.__name__}"

    def work(task_id: str) -> str:
        return perform(app.station, task_id)

    for kind in station.kinds:
        app.task(work, name=kind.value)
    app.finalize()
    for name in _SHARED:
        import_module(name)
    return app


def run_lane(lane: Lane, station: Station, app: Celery) -> int:
    """Serve the queues of a lane until told to stop; return the exit code."""
    app.station = station
    if all(queue.value.startswith("cpu.") for queue in lane.queues):
        _bound_memory(station.settings.task_memory_bytes)
    _connect_signals(station)
    # it is about the pickles of others, which this worker refuses
    warnings.simplefilter("ignore", SecurityWarning)
    # of what the next Celery does when the broker is gone: here the claim decides
    warnings.simplefilter("ignore", CPendingDeprecationWarning)
    worker = app.Worker(
        hostname=lane.name,
        queues=[queue.value for queue in lane.queues],
        concurrency=lane.slots,
        pool_cls="prefork",
        without_gossip=True,  # workers need not know each other
        without_mingle=True,  # starts at once
        quiet=True,  # no banner
    )
    worker.start()
    return int(worker.exitcode or 0)


def _bound_memory(most: int) -> None:
    """Let a source that PyAV reads take no more memory than one that FFmpeg reads.

    Drivers of GPUs map far more than they use, so that only CPU workers are bound.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
    is_bound = soft != resource.RLIM_INFINITY and soft <= most
    if not is_bound and (hard == resource.RLIM_INFINITY or most <= hard):
        resource.setrlimit(resource.RLIMIT_DATA, (most, hard))


def end_if_orphaned(lane: int) -> None:
    """End a process of the pool whose lane was killed before it could be told.

    Celery asks the system to kill it with its lane; what came before that goes unseen,
    and it would meet a closed pipe and print where.
    """
    if os.getppid() != lane:
        os._exit(1)


def _connect_signals(station: Station) -> None:
    def keep_logs(**_: object) -> None:
        for name in _NOISY:
            logging.getLogger(name).setLevel(logging.WARNING)

    lane = os.getpid()

    def warm_up(**_: object) -> None:
        """Open what every task needs before the first one comes."""
        end_if_orphaned(lane)
        try:
            station.table.now()
        except FarmError as error:  # the first task tries again
            _log.warning("table_missed", error=error.message)

    def tell_ready(**_: object) -> None:
        # Celery would start itself again with this program's arguments
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        os.kill(os.getppid(), READY_SIGNAL)

    signals.setup_logging.connect(keep_logs, weak=False)
    signals.worker_process_init.connect(warm_up, weak=False)
    signals.worker_ready.connect(tell_ready, weak=False)
