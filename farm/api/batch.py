"""Many jobs of one list: so many at once, and where it broke off it goes on.

The same list run once more does only what is not done.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from farm.api.output import is_object_there
from farm.errors import FarmError, JobCancelled, NotAllowed
from farm.jobs.status import JobStatus
from farm.place import ObjectPath, as_place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic import JsonValue

    from farm.api.batch_list import BatchLine
    from farm.api.farm import Farm
    from farm.api.job import Job
    from farm.settings import Settings

Outcome = Literal["completed", "done before", "failed", "cancelled"]
_LOOK_SECONDS = 0.05
_UNTRIED = range(1000)


@dataclass(slots=True, kw_only=True)
class BatchEntry:
    """A line and what came of it."""

    line: BatchLine
    job: Job | None = None
    outcome: Outcome | None = None
    """``None``: not yet."""
    error: FarmError | None = None
    seconds: float = 0.0
    """From its submission to its end."""
    started: float = field(default_factory=time.monotonic)

    def to_json(self) -> dict[str, JsonValue]:
        """Return it as plain data."""
        return {
            "line": self.line.number,
            "kind": self.line.kind,
            "output": str(self.line.options.get("output") or "") or None,
            "job": self.job.id if self.job else None,
            "outcome": self.outcome,
            "error": self.error.message if self.error else None,
            "seconds": round(self.seconds, 3),
        }


def run_batch(
    farm: Farm, lines: list[BatchLine], *, at_once: int
) -> Iterator[tuple[BatchEntry | None, list[BatchEntry]]]:
    """Do the jobs of a list; yield each as it ends, or ``None``, and what goes on.

    What has ended stays so, whatever becomes of the others.
    """
    waiting = list(reversed(lines))
    going: list[BatchEntry] = []
    try:
        while waiting or going:
            while waiting and len(going) < at_once:
                entry = _submit(farm, waiting.pop())
                if entry.outcome is None:
                    going.append(entry)
                else:
                    yield entry, going
            for entry in [each for each in going if _has_ended(each)]:
                going.remove(entry)
                yield entry, going
            yield None, going
            if going:
                time.sleep(_LOOK_SECONDS)
    except BaseException:
        for entry in going:
            if entry.job is not None and entry.job.is_hosted_here:
                _cancel(entry.job)
        raise


def _cancel(job: Job) -> None:
    try:
        job.cancel()
    except NotAllowed:  # it has just ended
        return


def _submit(farm: Farm, line: BatchLine) -> BatchEntry:
    """Submit a line, or find the job that it was before."""
    entry = BatchEntry(line=line)
    try:
        for tried in _UNTRIED:
            job = getattr(farm, line.kind)(
                **line.options, idempotency_key=f"{line.key}-{tried}"
            )
            entry.job = job
            if _is_of_use(job, entry, farm.settings):
                break
    except FarmError as error:
        entry.outcome, entry.error = "failed", error
    return entry


def _is_of_use(job: Job, entry: BatchEntry, settings: Settings) -> bool:
    """Whether a job is the one to wait for, made now or before."""
    row = job.row
    is_new = row.created >= time.time() - (time.monotonic() - entry.started) - 1
    if row.status is JobStatus.COMPLETED and not is_new:
        if row.output is not None and not _is_there(row.output, settings):
            return False
        entry.outcome = "done before"
    elif row.status.is_final and not is_new:
        try:
            job.retry()
        except NotAllowed:  # refused before: perhaps it is not now
            return False
    return True


def _is_there(output: str, settings: Settings) -> bool:
    place = as_place(output)
    if isinstance(place, ObjectPath):
        return is_object_there(place, settings)
    try:
        return place.is_dir() or place.stat().st_size > 0
    except OSError:
        return False


def _has_ended(entry: BatchEntry) -> bool:
    job = entry.job
    if job is None:
        return False
    job.keep_going()
    status = job.status
    if not status.is_final:
        return False
    entry.seconds = time.monotonic() - entry.started
    entry.error = job.error
    entry.outcome = "completed" if entry.error is None else "failed"
    if isinstance(entry.error, JobCancelled):
        entry.outcome = "cancelled"
    return True
