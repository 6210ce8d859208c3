"""The eight statements that hold at the end, whatever happened."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from farm.jobs.database import Database
from farm.jobs.models.work import attempts, events, jobs, tasks
from farm.jobs.status import JobStatus, TaskStatus
from farm.jobs.totals import GAP_SECONDS
from tests.acceptance.farm.rig import until
from tests.chaos.load import digest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from farm.jobs.table import JobTable
    from tests.chaos.load import Order
    from tests.chaos.world import World

_CLOCK_SECONDS = 0.001
"""SQLite's clock has milliseconds."""
_SWEPT_SECONDS = 20.0


def check_all(
    world: World, orders: Mapping[str, Order], calm: Mapping[str, str]
) -> None:
    """Assert the eight statements.

    Args:
        world: the farm, which runs and has no fault any more.
        orders: what was accepted, by the id of its job.
        calm: digests of what an undisturbed run made.
    """
    with world.rig.table() as table:
        every_accepted_job_is_final(table, orders)
        every_completed_job_has_one_output(table, orders)
        what_is_seen_equals_an_undisturbed_run(orders, calm)
        no_report_was_taken_after_its_lease(world)
        events_replay_to_the_status(world)
        no_ffmpeg_runs(world)
        no_scratch_is_left(world)
        counters_equal_what_sql_counts(world, table)
    nothing_broke_that_was_not_foreseen(world)


def every_accepted_job_is_final(table: JobTable, orders: Mapping[str, Order]) -> None:
    """1. Every accepted job is final: completed, or failed where it cannot be done."""
    for job_id, order in orders.items():
        job = table.job(job_id)
        wanted = JobStatus.COMPLETED if order.is_good else JobStatus.FAILED
        assert job.status is wanted, (order.what, job.status, job.error)


def every_completed_job_has_one_output(
    table: JobTable, orders: Mapping[str, Order]
) -> None:
    """2. Each completed job has exactly one published output per name, and no more."""
    folder = next(iter(orders.values())).outputs
    wanted = sorted(each.output.name for each in orders.values() if each.is_good)
    assert sorted(path.name for path in folder.iterdir()) == wanted
    for job_id, order in orders.items():
        if not order.is_good:
            continue
        ends = [
            event
            for event in table.events(job_id)
            if event.task_id is None and event.after == JobStatus.COMPLETED
        ]
        assert len(ends) == 1, order.what
        result = table.job(job_id).result
        assert isinstance(result, dict)
        outputs: Any = result["outputs"]
        named = [str(each["path"]) for each in outputs]
        assert len(set(named)) == len(named) >= 1
        if order.output.is_dir():
            found = sorted(str(path) for path in order.output.iterdir())
            assert found == sorted(named), order.what


def what_is_seen_equals_an_undisturbed_run(
    orders: Mapping[str, Order], calm: Mapping[str, str]
) -> None:
    """3. The frames and samples of each output are those of an undisturbed run."""
    for order in orders.values():
        if order.is_good:
            assert digest(order.output) == calm[order.what], order.output


def no_report_was_taken_after_its_lease(world: World) -> None:
    """4. No report of an attempt was taken when its lease was over; one completes."""
    database = Database(world.settings.database)
    with database.reading() as connection:
        rows = connection.execute(select(attempts)).mappings().all()
        last = dict(connection.execute(select(tasks.c.id, tasks.c.attempt)).all())
    database.close()
    completed: Counter[str] = Counter()
    for row in rows:
        told = (row["task_id"], row["number"], row["outcome"])
        assert row["finished"] is not None, told
        over = row["finished"] - row["lease_until"]
        if row["outcome"] == "stalled":
            assert over > -_CLOCK_SECONDS, told
            continue
        assert over <= _CLOCK_SECONDS, told
        if row["outcome"] == "completed":
            completed[row["task_id"]] += 1
            assert row["number"] == last[row["task_id"]], told
    assert set(completed.values()) <= {1}


