"""The coordinator forgets what ended long ago, and touches no output of a user."""

from __future__ import annotations

import os
import time
from math import inf
from typing import TYPE_CHECKING

import pytest

from farm.coordinator.house import keep_house, read_kept, remove_unknown
from farm.embedded.farm import _environment
from farm.jobs.records import NewJob, NewTask
from farm.jobs.status import JobKind, JobStatus, Queue, TaskKind
from farm.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

    from farm.jobs.records import Job
    from farm.jobs.table import JobTable

LONG_AGO = time.time() - 2 * 24 * 3600.0


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings.read(storage=tmp_path / "storage", keep_cancelled_days=0)


def add_cancelled(table: JobTable, output: Path) -> Job:
    job = table.add_job(NewJob(kind=JobKind.RENDER, spec={}, output=str(output)))
    return table.cancel_job(job.id)


def write(path: Path, *, at: float | None = None) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"made")
    if at is not None:
        os.utime(path.parent, (at, at))
    return path


def test_parts_go_with_their_job_and_outputs_stay(
    table: JobTable, settings: Settings, tmp_path: Path
) -> None:
    output = write(tmp_path / "out.mp4")
    job = add_cancelled(table, output)
    part = write(settings.storage_folder / "artifacts" / job.id / "part.mkv")
    other = add_cancelled(table, tmp_path / "b.mp4")  # it has the newest event

    assert keep_house(table, settings=settings) == 1

    assert [each.id for each in table.jobs()] == [other.id]
    assert output.read_bytes() == b"made"
    assert not part.parent.exists()
    assert keep_house(table, settings=settings) == 0  # another's turn


def test_folders_that_nobody_knows_are_removed_when_they_are_old(
    table: JobTable, settings: Settings
) -> None:
    job = table.add_job(
        NewJob(kind=JobKind.RENDER, spec={}),
        [NewTask(name="a", kind=TaskKind.SEGMENT, queue=Queue.CPU_BATCH, payload=None)],
    )
    (task,) = table.tasks(job.id)
    assert table.claim(task.id, worker="w", lease_seconds=60)
    parts, scratch = settings.storage_folder / "artifacts", settings.scratch_folder
    stay = [
        write(parts / job.id / "f", at=LONG_AGO),
        write(parts / "0123456789abc" / "f"),
        write(parts / "not-of-a-job" / "f", at=LONG_AGO),
        write(scratch / f"{task.id}-1@elsewhere" / "f", at=LONG_AGO),
        write(scratch / f"{job.id}-7-1@elsewhere" / "f"),
        write(scratch / "somebody's" / "f", at=LONG_AGO),
    ]
    gone = [
        write(parts / "0123456789abd" / "f", at=LONG_AGO),
        write(scratch / f"{task.id}-2@elsewhere" / "f", at=LONG_AGO),
        write(scratch / f".{job.id}-7-1@elsewhere" / "f", at=LONG_AGO),
    ]

    assert remove_unknown(table, settings=settings) == len(gone)

    assert [path.exists() for path in stay] == [True] * len(stay)
    assert not any(path.exists() for path in gone)


def test_infinite_days_come_through_to_the_coordinator(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    for_ever = settings.model_copy(update={"keep_completed_days": inf})
    for name, value in _environment(for_ever).items():
        monkeypatch.setenv(name, value)

    kept = read_kept(Settings.read())

    assert kept.seconds[JobStatus.COMPLETED] == inf
    assert kept.seconds[JobStatus.CANCELLED] == 0
