"""Who is to blame for a failed attempt, and what comes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from farm.errors import FFmpegFailed, MediaUnreadable, WorkerLost
from farm.jobs.status import Queue, TaskStatus
from tests.integration.jobs.factories import add_job as add_job_with
from tests.integration.jobs.factories import add_task, claim, find_due, task_of

if TYPE_CHECKING:
    from farm.jobs.records import TaskId, Worker
    from farm.jobs.table import JobTable

BAD, GOOD = "cpu-1@bad", "cpu-2@good"
LEASE_SECONDS = 60.0


def register(table: JobTable, *names: str, queue: Queue = Queue.CPU_BATCH) -> None:
    for name in names:
        table.register_worker(
            name=name,
            host=name.partition("@")[2],
            pid=1,
            queues=[queue.value],
            slots=1,
            device=None,
            ffmpeg=None,
        )


def fail_on(table: JobTable, task_id: TaskId, worker: str) -> None:
    attempt = claim(table, task_id, worker=worker).attempt
    assert table.fail(task_id, attempt=attempt, error=FFmpegFailed("it broke"))


def complete_on(table: JobTable, task_id: TaskId, worker: str) -> None:
    attempt = claim(table, task_id, worker=worker).attempt
    assert table.complete(task_id, attempt=attempt, result=None)


def is_refused(table: JobTable, task_id: TaskId, worker: str) -> bool:
    found = table.claim(task_id, worker=worker, lease_seconds=LEASE_SECONDS)
    return found is None


def worker(table: JobTable, name: str) -> Worker:
    return next(each for each in table.workers() if each.name == name)


def test_a_task_that_failed_on_a_worker_is_left_for_another(table: JobTable) -> None:
    register(table, BAD, GOOD)
    task_id = add_task(table)
    fail_on(table, task_id, BAD)

    assert is_refused(table, task_id, BAD)
    assert is_refused(table, task_id, BAD.replace("@", "-interactive@"))

    task = table.task(task_id)
    assert (task.status, task.attempt) == (TaskStatus.QUEUED, 1)


def test_it_is_sent_again_in_a_moment_and_the_other_one_takes_it(
    table: JobTable,
) -> None:
    register(table, BAD, GOOD)
    task_id = add_task(table)
    fail_on(table, task_id, BAD)
    table.mark_sent([task_id])
    assert is_refused(table, task_id, BAD)

    until = table.now() + 5
    while not find_due(table, resend_seconds=60) and table.now() < until:
        pass

    assert [task.id for task in find_due(table, resend_seconds=60)] == [task_id]
    assert claim(table, task_id, worker=GOOD).failures == ("FFmpegFailed",)


def test_who_is_alone_tries_again_itself(table: JobTable) -> None:
    register(table, BAD)
    register(table, "gpu0-3@other", queue=Queue.GPU_BATCH)
    register(table, GOOD)
    table.worker_seen(GOOD, state="offline")
    task_id = add_task(table)
    fail_on(table, task_id, BAD)

    assert claim(table, task_id, worker=BAD).attempt == 2


def test_others_are_waited_for_no_longer_than_a_lease(table: JobTable) -> None:
    register(table, BAD, GOOD)
    task_id = add_task(table)
    fail_on(table, task_id, BAD)

    until = table.now() + 0.2
    while table.now() < until:
        pass

    assert table.claim(task_id, worker=BAD, lease_seconds=0.1) is not None


def test_a_task_that_failed_everywhere_may_be_tried_by_anybody(
    table: JobTable,
) -> None:
    register(table, BAD, GOOD)
    task_id = add_task(table)
    fail_on(table, task_id, BAD)
    fail_on(table, task_id, GOOD)

    assert claim(table, task_id, worker=BAD).failures == ("FFmpegFailed",) * 2


def test_a_worker_whose_tasks_others_complete_is_drained_and_shown(
    table: JobTable,
) -> None:
    register(table, BAD, BAD.replace("@", "-interactive@"), GOOD)
    for failures in (1, 2, 3):
        assert worker(table, BAD).state == "online"
        task_id = add_task(table)
        fail_on(table, task_id, BAD)
        complete_on(table, task_id, GOOD)
        assert worker(table, BAD).failures == failures

    shown = worker(table, BAD)
    assert shown.state == "draining"
    assert str(shown.reason) == (
        "it failed at 3 tasks in a row that other workers completed; "
        "the last time: it broke"
    )
    assert worker(table, BAD.replace("@", "-interactive@")).state == "draining"
    assert (worker(table, GOOD).state, worker(table, GOOD).failures) == ("online", 0)
    assert table.worker_seen(BAD) == "draining"


def test_a_success_clears_a_workers_name(table: JobTable) -> None:
    register(table, BAD, GOOD)
    for _ in range(4):
        for _ in range(2):
            task_id = add_task(table)
            fail_on(table, task_id, BAD)
            complete_on(table, task_id, GOOD)
        complete_on(table, add_task(table), BAD)

    assert (worker(table, BAD).state, worker(table, BAD).failures) == ("online", 0)


def test_a_task_that_fails_everywhere_blames_no_worker(table: JobTable) -> None:
    """What one user's broken files do costs the farm no machine."""
    register(table, BAD, GOOD)
    for _ in range(5):
        task_id = add_task(table)
        for name in (BAD, GOOD, BAD):
            fail_on(table, task_id, name)
        assert table.task(task_id).status is TaskStatus.FAILED

    assert {each.failures for each in table.workers()} == {0}
    assert {each.state for each in table.workers()} == {"online"}


