"""Many tasks of one do not hold up one task of another, on real workers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from farm.jobs.status import TaskStatus
from tests.acceptance.farm.rig import Rig, until

if TYPE_CHECKING:
    from pathlib import Path

    from farm.jobs.records import Job

_SHORT = 0.1


def count_started(rig: Rig, job: Job) -> int:
    """Return how many tasks of a job were started."""
    with rig.table() as table:
        return sum(task.started is not None for task in table.tasks(job.id))


def started_before(rig: Rig, job: Job, other: Job) -> int:
    """Return how many tasks of another job were started before all of this one."""
    with rig.table() as table:
        last = max(task.started or 0.0 for task in table.tasks(job.id))
        return sum(
            task.started is not None and task.started < last
            for task in table.tasks(other.id)
        )


def test_one_render_does_not_wait_for_a_thousand_of_another_owner(rig: Rig) -> None:
    alice = rig.submit(*[_SHORT] * 1000, owner="alice")
    rig.start_worker()
    until(lambda: count_started(rig, alice) >= 3)
    before = count_started(rig, alice)

    bob = rig.submit(_SHORT, owner="bob")

    rig.wait_completed(bob)
    # what was at work, what followed while the job was written, and one turn more
    assert started_before(rig, bob, alice) - before <= 8
    with rig.table() as table:
        table.cancel_job(alice.id)


def test_the_highest_priority_starts_next_of_five_hundred(rig: Rig) -> None:
    many = rig.submit(*[_SHORT] * 500, priority=0)
    rig.start_worker()
    until(lambda: count_started(rig, many) >= 3)
    before = count_started(rig, many)

    urgent = rig.submit(_SHORT, priority=9)

    rig.wait_completed(urgent)
    assert started_before(rig, urgent, many) - before <= 8
    with rig.table() as table:
        table.cancel_job(many.id)


def test_an_owner_runs_no_more_at_once_than_the_limit(tmp_path: Path) -> None:
    with Rig.started(tmp_path, owner_max_running=1) as rig:
        rig.start_worker(cpu_slots=3)
        jobs = {
            owner: rig.submit(*[0.4] * 5, owner=owner) for owner in ("alice", "bob")
        }
        most = dict.fromkeys(jobs, 0)

        def look() -> bool:
            with rig.table() as table:
                for owner, job in jobs.items():
                    active = table.tasks(job.id, status=TaskStatus.ACTIVE)
                    most[owner] = max(most[owner], len(active))
                return all(table.job(job.id).status.is_final for job in jobs.values())

        until(look, seconds=60)
        for job in jobs.values():
            rig.wait_completed(job)

    assert most == {"alice": 1, "bob": 1}
