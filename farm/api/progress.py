"""How far a job is: counts of the job table turned into rates."""

from __future__ import annotations

import time
from collections import deque
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from farm.jobs.status import JobKind, JobStatus, TaskKind

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from fractions import Fraction

    from farm.jobs.records import Job, JobProgress, KindProgress, Task
    from farm.live import LiveProgress

_WINDOW_SECONDS = 8.0  # frame rates are means over this
_SHORTEST_SECONDS = 0.2  # a rate over less than this means nothing
_ALMOST = 0.99  # only a completed job is whole


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """A reading of a job's progress."""

    status: JobStatus
    stage: str
    """Of a render: queued, planning, rendering, joining; then its final status."""
    fraction: float
    """0 to 1; never goes back while one watches."""
    frame: int
    """Frames that are done, of all segments together."""
    frames: int
    """Frames to do; 0 while nobody knows."""
    fps: float
    """Frames a second, lately."""
    speed: float | None
    """Seconds of the timeline a second; ``None`` where it has no frame rate."""
    eta_seconds: float | None
    """Time left; ``None`` while it cannot be told."""


def add_live(
    counts: JobProgress, active: Sequence[Task], live: Mapping[str, LiveProgress]
) -> JobProgress:
    """Add the frames that workers have told of, but not yet written in the table."""
    kinds = dict(counts.kinds)
    for task in active:
        told = live.get(task.id)
        if told is None or told.attempt != task.attempt:
            continue
        more = max(0, told.frames - task.frames_done)
        kind = kinds[task.kind]
        kinds[task.kind] = replace(kind, frames_done=kind.frames_done + more)
    return replace(
        counts,
        kinds=kinds,
        frames_done=sum(kind.frames_done for kind in kinds.values()),
    )


class ProgressMeter:
    """Remembers the last readings of one job, to tell how fast it goes."""

    def __init__(
        self,
        *,
        rate: Fraction | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._rate = rate
        self._clock = clock
        self._readings: deque[tuple[float, int]] = deque()
        self._fraction = 0.0

    def read(self, job: Job, counts: JobProgress) -> Progress:
        """Return the progress that the counts stand for."""
        made = counts.kinds.get(TaskKind.SEGMENT)
        fps = self._measure(made.frames_done if made else 0)
        left = counts.frames_total - counts.frames_done
        self._fraction = max(self._fraction, _fraction(job, counts))
        return Progress(
            status=job.status,
            stage=_stage(job, made),
            fraction=self._fraction,
            frame=made.frames_done if made else 0,
            frames=made.frames_total if made else 0,
            fps=fps,
            speed=fps / float(self._rate) if self._rate else None,
            eta_seconds=left / fps if fps else None,
        )

    def _measure(self, frames: int) -> float:
        now = self._clock()
        self._readings.append((now, frames))
        while now - self._readings[0][0] > _WINDOW_SECONDS:
            self._readings.popleft()
        since, before = self._readings[0]
        if now - since < _SHORTEST_SECONDS:
            return 0.0
        return max(0.0, (frames - before) / (now - since))


def _fraction(job: Job, counts: JobProgress) -> float:
    if job.status is JobStatus.COMPLETED:
        return 1.0
    if not counts.frames_total:
        return 0.0
    return min(_ALMOST, counts.frames_done / counts.frames_total)


def _stage(job: Job, made: KindProgress | None) -> str:
    if job.status is not JobStatus.ACTIVE:
        return job.status.value
    if job.kind is not JobKind.RENDER:
        return "working"
    if made is None:
        return "planning"
    return "joining" if made.tasks_completed == made.tasks_total else "rendering"
