from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

from farm.errors import DiskFull, MediaMissing
from farm.jobs.status import Queue, TaskStatus
from tests.integration.jobs.factories import (
    add_job,
    add_task,
    claim,
    complete,
    find_due,
    new_job,
    new_task,
    task_of,
)

if TYPE_CHECKING:
    from farm.jobs.table import JobTable


def test_task_is_released_when_all_it_needs_is_completed(table: JobTable) -> None:
    job = table.add_job(
        new_job(), [new_task("a"), new_task("b"), new_task("output", "a", "b")]
    )
    output = task_of(table, job, "output")

    complete(table, task_of(table, job, "a"))
    assert table.release_ready() == []
    complete(table, task_of(table, job, "b"))
    assert table.release_ready() == [output]

    assert table.task(output).status is TaskStatus.QUEUED
    assert table.release_ready() == []


def test_tasks_are_released_step_by_step(table: JobTable) -> None:
    job = table.add_job(
        new_job(), [new_task("a"), new_task("b", "a"), new_task("c", "b")]
    )
    released = []
    for name in "abc":
        complete(table, task_of(table, job, name))
        released += table.release_ready()

    assert released == [task_of(table, job, "b"), task_of(table, job, "c")]


def test_need_that_was_completed_before_the_plan_counts(table: JobTable) -> None:
    job = table.add_job(new_job(), [new_task("probe")], planned=False)
    complete(table, task_of(table, job, "probe"))
    table.add_tasks(job.id, [new_task("output", "probe")], warnings=[])

    assert table.release_ready() == [task_of(table, job, "output")]


def test_nothing_of_an_ended_job_is_released_or_sent(table: JobTable) -> None:
    job = table.add_job(new_job(), [new_task("a"), new_task("b", "a")])
    complete(table, task_of(table, job, "a"))
    table.cancel_job(job.id)

    assert table.release_ready() == []
    assert find_due(table, resend_seconds=0) == []


def test_tasks_are_sent_by_priority_then_age(table: JobTable) -> None:
    low = add_job(table, "a", "b", priority=2)
    high = add_job(table, "a", "b", priority=8)
    later = add_job(table, "a", priority=8)

    sent = [task.id for task in find_due(table, resend_seconds=60)]

    assert sent == [
        *(task.id for task in table.tasks(high.id)),
        *(task.id for task in table.tasks(later.id)),
        *(task.id for task in table.tasks(low.id)),
    ]
    assert [task.id for task in find_due(table, resend_seconds=60, limit=3)] == (
        sent[:3]
    )


def test_tasks_of_one_job_are_sent_as_they_were_planned(table: JobTable) -> None:
    lengths = {"short": 50, "long": 200, "middle": 100, "as long": 200}
    table.add_job(
        new_job(), [new_task(name, frames=frames) for name, frames in lengths.items()]
    )
    table.add_job(new_job(), [new_task("of a later job", frames=900)])

    sent = find_due(table, resend_seconds=60)

    assert [task.name for task in sent] == [*lengths, "of a later job"]


def test_an_urgent_task_comes_before_others_of_its_priority(table: JobTable) -> None:
    add_job(table, "a", priority=4)
    urgent = new_task("urgent", is_urgent=True)
    table.add_job(new_job(priority=4), [new_task("b"), urgent])
    table.add_job(new_job(priority=9), [replace(urgent, name="first")])

    sent = find_due(table, resend_seconds=60)

    assert [task.name for task in sent] == ["first", "urgent", "a", "b"]
    assert [task.priority for task in sent] == [9, 5, 4, 4]


def test_tasks_of_one_queue_can_be_asked_for(table: JobTable) -> None:
    job = table.add_job(
        new_job(), [new_task("a"), new_task("b", queue=Queue.GPU_BATCH)]
    )

    found = find_due(table, resend_seconds=60, queue=Queue.GPU_BATCH)

    assert [task.id for task in found] == [task_of(table, job, "b")]


def test_sent_task_is_sent_again_when_nobody_claimed_it(table: JobTable) -> None:
    task_id = add_task(table)
    table.mark_sent([task_id])

    assert find_due(table, resend_seconds=60) == []
    assert [task.id for task in find_due(table, resend_seconds=-1)] == [task_id]


def test_claimed_task_is_not_sent(table: JobTable) -> None:
    task_id = add_task(table)
    claim(table, task_id)

    assert find_due(table, resend_seconds=-1) == []


def test_marking_nothing_or_the_unknown_does_no_harm(table: JobTable) -> None:
    task_id = add_task(table)
    claim(table, task_id)

    table.mark_sent([])
    table.mark_sent([task_id, "nothing"])

    table.fail(task_id, attempt=1, error=DiskFull("full"))
    assert [task.id for task in find_due(table, resend_seconds=60)] == [task_id]


def test_job_is_to_be_settled_when_it_cannot_go_on(table: JobTable) -> None:
    busy = add_job(table, "a", "b")
    done = add_job(table, "a")
    failed = add_job(table, "a", "b")
    empty = table.add_job(new_job(), planned=False)
    complete(table, task_of(table, busy, "a"))
    complete(table, task_of(table, done, "a"))
    claim(table, task_of(table, failed, "a"))
    table.fail(task_of(table, failed, "a"), attempt=1, error=MediaMissing("gone"))

    assert table.jobs_to_settle() == [done.id, failed.id, empty.id]

    table.fail_job(failed.id, MediaMissing("gone"))
    table.complete_job(done.id, result=lambda _: None)
    assert table.jobs_to_settle() == [empty.id]


def test_job_of_a_thousand_segments_goes_through(table: JobTable) -> None:
    names = [f"segment-{number}" for number in range(1000)]
    job = table.add_job(new_job(), [*map(new_task, names), new_task("output", *names)])
    ready = find_due(table, resend_seconds=60, limit=2000)
    assert [task.name for task in ready] == names
    table.mark_sent([task.id for task in ready])

    complete(table, ready[0].id)

    assert table.release_ready() == []
    assert table.progress(job.id).tasks_completed == 1
    assert table.cancel_job(job.id).id == job.id
    assert len(table.events(job.id)) == 1 + 1001 + 3 + 1 + 1000


def test_jobs_to_settle_are_told_in_turns_of_their_owners(table: JobTable) -> None:
    found = []
    for owner in ("alice", "alice", "alice", "bob", None):
        found.append(add_job(table, owner=owner).id)
        time.sleep(0.002)  # the clock of SQLite has milliseconds
    *alice, bob, nobody = found

    assert table.jobs_to_settle() == [alice[0], bob, nobody, *alice[1:]]
