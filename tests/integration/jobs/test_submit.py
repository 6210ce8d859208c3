from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING

import pytest

from farm.errors import InvalidOption, MediaMissing
from farm.jobs.status import JobStatus, Queue, TaskKind, TaskStatus
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


def test_job_is_read_as_it_was_written(table: JobTable) -> None:
    spec = {
        "timeline": {"name": "Hafen ⚓ \x00 \udc80"},
        "range": ["1/3", None],
        "n": 2.5,
    }
    written = table.add_job(
        new_job(spec=spec, output="/out/ä.mp4", priority=7, project="film"),
        warnings=["an effect is not known"],
    )

    job = table.job(written.id)

    assert job == written
    assert table.spec(job.id) == spec
    assert (job.output, job.priority, job.project) == ("/out/ä.mp4", 7, "film")
    assert job.warnings == ("an effect is not known",)
    assert job.status is JobStatus.QUEUED
    assert (job.started, job.finished, job.error, job.result) == (None,) * 4


def test_task_is_read_as_it_was_written(table: JobTable) -> None:
    new = new_task(
        "mix", kind=TaskKind.MIX, queue=Queue.GPU_BATCH, payload=[1], frames=9
    )
    job = table.add_job(new_job(priority=8), [new])

    [task] = table.tasks(job.id)

    assert task == table.task(task.id)
    assert (task.name, task.kind, task.queue) == ("mix", TaskKind.MIX, Queue.GPU_BATCH)
    assert (task.payload, task.frames, task.priority) == ([1], 9, 8)
    assert (task.attempt, task.attempts_allowed, task.frames_done) == (0, 3, 0)
    assert (task.worker, task.lease_until, task.started) == (None, None, None)


def test_task_waits_only_where_it_needs_another(table: JobTable) -> None:
    job = table.add_job(
        new_job(), [new_task("output", "segment-1"), new_task("segment-1")]
    )

    assert [(task.name, task.status) for task in table.tasks(job.id)] == [
        ("output", TaskStatus.WAITING),
        ("segment-1", TaskStatus.QUEUED),
    ]


def test_every_new_row_has_its_event(table: JobTable) -> None:
    job = table.add_job(new_job(), [new_task("a"), new_task("b", "a")])

    events = table.events(job.id)

    assert [(event.task_id, event.before, event.after) for event in events] == [
        (None, None, "queued"),
        (task_of(table, job, "a"), None, "queued"),
        (task_of(table, job, "b"), None, "waiting"),
    ]


def test_known_idempotency_key_writes_nothing(table: JobTable) -> None:
    first = table.add_job(new_job(idempotency_key="order-1"), [new_task()])

    again = table.add_job(
        new_job(idempotency_key="order-1", priority=9), [new_task(), new_task("b")]
    )

    assert again == first
    assert len(table.jobs()) == 1
    assert len(table.tasks(first.id)) == 1
    assert len(table.events(first.id)) == 2


def test_jobs_without_a_key_are_different_jobs(table: JobTable) -> None:
    ids = {table.add_job(new_job()).id for _ in range(50)}

    assert len(ids) == 50


def test_refused_job_is_written_with_its_cause(table: JobTable) -> None:
    error = MediaMissing("the clip pier is not there", path="/media/pier.mp4")

    job = table.add_failed_job(new_job(idempotency_key="k"), error)

    assert job.status is JobStatus.FAILED
    assert job.error == error.to_record()
    assert job.finished is not None
    assert [event.after for event in table.events(job.id)] == ["queued", "failed"]
    assert table.events(job.id)[-1].note == "the clip pier is not there"
    assert table.add_failed_job(new_job(idempotency_key="k"), error) == job


def test_job_is_planned_once(table: JobTable) -> None:
    job = table.add_job(
        new_job(), [new_task("probe-1")], planned=False, warnings=["first"]
    )
    rest = [new_task("segment-1"), new_task("output", "segment-1", "probe-1")]

    assert not table.job(job.id).planned
    assert table.add_tasks(job.id, rest, warnings=["second"])
    assert not table.add_tasks(job.id, rest, warnings=["third"])

    assert table.job(job.id).planned
    assert table.job(job.id).warnings == ("first", "second")
    assert [task.name for task in table.tasks(job.id)] == [
        "probe-1",
        "segment-1",
        "output",
    ]


