"""What a worker tells the job table of an attempt, as long as its lease lasts."""

from __future__ import annotations

import shlex
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from farm.cache.storage import open_storage
from farm.errors import (
    DiskFull,
    FarmError,
    FarmUnavailable,
    TableUnavailable,
    TaskCancelled,
)
from farm.jobs.retry import wait_seconds
from farm.jobs.status import TaskStatus
from farm.logs import get_log
from farm.metrics.sums import FENCED, sum_name
from workers.lease import Ending, Lease

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydantic import JsonValue

    from farm.jobs.records import Claim
    from workers.station import Station

_ASK_AGAIN_SECONDS = 1.0

_T = TypeVar("_T")

_log = get_log(__name__)


@dataclass(slots=True, kw_only=True)
class Reporter:
    """Tells the job table how one attempt ended."""

    station: Station
    claim: Claim
    lease: Lease
    commands: list[str] = field(default_factory=list)
    log: str | None = None
    tally: Counter[str] = field(default_factory=Counter)
    """What is added to the sums of the farm when all is reported."""

    def remember(self, argv: object, log: object) -> None:
        """Keep what FFmpeg was told, and what it said."""
        if isinstance(argv, list):
            self.commands.append(shlex.join(argv))
        if isinstance(log, str):
            self.log = log

    def success(self, result: JsonValue) -> str:
        """Say that the task is done."""
        is_done = self._report(
            lambda: self.station.table.complete(
                self.claim.task.id,
                attempt=self.claim.attempt,
                result=result,
                argv=self._argv,
                log=self.log,
            )
        )
        if is_done:
            _log.info("task_completed", kind=self.claim.task.kind)
            return "completed"
        self._remove_kept(result)
        return self._lost()

    def failure(self, error: FarmError) -> str:
        """Say why the attempt failed, or that it was cancelled."""
        if isinstance(error, TaskCancelled) and self.lease.ending is Ending.LOST:
            return self._lost()
        status = self._report(
            lambda: self.station.table.fail(
                self.claim.task.id,
                attempt=self.claim.attempt,
                error=error,
                argv=self._argv,
                log=self.log,
                delay_seconds=wait_seconds(error, attempt=self.claim.attempt),
            )
        )
        if status is None:
            return self._lost()
        if isinstance(error, TaskCancelled):
            _log.info("task_cancelled", kind=self.claim.task.kind)
            return "cancelled"
        _log.error(
            "task_failed", error=error.message, command=self._argv, ffmpeg_log=self.log
        )
        return f"failed: {error.message}"

    def no_room(self, error: DiskFull) -> str:
        """Give the task back until there is room on the disk, and say so."""
        _log.warning("no_room", error=error.message)
        status = self._report(
            lambda: self.station.table.wait_for_room(
                self.claim.task.id,
                attempt=self.claim.attempt,
                error=error,
                limit_seconds=self.station.settings.disk_wait_seconds,
            )
        )
        if status is None:
            return self._lost()
        failed = status is TaskStatus.FAILED
        return f"{'failed' if failed else 'waits'}: {error.message}"

    def give_back(self, error: FarmUnavailable) -> str:
        """Give the task back when the farm was away: it is no fault of the task."""
        _log.warning("farm_missed", error=error.message)
        is_told = self._report(
            lambda: self.station.table.release(
                self.claim.task.id, attempt=self.claim.attempt, note=error.message
            )
        )
        return f"given back: {error.message}" if is_told else self._lost()

    def release(self) -> None:
        """Give the task back at once: it is nobody's fault, and no time is lost."""
        try:
            self.station.table.release(
                self.claim.task.id,
                attempt=self.claim.attempt,
                note="the worker was stopped",
            )
        except TableUnavailable as error:
            _log.warning("release_missed", error=error.message)
        _log.info("task_released", kind=self.claim.task.kind)
        self.station.live.say_task_ended(self.claim.task.id, self.tally)

    def _report(self, tell: Callable[[], _T]) -> _T | None:
        """Report to the table, again and again as long as the lease lasts."""
        is_first = True
        while True:
            try:
                return tell()
            except TableUnavailable as error:
                if is_first:
                    _log.warning("report_missed", error=error.message)
                is_first = False
                if self.lease.ending is Ending.LOST:
                    return None
                time.sleep(_ASK_AGAIN_SECONDS)

    def _lost(self) -> str:
        _log.warning("task_lost", kind=self.claim.task.kind)
        self.tally[sum_name(FENCED, self.claim.task.kind)] += 1
        return "lost: the lease was over"

    def _remove_kept(self, result: JsonValue) -> None:
        """Remove the file that nobody will ever ask for; what is cached stays."""
        if not isinstance(result, dict) or "artifact" in result:
            return
        if isinstance(result.get("file"), str):
            try:
                open_storage(self.station.settings).remove(str(result["file"]))
            except FarmError as error:  # it goes with the job's parts
                _log.warning("file_not_removed", error=error.message)

    @property
    def _argv(self) -> str | None:
        return "\n".join(self.commands) or None
