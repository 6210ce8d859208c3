"""Webhooks are told of each event of their job once, whenever they were added."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from farm.errors import FFmpegFailed
from farm.jobs.webhooks import EVENTS
from tests.integration.jobs.factories import add_job, add_task, claim, complete

if TYPE_CHECKING:
    from farm.jobs.records import Job
    from farm.jobs.table import JobTable

URL = "https://example.com/farm"


def told(table: JobTable, *, progress_seconds: float = 1000.0) -> list[str]:
    table.webhooks.tell(progress_seconds=progress_seconds)
    return [each.event for each in reversed(table.outbox.read())]


def bodies(table: JobTable) -> list[dict[str, Any]]:
    return [json.loads(each.body) for each in reversed(table.outbox.read())]


def finish(table: JobTable, job: Job) -> None:
    complete(table, table.tasks(job.id)[0].id)
    assert table.complete_job(job.id, result=lambda _: {})


def test_a_webhook_hears_of_each_event_once(table: JobTable) -> None:
    job = add_job(table, "output", output="/out/a.mp4")
    table.webhooks.add(job.id, url=URL, wanted=EVENTS)
    assert told(table) == []
    claimed = claim(table, table.tasks(job.id)[0].id)
    assert told(table) == told(table) == ["job.started"]
    table.complete(claimed.task.id, attempt=claimed.attempt, result=None)
    assert table.complete_job(job.id, result=lambda _: {})
    assert told(table) == told(table) == ["job.started", "job.completed"]

    last = bodies(table)[-1]
    assert last["event"] == "job.completed"
    assert last["job"]["id"] == job.id
    assert (last["job"]["status"], last["job"]["output"]) == ("completed", "/out/a.mp4")
    assert 0 <= last["at"] - last["job"]["finished"] < 5


def test_one_that_is_added_late_hears_what_was(table: JobTable) -> None:
    job = add_job(table, "output")
    finish(table, job)
    table.webhooks.add(job.id, url=URL, wanted=EVENTS)

    assert told(table) == ["job.started", "job.completed"]
    assert [each.url for each in table.webhooks.of_job(job.id)] == [URL]


def test_it_hears_of_what_it_wants_and_of_its_job_alone(table: JobTable) -> None:
    job, other = add_job(table, "output"), add_job(table, "output")
    table.webhooks.add(job.id, url=URL, wanted=("completed",))
    finish(table, other)
    finish(table, job)

    assert told(table) == ["job.completed"]
    assert bodies(table)[0]["job"]["id"] == job.id


def test_a_failed_job_tells_why_and_a_retry_is_told_again(table: JobTable) -> None:
    job = add_job(table, "output")
    table.webhooks.add(job.id, url=URL, wanted=("failed", "started", "cancelled"))
    claim(table, table.tasks(job.id)[0].id)
    table.fail_job(job.id, FFmpegFailed("it broke"))
    assert told(table) == ["job.started", "job.failed"]
    error = bodies(table)[1]["job"]["error"]
    assert error == {"kind": "FFmpegFailed", "message": "it broke"}

    table.retry_job(job.id)
    table.cancel_job(job.id)
    assert told(table) == ["job.started", "job.failed", "job.cancelled"]


def test_progress_is_told_at_times_and_does_not_pile_up(table: JobTable) -> None:
    task = add_task(table)
    claimed = claim(table, task)
    job_id = claimed.task.job_id
    table.webhooks.add(job_id, url=URL, wanted=("progress",))
    assert told(table, progress_seconds=0.0) == []  # the first look
    table.heartbeat(task, attempt=1, lease_seconds=60, frames_done=25)
    assert told(table, progress_seconds=0.0) == ["job.progress"]
    assert told(table, progress_seconds=0.0) == ["job.progress"]  # it still waits
    assert bodies(table)[0]["progress"] == {
        "fraction": 0.25,
        "frames_done": 25,
        "frames_total": 100,
        "tasks_completed": 0,
        "tasks_total": 1,
    }

    (delivery,) = table.outbox.claim()
    table.outbox.note(delivery, http_status=200, error=None)
    assert told(table, progress_seconds=1000.0) == ["job.progress"] * 2
    (delivery,) = table.outbox.claim()
    table.outbox.note(delivery, http_status=200, error=None)
    assert told(table, progress_seconds=1000.0) == ["job.progress"] * 2


def test_two_coordinators_tell_once(table: JobTable) -> None:
    for _ in range(10):
        job = add_job(table, "output")
        table.webhooks.add(job.id, url=URL, wanted=("started", "completed"))
        finish(table, job)

    with ThreadPoolExecutor(4) as threads:
        for done in [threads.submit(told, table) for _ in range(8)]:
            done.result()

    assert sorted(told(table)) == ["job.completed"] * 10 + ["job.started"] * 10


def test_events_of_all_jobs_come_in_their_order(table: JobTable) -> None:
    first, second = add_job(table, "output"), add_job(table, "output")
    finish(table, second)
    table.cancel_job(first.id)

    found = table.all_events(after=0)

    assert [event.id for event in found] == sorted(event.id for event in found)
    own = table.events(first.id) + table.events(second.id)
    assert sorted(found, key=lambda e: e.id) == sorted(own, key=lambda e: e.id)
    assert table.all_events(after=found[3].id, limit=2) == found[4:6]
    assert table.last_event_id() == found[-1].id
