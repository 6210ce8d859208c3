"""A job as its owner sees it: watch it, wait for it, cancel it."""

from __future__ import annotations

import time
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

from farm.api.estimate import LAST_RUNS, estimate
from farm.api.progress import ProgressMeter, add_live
from farm.api.result import build_result
from farm.coordinator.begun import withdraw_job
from farm.errors import (
    FarmError,
    InvalidJob,
    InvalidOption,
    JobCancelled,
    JobTimedOut,
    NotAllowed,
    TableUnavailable,
    TaskFailed,
)
from farm.jobs.status import JobStatus, TaskStatus
from farm.jobs.webhooks import EVENTS
from farm.timeline.time import parse_rate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from fractions import Fraction

    from pydantic import JsonValue

    from farm.api.estimate import Estimate
    from farm.api.host import Host
    from farm.api.progress import Progress
    from farm.api.result import Result
    from farm.jobs.records import Attempt, Delivery, Event, JobProgress, Task
    from farm.jobs.records import Job as JobRow
    from farm.jobs.table import JobTable
    from farm.jobs.webhooks import Webhook

_LOOK_SECONDS = 0.1
_TOLD_SECONDS = 0.5
"""How long to wait for the farm to say that a job has ended, before a look."""
_AWAY_SECONDS = 30.0
"""How long the job table may be away from who waits for a job."""
_ASK_AGAIN_SECONDS = 0.5
_T = TypeVar("_T")


