"""Long random lives of a few jobs: whatever is called, the table stays in order."""

from __future__ import annotations

import random
from collections import defaultdict
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from farm.errors import DiskFull, MediaMissing, NotAllowed, TaskCancelled
from farm.jobs.status import JOB_MOVES, TASK_MOVES, JobStatus, TaskStatus
from tests.integration.jobs.factories import new_job, new_task

if TYPE_CHECKING:
    from collections.abc import Callable

    from farm.jobs.records import Event, TaskId
    from farm.jobs.table import JobTable

STEPS = 250


class Walk:
    """Calls of the table, chosen by chance; reports may come from any attempt."""

    def __init__(self, table: JobTable, *, seed: int) -> None:
        self.table = table
        self.chance = random.Random(seed)  # noqa: S311  # no secret
        self.jobs = [
            table.add_job(new_job(), [new_task("probe")], planned=False).id,
            table.add_job(
                new_job(),
                [new_task("a"), new_task("b"), new_task("output", "a", "b")],
            ).id,
            table.add_job(new_job(idempotency_key="k"), [new_task("output")]).id,
        ]
        self.acts: list[Callable[[], object]] = [
            *[self.claim] * 6,
            *[self.complete] * 4,
            *[self.beat] * 2,
            self.fail,
            self.stop,
            self.release,
            self.table.requeue_stalled,
            *[self.table.release_ready] * 2,
            self.plan,
            self.settle,
            self.cancel,
            self.pause,
            *[self.resume] * 2,
            self.retry,
        ]

    def step(self) -> None:
        """Call the table once."""
        self.chance.choice(self.acts)()

    def finish(self) -> None:
        """Bring every job to a good end, as coordinator and workers would."""
        for job_id in self.jobs:
            if self.table.job(job_id).status in {"failed", "cancelled"}:
                self.table.retry_job(job_id)
            if self.table.job(job_id).status is JobStatus.PAUSED:
                self.table.resume_job(job_id)
            self.table.add_tasks(job_id, [new_task("output", "probe")])
        for _ in range(20):
            self.table.requeue_stalled()
            for task_id in self.tasks():
                claimed = self.table.claim(task_id, worker="w", lease_seconds=60)
                attempt = claimed.attempt if claimed else self.last_attempt(task_id)
                self.table.complete(task_id, attempt=attempt, result="good")
            self.table.release_ready()
        for job_id in self.jobs:
            self.table.complete_job(job_id, result=lambda _: "good")

    def tasks(self) -> list[TaskId]:
        return [task.id for job in self.jobs for task in self.table.tasks(job)]

    def last_attempt(self, task_id: str) -> int:
        return self.table.task(task_id).attempt

    def report(self) -> tuple[TaskId, int]:
        task_id = self.chance.choice(self.tasks())
        late = self.chance.choice([0, 0, 0, 1])
        return task_id, self.last_attempt(task_id) - late

    def claim(self) -> None:
        task_id = self.chance.choice(self.tasks())
        lease = self.chance.choice([-1.0, 60.0])
        self.table.claim(task_id, worker="w", lease_seconds=lease)

    def complete(self) -> None:
        task_id, attempt = self.report()
        self.table.complete(task_id, attempt=attempt, result="good")

    def beat(self) -> None:
        task_id, attempt = self.report()
        self.table.heartbeat(task_id, attempt=attempt, lease_seconds=-1, frames_done=5)

    def fail(self) -> None:
        task_id, attempt = self.report()
        error = self.chance.choice([DiskFull("full"), MediaMissing("gone")])
        self.table.fail(task_id, attempt=attempt, error=error)

    def stop(self) -> None:
        task_id, attempt = self.report()
        self.table.fail(task_id, attempt=attempt, error=TaskCancelled("stop"))

    def release(self) -> None:
        task_id, attempt = self.report()
        self.table.release(task_id, attempt=attempt, note="drain")

    def plan(self) -> None:
        self.table.add_tasks(self.jobs[0], [new_task("output", "probe")])

    def settle(self) -> None:
        for job_id in self.table.jobs_to_settle():
            if self.table.tasks(job_id, status=TaskStatus.FAILED):
                assert self.table.fail_job(job_id, DiskFull("full"))

    def cancel(self) -> None:
        try:
            self.table.cancel_job(self.chance.choice(self.jobs))
        except NotAllowed:
            return

    def pause(self) -> None:
        try:
            self.table.pause_job(self.chance.choice(self.jobs))
        except NotAllowed:
            return

    def resume(self) -> None:
        try:
            self.table.resume_job(self.chance.choice(self.jobs))
        except NotAllowed:
            return

    def retry(self) -> None:
        try:
            self.table.retry_job(self.chance.choice(self.jobs))
        except NotAllowed:
            return


@pytest.mark.parametrize("seed", range(4))
def test_table_stays_in_order_whatever_is_called(table: JobTable, seed: int) -> None:
    walk = Walk(table, seed=seed)
    for _ in range(STEPS):
        walk.step()
    for job_id in walk.jobs:
        check_job(table, job_id)

    walk.finish()

    for job_id in walk.jobs:
        check_job(table, job_id)
        assert table.job(job_id).status is JobStatus.COMPLETED


def check_job(table: JobTable, job_id: str) -> None:
    """Compare the rows of a job with each other and with the allowed moves."""
    chains: defaultdict[str | None, list[Event]] = defaultdict(list)
    for event in table.events(job_id):
        chains[event.task_id].append(event)
    tasks = {task.id: task for task in table.tasks(job_id)}
    statuses = {None: table.job(job_id).status.value} | {
        task.id: task.status.value for task in tasks.values()
    }
    assert statuses == {key: chain[-1].after for key, chain in chains.items()}
    for key, chain in chains.items():
        check_chain(chain, of_task=key is not None)

    attempts = table.attempts(job_id)
    active = {task.id for task in tasks.values() if task.status is TaskStatus.ACTIVE}
    running = {attempt.task_id for attempt in attempts if attempt.outcome is None}
    assert running == active
    for task in tasks.values():
        numbers = [found.number for found in attempts if found.task_id == task.id]
        assert numbers == list(range(1, task.attempt + 1))
        assert task.attempt <= task.attempts_allowed
        assert (task.lease_until is not None) == (task.id in active)
        assert (task.finished is not None) == task.status.is_final


def check_chain(chain: list[Event], *, of_task: bool) -> None:
    """Each move begins where the last one ended, and is allowed."""
    assert chain[0].before is None
    for last, event in pairwise(chain):
        assert event.before == last.after
        if of_task:
            allowed = TASK_MOVES[TaskStatus(last.after)]
            assert TaskStatus(event.after) in allowed
        else:
            assert JobStatus(event.after) in JOB_MOVES[JobStatus(last.after)]
