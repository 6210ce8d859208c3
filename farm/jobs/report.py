"""How each segment of a render came about: rendered, reused, or copied."""

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
    """A piece of the picture, in frames from the start of its render."""

    name: str
    start: int
    end: int
    how: Literal["rendered", "reused", "copied"]
    reused_from: str | None = None
    """The job that had made it."""
    seconds_saved: float = 0.0
    """How long it had taken to make; of a copy, about how long at the pace of this
    job's longest rendered segment (0 where it has none)."""
    not_copied: str = ""
    """Why an untouched source was encoded, where it was."""
    gpu: str = ""
    """The model of the GPU that made it; empty: the CPU did."""
    not_gpu: str = ""
    """Why no GPU made it, where there was one, or one was wanted."""
    crf: float | None = None
    """The CRF that was found, where it was searched for."""
    vmaf: float | None = None
    """Mean VMAF that it was measured to have, where that was wanted."""

    def to_json(self) -> dict[str, JsonValue]:
        """Return it as plain data."""
        return asdict(self)


def report_segments(tasks: Iterable[Task]) -> list[SegmentReport]:
    """Return what is known of the segments that are completed, in order."""
    reports, start, before = [], 0, ""
    segments = [task for task in tasks if task.kind is TaskKind.SEGMENT]
    pace = _frame_seconds(segments)
    for task in sorted(segments, key=lambda task: task.name):
        render = task.name.rpartition(".")[0]  # one of several renditions
        start, before = start if render == before else 0, render
        end = start + task.frames
        if task.status is TaskStatus.COMPLETED:
            reports.append(_report(task, start, end, pace))
        start = end
    return reports


def _frame_seconds(segments: list[Task]) -> float:
    """Return how long this job took to render a frame, in its longest segment."""
    rendered = [
        task for task in segments if reused_from(task) is None and not is_copied(task)
    ]
    longest = max(rendered, key=lambda task: task.frames, default=None)
    return 0.0 if longest is None else _seconds(longest) / max(1, longest.frames)


def _seconds(task: Task) -> float:
    return (task.finished or 0.0) - (task.started or task.finished or 0.0)


def saved_by_copies(tasks: Iterable[Task]) -> float:
    """Return about how many seconds were saved by what was copied."""
    reports = report_segments(tasks)
    return sum(each.seconds_saved for each in reports if each.how == "copied")


def reused_from(task: Task) -> str | None:
    """Return the job that had made what a task took from the cache."""
    found = _result(task).get("reused_from")
    return None if found is None else str(found)


def seconds_saved(task: Task) -> float:
    """Return how long it had taken to make what a task took from the cache.

    That a copy is whole is kept in the cache, too: see `saved_by_copies`.
    """
    if is_copied(task):
        return 0.0
    return float(_result(task).get("seconds_saved", 0.0))


def _report(task: Task, start: int, end: int, pace: float) -> SegmentReport:
    job_id = reused_from(task)
    saved = seconds_saved(task)
    if is_copied(task):
        saved = max(0.0, task.frames * pace - _seconds(task))
    return SegmentReport(
        name=task.name,
        start=start,
        end=end,
        how=_how(task, job_id),
        reused_from=job_id,
        seconds_saved=saved,
        not_copied=str(_result(task).get("not_copied", "")),
        gpu=str(_result(task).get("gpu", "")),
        not_gpu=str(_result(task).get("not_gpu", "")),
        crf=_result(task).get("crf"),
        vmaf=_result(task).get("vmaf"),
    )


def is_copied(task: Task) -> bool:
    """Whether a task's frames are taken out of a source as they are."""
    return "copy_delay" in _result(task)


def _how(task: Task, job_id: str | None) -> Literal["rendered", "reused", "copied"]:
    if is_copied(task):
        return "copied"
    return "rendered" if job_id is None else "reused"


def _result(task: Task) -> dict[str, Any]:
    return task.result if isinstance(task.result, dict) else {}
