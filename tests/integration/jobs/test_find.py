from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from farm.errors import JobNotFound
from farm.jobs.status import JobKind, JobStatus, TaskKind, TaskStatus
from tests.integration.jobs.factories import (
    add_job,
    claim,
    complete,
    new_job,
    new_task,
    task_of,
)

if TYPE_CHECKING:
    from farm.jobs.table import JobTable


def test_job_is_found_by_the_start_of_its_id(table: JobTable) -> None:
    job = table.add_job(new_job())

    assert table.job(job.id[:4]) == job
    assert table.job(f" {job.id.upper()} ") == job


@pytest.mark.parametrize("wrong", ["", "1m8", "1m8%", "1m82 vwx", "x" * 14, "no-such"])
def test_what_is_no_id_is_not_found(table: JobTable, wrong: str) -> None:
    table.add_job(new_job())

    with pytest.raises(JobNotFound, match="No job has the id"):
        table.job(wrong)


def test_start_of_several_ids_names_them(table: JobTable) -> None:
    ids = sorted(table.add_job(new_job()).id for _ in range(2))

    with pytest.raises(JobNotFound, match="More than one") as raised:
        table.job(ids[0][:4])

    assert raised.value.facts["near"] == ids


def test_wrong_id_names_the_near_ones(table: JobTable) -> None:
    job = table.add_job(new_job())
    wrong = job.id[:-1] + ("0" if job.id[-1] != "0" else "1")

    with pytest.raises(JobNotFound, match=f"Near it: {job.id}"):
        table.job(wrong)


def test_jobs_that_grow_are_told_with_their_completed_tasks(table: JobTable) -> None:
    names = ["a", "b", "output"]
    grown = add_job(table, *names, kind=JobKind.HLS_PREVIEW)
    add_job(table, *names, kind=JobKind.HLS_PREVIEW)  # nothing of it is done
    plain = add_job(table, *names, kind=JobKind.PREVIEW)
    for job in (grown, plain):
        complete(table, task_of(table, job, "b"), {"file": "b.m4s"})

    assert table.growing_jobs() == {grown.id: 1}
    complete(table, task_of(table, grown, "a"), {"file": "a.m4s"})
    assert table.growing_jobs() == {grown.id: 2}
    table.cancel_job(grown.id)
    assert table.growing_jobs() == {}


def test_results_are_those_of_completed_tasks(table: JobTable) -> None:
    job = table.add_job(
        new_job(), [new_task("a"), new_task("b"), new_task("c", payload={"c": 1})]
    )
    for name in ("a", "b"):
        complete(table, task_of(table, job, name), {"file": f"{name}.m4s"})

    found = table.results(job.id, names=["b", "c", "unknown"])

    assert found == {"b": {"file": "b.m4s"}}
    assert table.payload(job.id, name="c") == {"c": 1}
    assert table.payload(job.id, name="unknown") is None


def test_packages_that_came_to_nothing_are_found(table: JobTable) -> None:
    kinds = [JobKind.HLS_PREVIEW, JobKind.LADDER, JobKind.RENDER, JobKind.LADDER]
    jobs = [add_job(table, "a", kind=kind, output=f"/{kind}") for kind in kinds]
    for job in jobs[:3]:
        table.cancel_job(job.id)

    found = table.unpublished_jobs(since=table.now() - 60)

    assert sorted(found) == sorted((job.id, f"/{job.kind}") for job in jobs[:2])
    assert table.unpublished_jobs(since=table.now() + 60) == []


def test_unknown_task_is_not_found(table: JobTable) -> None:
    with pytest.raises(JobNotFound, match="No task has the id nothing"):
        table.task("nothing")


def test_unknown_job_has_no_rows(table: JobTable) -> None:
    unknown = "0000000000000"

    assert table.tasks(unknown) == []
    assert table.attempts(unknown) == []
    assert table.events(unknown) == []
    assert table.progress(unknown).tasks_total == 0


def test_jobs_are_listed_by_status_project_and_limit(table: JobTable) -> None:
    film = [table.add_job(new_job(project="film")).id for _ in range(3)]
    other = table.add_job(new_job(project="other")).id
    table.cancel_job(film[1])

    def listed(**options: object) -> list[str]:
        return sorted(job.id for job in table.jobs(**options))  # type: ignore[arg-type]  # as named

    assert listed() == sorted([*film, other])
    assert listed(project="film") == sorted(film)
    assert listed(status=JobStatus.CANCELLED) == [film[1]]
    assert listed(status=JobStatus.QUEUED, project="film") == sorted([film[0], film[2]])
    assert len(table.jobs(limit=2)) == 2


def test_tasks_are_listed_as_planned_and_by_status(table: JobTable) -> None:
    names = [f"segment-{number}" for number in range(12)]
    job = add_job(table, *names)
    complete(table, task_of(table, job, "segment-7"))

    assert [task.name for task in table.tasks(job.id)] == names
    completed = table.tasks(job.id, status=TaskStatus.COMPLETED)
    assert [task.name for task in completed] == ["segment-7"]


def test_events_are_read_on_from_the_last_seen(table: JobTable) -> None:
    job = add_job(table, "a")
    seen = table.events(job.id)
    complete(table, task_of(table, job, "a"))

    news = table.events(job.id, after=seen[-1].id)

    assert [event.after for event in news] == ["active", "active", "completed"]
    assert seen + news == table.events(job.id)


def test_progress_counts_what_is_done_and_under_way(table: JobTable) -> None:
    job = table.add_job(
        new_job(),
        [
            new_task("a", frames=100),
            new_task("b", frames=100),
            new_task("c", frames=100),
            new_task("mix", frames=50, kind=TaskKind.MIX),
        ],
    )
    complete(table, task_of(table, job, "a"))
    for name, frames_done in (("b", 30), ("mix", 60)):  # more than it should be
        task_id = task_of(table, job, name)
        attempt = claim(table, task_id).attempt
        table.heartbeat(
            task_id, attempt=attempt, lease_seconds=60, frames_done=frames_done
        )

    progress = table.progress(job.id)

    assert (progress.frames_total, progress.frames_done) == (350, 180)
    assert (progress.tasks_total, progress.tasks_completed) == (4, 1)
    segments = progress.kinds[TaskKind.SEGMENT]
    assert (segments.frames_total, segments.frames_done) == (300, 130)
    assert progress.kinds[TaskKind.MIX].frames_done == 50


def test_frames_of_a_lost_attempt_count_no_more(table: JobTable) -> None:
    job = add_job(table, "a")
    task_id = task_of(table, job, "a")
    claim(table, task_id)
    table.heartbeat(task_id, attempt=1, lease_seconds=-1, frames_done=70)
    assert table.progress(job.id).frames_done == 70

    table.requeue_stalled()

    assert table.progress(job.id).frames_done == 0
