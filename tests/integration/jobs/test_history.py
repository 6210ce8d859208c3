"""How long jobs took is written once they are completed, by kind and preset."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from farm.jobs.status import JobKind
from tests.integration.jobs.factories import claim, new_job, new_task

if TYPE_CHECKING:
    from pydantic import JsonValue

    from farm.jobs.table import JobTable


def complete_job(
    table: JobTable,
    spec: JsonValue,
    *,
    output: str | None = "/out/a.MP4",
    result: JsonValue = None,
) -> str:
    job = table.add_job(new_job(spec=spec, output=output), [new_task("output")])
    task = table.tasks(job.id)[0].id
    table.complete(task, attempt=claim(table, task).attempt, result=result)
    assert table.complete_job(job.id, result=lambda _: {})
    return job.id


def counted(table: JobTable) -> list[tuple[str, str, int]]:
    table.sums.add_up()
    return table.sums.kinds_of_runs()


def test_runs_are_kept_by_kind_and_preset(table: JobTable) -> None:
    complete_job(table, {"preset": "lossless", "timeline": {"preset": "x"}})
    complete_job(table, {"preset": None})
    complete_job(table, {"presets": ["b", "a"]}, output="/out/folder")
    last = complete_job(table, ["no object"], output=None)

    assert counted(table) == [
        ("render", "", 1),
        ("render", ".mp4", 1),
        ("render", "a+b", 1),
        ("render", "lossless", 1),
    ]
    row = table.job(last)
    assert row.finished is not None
    assert row.started is not None
    (run,) = table.sums.runs(kind="render", preset="", limit=9)
    assert run.frames == 100
    assert run.seconds == pytest.approx(row.finished - row.started)


def test_a_folder_has_no_suffix(table: JobTable) -> None:
    new = replace(new_job(spec={}, output="/out/x.hls"), kind=JobKind.HLS_PREVIEW)
    job = table.add_job(new, [new_task("output")])
    task = table.tasks(job.id)[0].id
    table.complete(task, attempt=claim(table, task).attempt, result=None)
    assert table.complete_job(job.id, result=lambda _: {})
    assert counted(table) == [("hls_preview", "", 1)]


def test_what_was_reused_whole_or_not_completed_is_no_run(table: JobTable) -> None:
    complete_job(table, {"preset": "a"}, result={"reused_from": "another"})
    job = table.add_job(new_job(spec={"preset": "a"}), [new_task("output")])
    table.cancel_job(job.id)

    assert counted(table) == []


@pytest.mark.parametrize("how", ["paused", "retried"])
def test_a_job_that_was_broken_off_teaches_nothing(table: JobTable, how: str) -> None:
    """It lay for hours, or did half of its work before it failed."""
    job = table.add_job(new_job(spec={"preset": "a"}), [new_task("output")])
    task = table.tasks(job.id)[0].id
    if how == "paused":
        table.pause_job(job.id)
        table.resume_job(job.id)
    else:
        table.cancel_job(job.id)
        table.retry_job(job.id)
    table.complete(task, attempt=claim(table, task).attempt, result=None)
    assert table.complete_job(job.id, result=lambda _: {})

    assert counted(table) == []
    complete_job(table, {"preset": "a"})
    assert counted(table) == [("render", "a", 1)]


def test_runs_come_newest_first_and_so_many(table: JobTable) -> None:
    for _ in range(4):
        complete_job(table, {"preset": "a"})
    table.sums.add_up()

    found = table.sums.runs(kind="render", preset="a", limit=3)

    assert len(found) == 3
    times = [run.finished for run in found]
    assert times == sorted(times, reverse=True)