def events_replay_to_the_status(world: World) -> None:
    """5. The log of events, replayed, gives the status of each job and task."""
    database = Database(world.settings.database)
    chains: defaultdict[tuple[str, str | None], list[tuple[str | None, str]]]
    chains = defaultdict(list)
    statuses: dict[tuple[str, str | None], str] = {}
    with database.reading() as connection:
        for row in connection.execute(select(events).order_by(events.c.id)).mappings():
            chains[row["job_id"], row["task_id"]].append((row["before"], row["after"]))
        for job_id, status in connection.execute(select(jobs.c.id, jobs.c.status)):
            statuses[job_id, None] = status.value
        found = select(tasks.c.job_id, tasks.c.id, tasks.c.status)
        for job_id, task_id, state in connection.execute(found):
            statuses[job_id, task_id] = state.value
    database.close()
    assert {key: chain[-1][1] for key, chain in chains.items()} == statuses
    for key, chain in chains.items():
        assert chain[0][0] is None, key
        for (_, after), (before, _) in pairwise(chain):
            assert before == after, (key, chain)


def no_ffmpeg_runs(world: World) -> None:
    """6. No FFmpeg runs any more."""
    until(lambda: not world.ffmpegs(), seconds=_SWEPT_SECONDS)


def no_scratch_is_left(world: World) -> None:
    """7. No attempt has left a scratch folder."""
    until(lambda: not world.left_in_scratch(), seconds=_SWEPT_SECONDS)


def counters_equal_what_sql_counts(world: World, table: JobTable) -> None:
    """8. The sums that metrics are made of equal what the tables hold.

    They wait for the events of transactions that may still be open, and so for those
    that were rolled back: for `GAP_SECONDS`.
    """
    until(lambda: _is_summed(table), seconds=GAP_SECONDS + _SWEPT_SECONDS)
    read: defaultdict[str, Counter[tuple[str, ...]]] = defaultdict(Counter)
    for (what, kind, queue, detail), value in table.sums.read().totals.items():
        read[what][kind, queue, detail] += int(value)
    database = Database(world.settings.database)
    with database.reading() as connection:
        of_jobs = connection.execute(
            select(jobs.c.kind, jobs.c.status, func.count()).group_by(
                jobs.c.kind, jobs.c.status
            )
        ).all()
        of_tasks = connection.execute(
            select(tasks.c.kind, tasks.c.queue, tasks.c.status, func.count()).group_by(
                tasks.c.kind, tasks.c.queue, tasks.c.status
            )
        ).all()
        of_attempts = connection.execute(
            select(tasks.c.kind, tasks.c.queue, attempts.c.outcome, func.count())
            .join(tasks, tasks.c.id == attempts.c.task_id)
            .group_by(tasks.c.kind, tasks.c.queue, attempts.c.outcome)
        ).all()
    database.close()
    assert {key: count for key, count in read["jobs"].items() if count} == {
        (kind.value, "", status.value): count for kind, status, count in of_jobs
    }
    assert {key: count for key, count in read["tasks"].items() if count} == {
        (kind.value, queue.value, status.value): count
        for kind, queue, status, count in of_tasks
    }
    assert {key: count for key, count in read["attempts"].items() if count} == {
        (kind.value, queue.value, outcome): count
        for kind, queue, outcome, count in of_attempts
    }
    assert TaskStatus.ACTIVE not in {status for *_, status, _ in of_tasks}


def _is_summed(table: JobTable) -> bool:
    table.sums.add_up()
    return table.sums.read().behind == 0


def nothing_broke_that_was_not_foreseen(world: World) -> None:
    """No part of the farm has met an error that it did not know.

    Celery itself writes one for each process of its pool that is killed, and for one
    whose parent is killed just as it starts.
    """
    broken = [
        trace
        for log in sorted(world.rig.folder.glob("*.log"))
        for trace in _traces(log.read_text("utf-8", errors="replace"))
        if "WorkerLostError" not in trace and not _is_orphaned(trace)
    ]
    assert not broken, broken[0]


def _traces(log: str) -> list[str]:
    """Return each traceback with its last line, which says what it was."""
    return re.findall(r"^.*Traceback.*\n(?:[ \t].*\n)*.*$", log, re.MULTILINE)


def _is_orphaned(trace: str) -> bool:
    """Whether a child of a pool could not tell its dead parent that it is up."""
    last = trace.splitlines()[-1]
    return "in on_loop_start" in trace and last.startswith("BrokenPipeError")
