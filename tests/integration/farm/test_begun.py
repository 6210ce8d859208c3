"""Folders of packages that were begun: what a killed coordinator leaves is found."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from farm.coordinator.begun import Begun, withdraw_job, withdraw_left
from farm.jobs.records import NewJob, NewTask
from farm.jobs.status import JobKind, JobStatus, Queue, TaskKind

if TYPE_CHECKING:
    from pathlib import Path

    from farm.jobs.records import Job
    from farm.jobs.table import JobTable

NAMES = ["index.m3u8", "video.m3u8", "video-init.mp4", "video-00001.m4s"]


def new_package(table: JobTable, folder: Path) -> tuple[Job, Begun]:
    new = NewJob(kind=JobKind.HLS_PREVIEW, spec={}, output=str(folder))
    task = NewTask(
        name="output", kind=TaskKind.PACKAGE, queue=Queue.CPU_BATCH, payload=None
    )
    job = table.add_job(new, [task])
    lists = ("video.m3u8", "index.m3u8")
    return job, Begun(folder=folder, job_id=job.id, lists=lists, tracks=("video",))


def fill(folder: Path, job: Job) -> None:
    for name in NAMES:
        (folder / name).write_text(name)
    (folder / f".video-00002.m4s.{job.id}.123.part").write_text("half")


def test_what_was_left_is_found_again(table: JobTable, tmp_path: Path) -> None:
    job, begun = new_package(table, tmp_path / "made")
    begun.begin()
    fill(begun.folder, job)
    assert withdraw_left(table) == 0  # the job goes on
    table.cancel_job(job.id)
    assert withdraw_left(table) == 1
    assert not begun.folder.exists()
    assert withdraw_left(table) == 0


def test_what_others_put_there_stays(table: JobTable, tmp_path: Path) -> None:
    job, begun = new_package(table, tmp_path)
    mine = ["video.txt", "video-1.m4s", "other-00001.m4s", "audio-00001.m4s"]
    for name in mine:
        (tmp_path / name).write_text(name)
    before = sorted(tmp_path.iterdir())
    begun.begin()
    fill(tmp_path, job)
    table.cancel_job(job.id)
    withdraw_job(table, job.id)
    assert sorted(tmp_path.iterdir()) == before


def test_a_job_that_published_nothing_takes_nothing_away(
    table: JobTable, tmp_path: Path
) -> None:
    job, _ = new_package(table, tmp_path)
    for name in NAMES:  # of an older package
        (tmp_path / name).write_text(name)
    before = sorted(tmp_path.iterdir())
    table.cancel_job(job.id)
    withdraw_job(table, job.id)
    assert sorted(tmp_path.iterdir()) == before


def test_lists_of_an_older_package_go_first(table: JobTable, tmp_path: Path) -> None:
    job, begun = new_package(table, tmp_path)
    fill(tmp_path, job)
    begun.begin()
    assert not (tmp_path / "index.m3u8").exists()
    assert not (tmp_path / "video.m3u8").exists()
    assert (tmp_path / "video-00001.m4s").exists()
    (tmp_path / "index.m3u8").write_text("new")
    begun.begin()  # once more, by another coordinator
    assert (tmp_path / "index.m3u8").read_text() == "new"


@pytest.mark.parametrize("status", [JobStatus.ACTIVE, JobStatus.COMPLETED])
def test_what_is_whole_loses_its_mark_alone(
    table: JobTable, tmp_path: Path, status: JobStatus
) -> None:
    job, begun = new_package(table, tmp_path / "made")
    begun.begin()
    for name in NAMES:
        (begun.folder / name).write_text(name)
    begun.settle(status)
    marks = set() if status is JobStatus.COMPLETED else {f".growing.{job.id}"}
    assert {path.name for path in begun.folder.iterdir()} == {*NAMES, *marks}
