"""What a batch of events adds to the sums."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from farm.jobs.status import JobStatus, TaskStatus
from farm.metrics.catalog.jobs import JOB_BUCKETS, RUN_BUCKETS, WAIT_BUCKETS

if TYPE_CHECKING:
    from sqlalchemy import RowMapping


MINUTE = 60

Key: TypeAlias = tuple[str, str, str, str]
"""What, kind, queue and detail."""


@dataclass(slots=True, kw_only=True)
class Batch:
    """What a batch of events adds."""

    values: Counter[Key] = field(default_factory=Counter)
    minutes: Counter[tuple[int, str]] = field(default_factory=Counter)
    queued: dict[str, tuple[str, float]] = field(default_factory=dict)
    """Tasks that wait at the end of the batch."""
    left: set[str] = field(default_factory=set)
    """Tasks that left their queue in it."""
    completed: list[str] = field(default_factory=list)
    """Jobs that were completed in it."""

    def add(self, row: RowMapping) -> None:
        """Add one event."""
        if row["task_id"] is None:
            self._add_job(row)
        else:
            self._add_task(row)

    def _add_job(self, row: RowMapping) -> None:
        kind, before, after = row["job_kind"].value, row["before"], row["after"]
        self.values["jobs", kind, "", after] += 1
        if before is None:
            self.values["submitted", kind, "", ""] += 1
        else:
            self.values["jobs", kind, "", before] -= 1
        if JobStatus(after).is_final:
            self.values["ended", kind, "", after] += 1
        if after == JobStatus.COMPLETED:
            self._observe("job", kind, "", row["at"] - row["job_created"], JOB_BUCKETS)
            self.completed.append(row["job_id"])

    def _add_task(self, row: RowMapping) -> None:
        kind, queue = row["task_kind"].value, row["queue"].value
        before, after = row["before"], row["after"]
        self.values["tasks", kind, queue, after] += 1
        if before is not None:
            self.values["tasks", kind, queue, before] -= 1
        if before == TaskStatus.QUEUED:
            self._leave(row, kind, queue)
        if before == TaskStatus.ACTIVE:
            self._end_attempt(row, kind, queue)
        if after == TaskStatus.QUEUED:
            self.queued[row["task_id"]] = (queue, row["at"])

    def _leave(self, row: RowMapping, kind: str, queue: str) -> None:
        _, since = self.queued.pop(row["task_id"], (queue, row["at"]))
        self.left.add(row["task_id"])
        if row["after"] == TaskStatus.ACTIVE:
            self.values["started", kind, queue, ""] += 1
            self._observe("wait", kind, queue, row["at"] - since, WAIT_BUCKETS)

    def _end_attempt(self, row: RowMapping, kind: str, queue: str) -> None:
        outcome = row["outcome"] or "cancelled"  # the job ended before the attempt
        self.values["attempts", kind, queue, outcome] += 1
        self.minutes[int(row["at"]) // MINUTE, outcome] += 1
        if row["after"] == TaskStatus.QUEUED:
            self.values["requeues", kind, queue, ""] += 1
        if outcome in {"failed", "stalled"}:
            cause = (row["attempt_error"] or {}).get("kind", "TaskFailed")
            self.values["failures", kind, "", cause] += 1
        if outcome == "completed":
            seconds = row["attempt_finished"] - row["attempt_started"]
            self._observe("run", kind, "", seconds, RUN_BUCKETS)

    def _observe(
        self,
        what: str,
        kind: str,
        queue: str,
        seconds: float,
        buckets: tuple[float, ...],
    ) -> None:
        seconds = max(0.0, seconds)
        place = bisect_left(buckets, seconds)
        bound = repr(buckets[place]) if place < len(buckets) else "inf"
        self.values[what, kind, queue, bound] += 1
        # a Counter holds what can be added
        self.values[what, kind, queue, "sum"] += seconds  # type: ignore[assignment]
