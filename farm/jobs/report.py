"""How each segment of a render came about: rendered, or reused from another job."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Literal

from farm.jobs.status import TaskKind, TaskStatus

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pydantic import JsonValue

    from farm.jobs.records import Task


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentReport:
    """A piece of the picture, in frames from the start of the render."""

    name: str
    start: int
    end: int
    how: Literal["rendered", "reused"]
    reused_from: str | None = None
    """The job that had made it."""
    seconds_saved: float = 0.0
    """How long it had taken to make."""

    def to_json(self) -> dict[str, JsonValue]:
        """Return it as plain data."""
        return asdict(self)


def report_segments(tasks: Iterable[Task]) -> list[SegmentReport]:
    """Return what is known of the segments that are completed, in order."""
    reports, start = [], 0
    segments = [task for task in tasks if task.kind is TaskKind.SEGMENT]
    for task in sorted(segments, key=lambda task: task.name):
        end = start + task.frames
        if task.status is TaskStatus.COMPLETED:
            reports.append(_report(task, start, end))
        start = end
    return reports


def reused_from(task: Task) -> str | None:
    """Return the job that had made what a task took from the cache."""
    found = _result(task).get("reused_from")
    return None if found is None else str(found)


def seconds_saved(task: Task) -> float:
    """Return how long it had taken to make what a task took from the cache."""
    return float(_result(task).get("seconds_saved", 0.0))


def _report(task: Task, start: int, end: int) -> SegmentReport:
    job_id = reused_from(task)
    return SegmentReport(
        name=task.name,
        start=start,
        end=end,
        how="rendered" if job_id is None else "reused",
        reused_from=job_id,
        seconds_saved=seconds_saved(task),
    )


def _result(task: Task) -> dict[str, Any]:
    return task.result if isinstance(task.result, dict) else {}
