"""Owners take turns within a priority, whatever each has waiting."""

from __future__ import annotations

from typing import TYPE_CHECKING

from farm.jobs.status import Queue
from tests.integration.jobs.factories import add_job, claim, complete, new_job, new_task

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from farm.jobs.table import JobTable

BATCH = Queue.CPU_BATCH


def add(
    table: JobTable, owner: str | None, count: int, *, priority: int = 4
) -> list[str]:
    """Write a job with tasks of an owner; return their ids."""
    names = [f"{owner}-{number}" for number in range(count)]
    job = add_job(table, *names, owner=owner, priority=priority)
    return [task.id for task in table.tasks(job.id)]


def next_in(
    table: JobTable,
    *,
    room: int = 10,
    queue: Queue = BATCH,
    waiting: Collection[str] = (),
    limit_of: Callable[[str], int | None] = lambda _: None,
) -> list[str]:
    """Return the tasks that are next."""
    turns = table.turns(
        table.levels(),
        room=dict.fromkeys(Queue, room),
        waiting=waiting,
        resend_seconds=60,
        limit_of=limit_of,
    )
    return [turn.task_id for turn in turns.get(queue, [])]


def test_nothing_is_next_in_an_empty_table(table: JobTable) -> None:
    assert table.levels() == {}
    assert next_in(table) == []


def test_queues_and_priorities_that_hold_tasks_are_found(table: JobTable) -> None:
    add(table, "alice", 2, priority=0)
    add(table, "bob", 1, priority=9)
    frame = new_task("output", queue=Queue.GPU_INTERACTIVE)
    table.add_job(new_job(priority=3), [frame])

    assert table.levels() == {Queue.GPU_INTERACTIVE: [3], BATCH: [9, 0]}


def test_one_task_of_another_comes_among_the_first_of_a_thousand(
    table: JobTable,
) -> None:
    alice = add(table, "alice", 1000)
    (bob,) = add(table, "bob", 1)

    assert next_in(table, room=4) == [alice[0], bob, *alice[1:3]]


def test_who_has_less_at_work_is_next(table: JobTable) -> None:
    alice = add(table, "alice", 5)
    claim(table, alice[0])
    claim(table, alice[1])
    bob = add(table, "bob", 5)

    assert next_in(table, room=5) == [*bob[:2], alice[2], bob[2], alice[3]]


def test_who_was_served_longest_ago_is_next(table: JobTable) -> None:
    alice, bob, carol = (add(table, owner, 3) for owner in ("alice", "bob", "carol"))
    for ids in (bob, alice, carol):
        complete(table, ids[0])

    expected = [bob[1], alice[1], carol[1], bob[2], alice[2], carol[2]]
    assert next_in(table) == expected


def test_jobs_without_an_owner_take_turns_as_one(table: JobTable) -> None:
    first, second = add(table, None, 2), add(table, None, 2)
    alice = add(table, "alice", 2)

    expected = [first[0], alice[0], first[1], alice[1], *second]
    assert next_in(table) == expected


def test_a_higher_priority_comes_first_whoever_has_it(table: JobTable) -> None:
    late = add(table, "bob", 2, priority=0)
    alice = add(table, "alice", 3, priority=9)
    claim(table, alice[0])

    assert next_in(table) == [*alice[1:], *late]


def test_what_waits_for_a_person_takes_turns_too(table: JobTable) -> None:
    ids = {}
    for owner, count in (("alice", 50), ("bob", 1)):
        tasks = [
            new_task(f"t{number}", queue=Queue.CPU_INTERACTIVE)
            for number in range(count)
        ]
        job = table.add_job(new_job(owner=owner), tasks)
        ids[owner] = [task.id for task in table.tasks(job.id)]

    found = next_in(table, queue=Queue.CPU_INTERACTIVE, room=2)

    assert found == [ids["alice"][0], *ids["bob"]]


def test_paused_jobs_and_tasks_that_wait_for_a_retry_are_passed_by(
    table: JobTable,
) -> None:
    from farm.errors import DiskFull

    paused = add_job(table, "a", "b", owner="alice")
    table.pause_job(paused.id)
    first, second = add(table, "bob", 2)
    attempt = claim(table, first).attempt
    table.fail(first, attempt=attempt, error=DiskFull("full"), delay_seconds=60)

    assert next_in(table) == [second]


def test_what_is_on_its_way_to_a_worker_counts_as_at_work(table: JobTable) -> None:
    alice, bob = add(table, "alice", 3), add(table, "bob", 3)
    table.mark_sent([alice[0], bob[0]])

    # bob's waits in the broker yet, a worker has taken alice's
    assert next_in(table, waiting={bob[0]}) == [
        *bob[:1],
        *(alice[1], bob[1], alice[2], bob[2]),
    ]


def test_an_owner_has_no_more_at_work_than_the_limit_allows(table: JobTable) -> None:
    alice, bob = add(table, "alice", 5), add(table, "bob", 5)
    claim(table, alice[0])
    limits = {"alice": 2, "bob": 0}

    assert next_in(table, limit_of=limits.get) == [alice[1]]
    claim(table, alice[1])
    assert next_in(table, limit_of=limits.get) == []
    assert next_in(table, room=2, limit_of={"alice": 2}.get) == bob[:2]


def test_a_limit_is_spent_on_what_a_person_waits_for_first(table: JobTable) -> None:
    add(table, "alice", 3)
    frame = new_task("output", queue=Queue.CPU_INTERACTIVE)
    job = table.add_job(new_job(owner="alice"), [frame])
    (task,) = table.tasks(job.id)

    found = {
        queue: next_in(table, queue=queue, limit_of=lambda _: 1)
        for queue in (Queue.CPU_INTERACTIVE, BATCH)
    }

    assert found == {Queue.CPU_INTERACTIVE: [task.id], BATCH: []}


def test_all_tasks_have_their_turn_once(table: JobTable) -> None:
    ids = [add(table, f"owner-{number}", number + 1) for number in range(12)]

    found = next_in(table, room=200)

    assert sorted(found) == sorted(task for each in ids for task in each)
    assert set(found[:12]) == {each[0] for each in ids}
