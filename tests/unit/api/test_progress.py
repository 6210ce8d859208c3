"""Counts of the job table turned into rates."""

from __future__ import annotations

from fractions import Fraction

import pytest

from farm.api.progress import ProgressMeter
from farm.jobs.records import Job, JobId, JobProgress, KindProgress
from farm.jobs.status import JobKind, JobStatus, TaskKind


def _job(status: JobStatus = JobStatus.ACTIVE) -> Job:
    return Job(
        id=JobId("0123456789abc"),
        kind=JobKind.RENDER,
        status=status,
        output=None,
        priority=4,
        owner=None,
        project=None,
        created=0.0,
        started=0.0,
        finished=None,
        error=None,
        result=None,
        warnings=(),
    )


def _counts(done: int, *, total: int = 300, joined: int = 0) -> JobProgress:
    kinds = {
        TaskKind.SEGMENT: _kind(done, total=total),
        TaskKind.CONCAT: _kind(joined, total=30),
    }
    return JobProgress(
        frames_total=total + 30,
        frames_done=done + joined,
        tasks_total=2,
        tasks_completed=0,
        kinds=kinds,
    )


def _kind(done: int, *, total: int) -> KindProgress:
    return KindProgress(
        frames_total=total,
        frames_done=done,
        tasks_total=1,
        tasks_completed=int(done == total),
    )


class _Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_rate_speed_and_time_left_follow_from_the_last_seconds() -> None:
    clock = _Clock()
    meter = ProgressMeter(rate=Fraction(30), clock=clock)
    meter.read(_job(), _counts(0))
    clock.now += 2

    progress = meter.read(_job(), _counts(120))

    assert (progress.frame, progress.frames) == (120, 300)
    assert (progress.fps, progress.speed) == (60.0, 2.0)
    assert progress.fraction == pytest.approx(120 / 330)
    assert progress.eta_seconds == pytest.approx(210 / 60)


def test_the_fraction_never_goes_back() -> None:
    meter = ProgressMeter()
    before = meter.read(_job(), _counts(200)).fraction

    assert meter.read(_job(), _counts(90)).fraction == before


def test_a_job_is_planned_before_it_is_rendered_and_joined() -> None:
    meter = ProgressMeter()
    nothing = JobProgress(
        frames_total=0, frames_done=0, tasks_total=1, tasks_completed=0
    )

    stages = [
        meter.read(_job(JobStatus.QUEUED), nothing).stage,
        meter.read(_job(), nothing).stage,
        meter.read(_job(), _counts(10)).stage,
        meter.read(_job(), _counts(300)).stage,
        meter.read(_job(JobStatus.COMPLETED), _counts(300, joined=30)).stage,
    ]

    assert stages == ["queued", "planning", "rendering", "joining", "completed"]


def test_only_a_completed_job_is_whole() -> None:
    meter = ProgressMeter()

    assert meter.read(_job(), _counts(300, joined=30)).fraction < 1
    completed = meter.read(_job(JobStatus.COMPLETED), _counts(300, joined=30))
    assert completed.fraction == 1
