"""Do one task: claim it, run it, report."""

from __future__ import annotations

import errno
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from farm.cache.storage import open_storage
from farm.cache.store import ArtifactStore
from farm.errors import (
    DiskFull,
    FarmError,
    FarmUnavailable,
    FFmpegKilled,
    InvalidSettings,
    OutOfMemory,
    TableUnavailable,
    TaskFailed,
)
from farm.ffmpeg.lighten import lighten
from farm.ffmpeg.run import run
from farm.jobs.records import TaskId
from farm.jobs.status import TaskKind
from farm.kinds.context import TaskContext, damage_warning
from farm.kinds.room import room_needed
from farm.kinds.sources import Sources
from farm.logs import bind_ids, get_log
from workers.lease import Lease
from workers.report import Reporter
from workers.room import reserve
from workers.scratch import scratch_folder
from workers.tally import count_copies, count_run

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pydantic import JsonValue

    from farm.ffmpeg.command import Command
    from farm.jobs.records import Claim
    from workers.station import Station

_OF_MEMORY = {OutOfMemory.__name__, FFmpegKilled.__name__}
"""Failures after which FFmpeg gets fewer threads: they may be for want of memory."""

_log = get_log(__name__)


def perform(station: Station, task_id: str) -> str:
    """Do a task unless someone else does; return how it ended, for Flower."""
    why: list[str] = []
    claim = _claim(station, task_id, on_put_off=why.append)
    if claim is None:
        return f"put off: {why[0]}" if why else "passed: not queued any more"
    lease = Lease(
        claim,
        table=station.table,
        live=station.live,
        lease_seconds=station.settings.lease_seconds,
    )
    ids = {"job_id": claim.task.job_id, "task_id": task_id, "worker": station.worker}
    with bind_ids(**ids), lease:
        report = Reporter(station=station, claim=claim, lease=lease)
        return _Attempt(station=station, claim=claim, lease=lease, report=report).work()


def _claim(
    station: Station, task_id: str, *, on_put_off: Callable[[str], None]
) -> Claim | None:
    def note(why: str) -> None:
        _log.info("task_put_off", task_id=task_id, why=why)
        on_put_off(why)

    try:
        claim = station.table.claim(
            TaskId(task_id),
            worker=station.worker,
            lease_seconds=station.settings.lease_seconds,
            gpu=station.gpu,
            on_put_off=note,
        )
    except TableUnavailable as error:  # the coordinator sends it again
        _log.warning("claim_missed", task_id=task_id, error=error.message)
        return None
    if claim is None:
        _log.debug("task_passed", task_id=task_id)
    return claim


@dataclass(slots=True, kw_only=True)
class _Attempt:
    """One try at a task, and what it has to tell in the end."""

    station: Station
    claim: Claim
    lease: Lease
    report: Reporter
    warnings: list[str] = field(default_factory=list)

    def work(self) -> str:
        """Run the task and report how it ended."""
        task = self.claim.task
        _log.info(
            "task_started", kind=task.kind, task=task.name, attempt=self.claim.attempt
        )
        try:
            outcome = self._try()
        except BaseException:  # this process was told to end
            self.report.release()
            raise
        self.station.live.say_task_ended(self.claim.task.id, self.report.tally)
        return outcome

    def _try(self) -> str:
        folder = scratch_folder(
            self.station.settings.scratch_folder,
            task_id=self.claim.task.id,
            attempt=self.claim.attempt,
        )
        try:
            with folder as scratch:
                try:
                    self._reserve(scratch)
                except DiskFull as error:
                    return self.report.no_room(error)
                result = self._run_kind(scratch)
        except FarmUnavailable as error:
            if isinstance(error, InvalidSettings):
                return self.report.failure(error)
            return self.report.give_back(error)
        except FarmError as error:
            return self.report.failure(error)
        except Exception as error:  # noqa: BLE001  # every end is reported
            _log.exception("task_broke")
            return self.report.failure(_unexpected(error))
        return self.report.success(result)

    def _reserve(self, scratch: Path) -> None:
        """Reserve room for what the task may write."""
        settings = self.station.settings
        if not settings.machine_folder.is_dir():
            settings.machine_folder.mkdir(parents=True, exist_ok=True)
        reserve(
            scratch,
            room_needed(self.claim, storage=settings.storage_folder),
            storage=settings.machine_folder,
            keep=settings.disk_keep_bytes,
        )

    @property
    def _is_light(self) -> bool:
        """Whether an earlier attempt may have got too little memory."""
        return not _OF_MEMORY.isdisjoint(self.claim.failures)

    def _run_kind(self, scratch: Path) -> JsonValue:
        sources = Sources.of(self.station.settings, self.lease.must_stop)
        try:
            result = self._run_with(sources, scratch)
        except FarmError as error:
            error.message = str(sources.name(error.message))
            raise
        finally:
            count_copies(self.report.tally, self.claim.task.kind, sources.held)
            sources.close()
        return result

    def _run_with(self, sources: Sources, scratch: Path) -> JsonValue:
        task = self.claim.task
        if task.kind is not TaskKind.PROBE:  # which may know them without a copy
            task = replace(task, payload=sources.localise(task.payload))
        context = replace(
            self._context(scratch),
            claim=replace(self.claim, task=task),
            sources=sources,
        )
        result = sources.name(self.station.kinds[task.kind](context))
        told = [str(sources.name(warning)) for warning in self.warnings]
        told += sources.unverified()
        if isinstance(result, dict) and told:
            return {**result, "warnings": [*told]}
        return result

    def _context(self, scratch: Path) -> TaskContext:
        def run_command(command: Command) -> Path:
            return self._run(command, scratch)

        return TaskContext(
            claim=self.claim,
            settings=self.station.settings,
            ffmpeg=self.station.ffmpeg,
            scratch=scratch,
            run=run_command,
            store=self._store() if self._may_be_cached else None,
            build=self.station.build,
            warnings=self.warnings,
        )

    @property
    def _may_be_cached(self) -> bool:
        """Whether what is made is what any other attempt would make.

        An encoder with fewer threads than planned may write other bytes.
        """
        return not self._is_light or self.station.settings.task_threads == 1

    def _store(self) -> ArtifactStore:
        task = self.claim.task
        return ArtifactStore(
            index=self.station.table.artifacts,
            storage=open_storage(self.station.settings),
            job_id=task.job_id,
            owner=f"{task.id}-{self.claim.attempt}",
            project=self.claim.project,
        )

    def _run(self, command: Command, scratch: Path) -> Path:
        settings = self.station.settings
        if self._is_light:
            command = lighten(command)
        try:
            done = run(
                command,
                ffmpeg=self.station.ffmpeg,
                scratch=scratch,
                on_progress=self.lease.see,
                should_stop=self.lease.must_stop,
                stall_seconds=settings.stall_seconds,
                limit_seconds=settings.task_limit_seconds,
                box=self.station.box,
            )
        except FarmError as error:
            self.report.remember(error.facts.get("argv"), error.facts.get("log"))
            count_run(self.report.tally, self.claim.task.kind, None)
            raise
        count_run(self.report.tally, self.claim.task.kind, done)
        self.report.remember(list(done.argv), done.log)
        if done.decode_errors and command.sources:
            self.warnings.append(damage_warning(command.sources))
        self.warnings += done.font_notes
        return scratch / command.output


def _unexpected(error: Exception) -> TaskFailed:
    """Return the error for what no part of the farm has foreseen."""
    if isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return DiskFull(f"the disk is full: make room, then retry the job ({error})")
    return TaskFailed(
        f"the task broke with {type(error).__name__}: {error}; "
        "this is a mistake in the farm"
    )