def test_tasks_that_are_not_all_leave_the_job_to_be_planned_again(
    table: JobTable,
) -> None:
    job = table.add_job(new_job(), [new_task("probe")], planned=False)

    assert table.add_tasks(job.id, [new_task("output")], are_all=False)
    assert not table.add_tasks(job.id, [new_task("output")], are_all=False)
    assert not table.job(job.id).planned

    assert table.add_tasks(job.id, [new_task("other")])
    assert table.job(job.id).planned
    assert [task.name for task in table.tasks(job.id)] == ["probe", "output", "other"]


def test_ended_job_is_not_planned(table: JobTable) -> None:
    job = table.add_job(new_job(), planned=False)
    table.cancel_job(job.id)

    assert not table.add_tasks(job.id, [new_task()], warnings=[])
    assert table.tasks(job.id) == []


def test_unknown_job_is_not_planned(table: JobTable) -> None:
    assert not table.add_tasks("0000000000000", [new_task()], warnings=[])


@pytest.mark.parametrize(
    ("plan", "why"),
    [
        ([new_task("a"), new_task("a")], "one name"),
        ([new_task("a", "b")], "which is no task"),
        ([new_task("a", "b"), new_task("b", "a")], "in a circle"),
    ],
    ids=["one name twice", "an unknown need", "a circle"],
)
def test_plan_that_could_never_end_is_refused_whole(
    table: JobTable, plan: list[object], why: str
) -> None:
    with pytest.raises(ValueError, match=why):
        table.add_job(new_job(), plan)  # type: ignore[arg-type]  # any task will do

    assert table.jobs() == []


def test_number_that_json_lacks_is_refused_whole(table: JobTable) -> None:
    with pytest.raises(Exception, match="JSON compliant"):
        table.add_job(new_job(spec={"speed": float("nan")}))

    assert table.jobs() == []


@pytest.mark.parametrize("name", ["output", "project", "idempotency_key"])
@pytest.mark.parametrize("text", ["/out/\udce4.mp4", "/out/\x00.mp4"])
def test_name_that_is_no_text_is_refused(table: JobTable, name: str, text: str) -> None:
    with pytest.raises(InvalidOption, match=f"The {name} of the job"):
        table.add_job(new_job(**{name: text}))


def test_ids_of_jobs_sort_by_time(table: JobTable) -> None:
    ids = []
    for _ in range(5):
        ids.append(table.add_job(new_job()).id)
        before = table.now()
        while table.now() < before + 0.002:
            pass

    assert ids == sorted(ids)
    assert [job.id for job in table.jobs()] == ids[::-1]


def test_clock_is_the_databases(
    table: JobTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(time, "time", lambda: 1000.0)
    monkeypatch.setattr(time, "time_ns", lambda: 1000 * 10**9)

    before = table.now()
    job = add_job(table, "a", "b")
    task_id = task_of(table, job, "a")
    lease = claim(table, task_id, lease=60).task.lease_until
    assert table.complete(task_id, attempt=1, result=None)
    complete(table, task_of(table, job, "b"))
    assert table.complete_job(job.id, result=lambda _: None)
    after = table.now()

    assert before > 1.7e9
    assert lease is not None
    assert before + 60 <= lease <= after + 60
    done, task, attempt = (
        table.job(job.id),
        table.task(task_id),
        table.attempts(job.id)[0],
    )
    times = [done.created, done.started, done.finished, task.started, task.finished]
    times += [attempt.started, attempt.finished]
    times += [event.at for event in table.events(job.id)]
    for at in times:
        assert at is not None
        assert before <= at <= after


def test_large_spec_is_kept_whole(table: JobTable) -> None:
    spec = {"items": [{"name": f"clip {n}", "text": "x" * 100} for n in range(20_000)]}

    job = table.add_job(new_job(spec=spec))

    assert json.dumps(table.spec(job.id)) == json.dumps(spec)


@pytest.mark.parametrize(
    "values",
    [
        {"priority": "x"},
        {"priority": 10},
        {"priority": -1},
        {"priority": 2.5},
        {"priority": True},
        {"priority": None},
        {"project": 5},
        {"idempotency_key": 5},
    ],
)
def test_what_the_table_cannot_hold_is_refused(
    values: dict[str, object], table: JobTable
) -> None:
    with pytest.raises(InvalidOption):
        table.add_job(new_job(**values))

    assert table.jobs() == []