def test_bad_input_is_tried_once(table: JobTable) -> None:
    register(table, BAD, GOOD)
    task_id = add_task(table)
    attempt = claim(table, task_id, worker=BAD).attempt

    status = table.fail(task_id, attempt=attempt, error=MediaUnreadable("no media"))

    assert status is TaskStatus.FAILED


def test_a_task_that_ends_its_workers_is_stopped_with_the_cause(
    table: JobTable,
) -> None:
    """Two workers fell silent, the last one's process was killed."""
    job = add_job_with(table, "poison", "sound")
    task_id = task_of(table, job, "poison")
    for name in ("cpu-1@a", "cpu-2@b"):
        claim(table, task_id, worker=name, lease=-1)
        assert table.requeue_stalled() == [task_id]
    last = claim(table, task_id, worker="cpu-3@c").attempt
    table.fail(task_id, attempt=last, error=WorkerLost("the process was killed"))

    error = table.task(task_id).error
    assert error is not None
    assert error.message == (
        "its worker was lost at 3 of 3 attempts: what it works on may be what ends "
        "workers (out of memory, or a crash); the last time: the process was killed"
    )
    assert error.facts["lost_attempts"] == 3
    assert table.jobs_to_settle() == [job.id]


def test_a_task_lost_by_silence_alone_says_so_too(table: JobTable) -> None:
    task_id = add_task(table)
    for _ in range(3):
        claim(table, task_id, lease=-1)
        table.requeue_stalled()

    error = table.task(task_id).error
    assert error is not None
    assert error.message.startswith("its worker was lost at 3 of 3 attempts: ")


def test_a_task_given_back_for_want_of_something_says_for_what(
    table: JobTable,
) -> None:
    task_id = add_task(table)
    claim(table, task_id)

    assert table.release(
        task_id,
        attempt=1,
        note="it waits for room",
        error=FFmpegFailed("it waits for room"),
        delay_seconds=60,
    )

    task = table.task(task_id)
    assert (task.status, task.attempts_allowed) == (TaskStatus.QUEUED, 4)
    assert task.error is not None
    assert task.error.message == "it waits for room"
    assert find_due(table, resend_seconds=0) == []
    assert is_refused(table, task_id, "worker-1")


# --- who coordinates


def test_one_leads_until_it_stops_or_falls_silent(table: JobTable) -> None:
    def lead(holder: str, seconds: float = 60.0) -> bool:
        return table.lead(holder, lease_seconds=seconds, name="coordinator")

    assert table.leader("coordinator") is None
    assert lead("a")
    assert lead("a")
    assert not lead("b")
    assert table.leader("coordinator") == "a"
    table.stop_leading("b", name="coordinator")  # not its own
    assert not lead("b")
    table.stop_leading("a", name="coordinator")
    assert lead("b", -1)
    assert table.leader("coordinator") is None
    assert lead("a")
    assert not lead("b")
    assert table.lead("b", lease_seconds=60, name="other")
