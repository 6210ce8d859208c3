"""Run a coordinator: open what it needs, and turn its loop until told to stop."""

from __future__ import annotations

import signal
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import TYPE_CHECKING

from farm.broker import Broker
from farm.cache.marks import COORDINATOR, remove_mark
from farm.cache.storage import open_storage
from farm.coordinator.begun import withdraw_left
from farm.coordinator.gpus import Waits
from farm.coordinator.leader import Leader
from farm.coordinator.publish import remove_left_parts
from farm.errors import (
    FarmUnavailable,
    InvalidSettings,
    StoreFailed,
)
from farm.jobs.status import Queue
from farm.jobs.table import JobTable
from farm.live import Live
from farm.logs import get_log
from farm.monitor.watcher import Watcher

if TYPE_CHECKING:
    from collections.abc import Callable

    from farm.live import Bell
    from farm.settings import Settings

from farm.coordinator.away import Away
from farm.coordinator.loop import Coordinator

_HELPERS = 3
"""Jobs that are planned or published beside the loop at once, and tidying up."""
_REST_SECONDS = 0.002
_LONG_REST_SECONDS = 0.05
"""Shortest wait while enough messages wait: many tasks that end are one reason to look,
and the time goes to those who do the work."""
_STOP_SECONDS = 0.1
"""How long it may take until it is noticed that the coordinator shall stop."""

_log = get_log(__name__)


def run_coordinator(settings: Settings) -> None:
    """Coordinate the farm until told to stop (TERM or INT)."""
    url = settings.broker_url
    if url is None:
        raise InvalidSettings(
            "broker_url is not set: name the broker of the farm, "
            "or start a farm on this machine with `farm up`"
        )
    stop = _stop_on_signals()
    with (
        Broker(
            url,
            queues=[queue.value for queue in Queue],
            prefix=settings.broker_prefix,
        ) as broker,
        Live(url, prefix=settings.broker_prefix) as live,
        closing(live.listen()) as bell,
        ThreadPoolExecutor(_HELPERS, thread_name_prefix="aside") as helpers,
        closing(_open_table(settings, stop=stop)) as table,
        Watcher(settings, table=table, live=live) as watcher,
    ):
        coordinator = Coordinator(
            settings=settings,
            table=table,
            broker=broker,
            live=live,
            helpers=helpers,
            waits=Waits(wait_seconds=settings.gpu_wait_seconds),
        )
        _log.info("coordinator_started", storage=str(settings.storage_folder))
        leader = Leader(table)
        rings: set[str] = set()
        while not stop():
            if leader.leads():
                # a new or changed job has tasks to send; an empty ring is of a worker
                seconds = coordinator.tick(send_first=rings != {""})
            else:
                seconds = coordinator.stand_by()
            watcher.turn()
            time.sleep(_LONG_REST_SECONDS if coordinator.has_time else _REST_SECONDS)
            rings = _wait(bell, seconds=seconds, stop=stop)
        leader.stop()
        remove_mark(settings, f"{COORDINATOR}{socket.gethostname()}")
        _log.info("coordinator_stopped")


def _wait(bell: Bell, *, seconds: float, stop: Callable[[], bool]) -> set[str]:
    """Wait for the bell, or so long, or until told to stop; return what it said."""
    end = time.monotonic() + seconds
    while not stop() and (left := end - time.monotonic()) > 0:
        if rings := bell.wait(min(left, _STOP_SECONDS)):
            return rings
    return set()


def _open_table(settings: Settings, *, stop: Callable[[], bool]) -> JobTable:
    """Open the table; wait for a database that is not there yet."""
    away = Away("job_table")
    while True:
        try:
            table = JobTable.open(settings.database, max_attempts=settings.max_attempts)
            withdraw_left(table)
            remove_left_parts(table, storage=open_storage(settings))
        except StoreFailed as error:  # it is tried again when tidying up
            _log.warning("parts_not_removed", error=error.message)
            return table
        except FarmUnavailable as error:
            if stop():
                raise
            time.sleep(away.note(error))
        else:
            away.over()
            return table


def _stop_on_signals() -> Callable[[], bool]:
    told: list[int] = []
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda number, _: told.append(number))
    return lambda: bool(told)