class Job:
    """A job of the farm: its id and kind; every other reading is fresh."""

    def __init__(self, row: JobRow, *, table: JobTable, host: Host) -> None:
        self.id = row.id
        self.kind = row.kind
        self._table = table
        self._host = host
        self._was_told = False

    def __repr__(self) -> str:
        """Return kind, id and status."""
        row = self._row()
        return f"<Job {row.id} {row.kind.value}: {row.status.value}>"

    @cached_property
    def _meter(self) -> ProgressMeter:
        return ProgressMeter(rate=_frame_rate(self._table.spec(self.id)))

    @property
    def status(self) -> JobStatus:
        """Where it stands."""
        return self._row().status

    @property
    def row(self) -> JobRow:
        """All that the job table says about it."""
        return self._row()

    @property
    def spec(self) -> JsonValue:
        """What was asked for, as plain data; a timeline makes it large."""
        return self._table.spec(self.id)

    @property
    def progress(self) -> Progress:
        """How far it is."""
        return self._meter.read(self._row(), self._count())

    @property
    def estimate(self) -> Estimate | None:
        """How long it takes, learnt from past jobs; ``None``: not known, or it ended.

        Counted from its first task: how long it waits for a worker is not in it.
        """
        row = self._row()
        if row.status.is_final:
            return None
        sums = self._table.sums
        sums.add_up()
        runs = sums.runs(kind=row.kind, preset=sums.preset_of(row.id), limit=LAST_RUNS)
        frames = self._table.progress(row.id).frames_total if row.planned else 0
        elapsed = None if row.started is None else self._table.now() - row.started
        return estimate(runs, frames=frames, elapsed_seconds=elapsed)

    @property
    def is_hosted_here(self) -> bool:
        """Whether its farm is a private one that ends with this process."""
        return self._host.is_own

    @property
    def has_workers(self) -> bool:
        """Whether a farm is there that will do it."""
        return self._host.is_running or self._host.may_start

    def why_it_waits(self) -> str | None:
        """Return what the farm lacks to do it; ``None``: nothing that is known."""
        return self._host.find_problem(self._table)

    @property
    def error(self) -> FarmError | None:
        """Why it failed or ended without a result; ``None`` otherwise."""
        return _error_of(self._row())

    def tasks(self) -> list[Task]:
        """Return its tasks."""
        return self._table.tasks(self.id)

    def attempts(self) -> list[Attempt]:
        """Return every try at its tasks, with FFmpeg's command and log."""
        return self._table.attempts(self.id)

    def events(self, *, after: int = 0) -> list[Event]:
        """Return every move of its status and its tasks', oldest first."""
        return self._table.events(self.id, after=after)

    def watch(self, *, every_seconds: float = _LOOK_SECONDS) -> Iterator[Progress]:
        """Yield its progress until it has ended; the last one is of its end."""
        while True:
            progress = _patiently(lambda: self.progress)
            yield progress
            if progress.status.is_final:
                return
            self._host.ensure_running()
            self._pause(every_seconds, told_within=every_seconds)

    def wait(self, timeout: float | None = None) -> JobStatus:
        """Wait until it has ended; raise `JobTimedOut` after so many seconds."""
        return self._wait(timeout).status

    def _wait(self, timeout: float | None) -> JobRow:
        deadline = None if timeout is None else time.monotonic() + timeout
        while not (row := _patiently(self._row)).status.is_final:
            if deadline is not None and time.monotonic() >= deadline:
                raise JobTimedOut(
                    f"the job {self.id} has not ended after {timeout:g} seconds; "
                    "it goes on",
                    job_id=self.id,
                )
            self._host.ensure_running()
            self._pause(_LOOK_SECONDS, told_within=_TOLD_SECONDS)
        return row

    def result(self, timeout: float | None = None) -> Result:
        """Wait for its result; raise its own error when it failed."""
        row = self._wait(timeout)
        error = _error_of(row)
        if error is not None:
            raise error
        return build_result(row)

    def keep_going(self) -> None:
        """See that there is a farm that does it, where one may be started here."""
        self._host.ensure_running()

    def notify(self, url: str, *, on: Sequence[str] = EVENTS) -> None:
        """Have a signed message sent to a URL when something happens to the job.

        What has happened before is sent, too. `docs/alerts.md` shows a message.

        Args:
            url: of http or https, and not of a private network unless
                `webhook_allow_private` is set.
            on: of started, progress, completed, failed, cancelled.

        Raises:
            InvalidOption: when the URL or an event cannot be used, or
                `webhook_secret` is not set.
        """
        from farm.monitor.webhook import check_webhook  # most jobs have none

        if unknown := [each for each in on if each not in EVENTS]:
            raise InvalidOption(
                f"webhooks do not hear of {unknown[0]!r}, but of {', '.join(EVENTS)}"
            )
        if not on:
            raise InvalidOption(f"say of what: {', '.join(EVENTS)}")
        check_webhook(url, self._host.settings)
        self._table.webhooks.add(self.id, url=url, wanted=on)

    def webhooks(self) -> list[Webhook]:
        """Return who hears of it."""
        return self._table.webhooks.of_job(self.id)

    def deliveries(self) -> list[Delivery]:
        """Return what was sent of it, newest first, and what came of that."""
        return self._table.outbox.read(job_id=self.id)

    def cancel(self) -> None:
        """End it; what is being worked on stops within seconds."""
        self._table.cancel_job(self.id)
        withdraw_job(self._table, self.id)
        self._host.tell(self.id)

    def pause(self) -> None:
        """Start no more of its tasks; those that are worked at go on to their end."""
        self._table.pause_job(self.id)
        self._host.tell(self.id)

    def resume(self) -> None:
        """Let it go on where it was paused."""
        self._table.resume_job(self.id)
        self._host.tell(self.id)

    def retry(self) -> None:
        """Let a failed or cancelled job run again; what is completed stays."""
        if isinstance(self.error, InvalidJob) and not self.tasks():
            raise NotAllowed(
                f"the job {self.id} was refused; mend what it says, and submit it anew",
                job_id=self.id,
            )
        self._table.retry_job(self.id)
        self._was_told = True  # of its earlier end
        self._host.tell(self.id)

    def _pause(self, seconds: float, *, told_within: float) -> None:
        """Wait so long, or until the farm says that it has ended.

        Where the farm can say so, it is waited for somewhat longer.
        """
        until = time.monotonic() + seconds
        if not self._was_told and self._host.wait_ended(self.id, seconds=told_within):
            self._was_told = True  # no reason to look again, if it was not so
        else:
            time.sleep(max(0.0, until - time.monotonic()))

    def _count(self) -> JobProgress:
        """Count what the table knows, and what workers have said since."""
        counts = self._table.progress(self.id)
        live = self._host.live
        if live is None:
            return counts
        active = self._table.tasks(self.id, status=TaskStatus.ACTIVE)
        return add_live(counts, active, live.progress([task.id for task in active]))

    def _row(self) -> JobRow:
        return self._table.job(self.id)


def _patiently(read: Callable[[], _T]) -> _T:
    """Read the job table, which may be away for a while: the job goes on without us.

    Raises:
        TableUnavailable: when it is away for longer.
    """
    until = time.monotonic() + _AWAY_SECONDS
    while True:
        try:
            return read()
        except TableUnavailable:
            if time.monotonic() >= until:
                raise
            time.sleep(_ASK_AGAIN_SECONDS)


def _error_of(row: JobRow) -> FarmError | None:
    if row.error is not None:
        return FarmError.from_record(row.error)
    if row.status is JobStatus.CANCELLED:
        return JobCancelled(f"the job {row.id} was cancelled", job_id=row.id)
    if row.status is JobStatus.FAILED:
        return TaskFailed(f"the job {row.id} failed", job_id=row.id)
    return None


def _frame_rate(spec: JsonValue) -> Fraction | None:
    """Return the frame rate of a job's timeline."""
    timeline = spec.get("timeline") if isinstance(spec, dict) else None
    rate = timeline.get("rate") if isinstance(timeline, dict) else None
    return parse_rate(rate) if rate else None
