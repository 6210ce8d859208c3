"""Many processes on one table, some of which are killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import ExitStack, contextmanager, suppress
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import text

from farm.jobs.status import TASK_MOVES, JobStatus, TaskStatus
from farm.jobs.table import JobTable
from tests.integration.jobs.factories import add_job, find_due

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from farm.jobs.records import Event

PROGRAMS = Path(__file__).with_name("programs")
ROOT = Path(__file__).parents[3]
DEADLINE = 60.0  # seconds; far more than needed

Program = subprocess.Popen[str]


@contextmanager
def program(name: str, *arguments: str) -> Iterator[Program]:
    """Run a program of the tests; it ends with the block."""
    process = subprocess.Popen(
        [sys.executable, "-W", "error", PROGRAMS / f"{name}.py", *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={"PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path])},
        start_new_session=True,
    )
    with process:
        try:
            yield process
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)  # and what it has forked


@contextmanager
def programs(calls: Sequence[tuple[str, ...]]) -> Iterator[list[Program]]:
    """Run programs that begin together."""
    with ExitStack() as stack:
        started = [stack.enter_context(program(*call)) for call in calls]
        for process in started:
            assert read_line(process) == "ready"
        yield started


def begin(processes: list[Program]) -> None:
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()


def read_line(process: Program) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def finish(process: Program) -> list[str]:
    """Wait until a program has ended well; return its lines."""
    output, _ = process.communicate(timeout=DEADLINE)
    assert process.returncode == 0
    return output.splitlines()


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + DEADLINE
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_eight_processes_claim_each_task_once(table: JobTable, url: str) -> None:
    job = add_job(table, *(f"segment-{number}" for number in range(200)))
    calls = [("claim_all", url, job.id, f"worker-{number}") for number in range(8)]

    with programs(calls) as processes:
        begin(processes)
        lines = [line for process in processes for line in finish(process)]

    assert sorted(lines) == sorted(f"{task.id} 1" for task in table.tasks(job.id))
    assert len(table.attempts(job.id)) == 200
    moves = [event.after for event in table.events(job.id)]
    assert moves.count("active") == 201  # the job's own, too
    assert table.job(job.id).status is JobStatus.ACTIVE


def test_one_key_from_many_processes_makes_one_job(table: JobTable, url: str) -> None:
    with programs([("add_by_key", url, "25")] * 4) as processes:
        begin(processes)
        answers = [finish(process) for process in processes]

    assert all(answer == answers[0] for answer in answers)
    assert len(set(answers[0])) == 25
    jobs = table.jobs(limit=100)
    assert sorted(job.id for job in jobs) == sorted(answers[0])
    for job in jobs:
        assert len(table.tasks(job.id)) == 1
        assert len(table.events(job.id)) == 2


def test_new_table_is_made_once_by_many_processes(new_url: str) -> None:
    with programs([("open_new", new_url)] * 6) as processes:
        begin(processes)
        ids = [line for process in processes for line in finish(process)]

    table = JobTable.open(new_url)
    assert sorted(job.id for job in table.jobs()) == sorted(ids)
    assert len(ids) == 6
    table.close()


def test_killed_writer_leaves_nothing_half_done(table: JobTable, url: str) -> None:
    """Wherever it is killed: what it wrote is whole, or is not there."""
    with program("die_within", url) as process:
        lines = [line.split() for line in finish(process)]

    assert len(lines) == 11
    for act, kills, same, changed in lines:
        assert (same, changed) == ("True", "True"), act
        is_short = act in {"claim", "complete"} and not table._database.is_sqlite
        assert int(kills) >= (1 if is_short else 3), act


def test_writer_killed_in_mid_transaction_undoes_itself(
    table: JobTable, url: str
) -> None:
    job = add_job(table, "a", "b")
    before = table.events(job.id)
    with program("hold_a_job", url, job.id) as process:
        assert read_line(process) == "ready"
        assert table.events(job.id) == before  # readers do not wait
        process.kill()
        process.wait()

        claim = table.claim(table.tasks(job.id)[0].id, worker="w", lease_seconds=60)

    assert claim is not None
    assert [task.status for task in table.tasks(job.id)] == ["active", "queued"]


def test_busy_job_keeps_no_other_job_waiting(postgres_url: str) -> None:
    """On PostgreSQL; SQLite has one writer at a time, for all jobs."""
    table = JobTable.open(postgres_url)
    held, other = add_job(table, "a"), add_job(table, "a")
    with program("hold_a_job", postgres_url, held.id) as process:
        assert read_line(process) == "ready"
        task_id = table.tasks(other.id)[0].id

        assert table.claim(task_id, worker="w", lease_seconds=-1) is not None
        assert table.requeue_stalled() == [task_id]
        assert [task.job_id for task in find_due(table, resend_seconds=-1)]
        table.mark_sent([task_id, table.tasks(held.id)[0].id])
        assert "idle in transaction" in states_of_connections(table)
    table.close()


def states_of_connections(table: JobTable) -> list[str]:
    found = text(
        "SELECT state FROM pg_stat_activity WHERE datname = current_database()"
    )
    with table._database.reading() as connection:
        return list(connection.execute(found).scalars())


def test_completing_and_taking_back_race_to_one_end(table: JobTable, url: str) -> None:
    """Leases are over almost at once: reports race with those that take back."""
    table.close()
    table = JobTable.open(url, max_attempts=1000)
    job = add_job(table, *(f"segment-{number}" for number in range(30)))
    workers = [("complete_all", url, job.id, f"worker-{number}") for number in range(3)]
    coordinators = [("requeue", url)] * 2

    with programs([*workers, *coordinators]) as processes:
        begin(processes[:3])
        done = [line for process in processes[:3] for line in finish(process)]
        taken = [line for process in processes[3:] for line in finish(process)]

    tasks = table.tasks(job.id)
    assert sorted(done) == sorted(f"{task.id} {task.attempt}" for task in tasks)
    assert {task.status for task in tasks} == {TaskStatus.COMPLETED}
    outcomes = [attempt.outcome for attempt in table.attempts(job.id)]
    assert outcomes.count("completed") == 30
    assert outcomes.count("stalled") == len(taken)
    assert len(outcomes) == 30 + len(taken)
    for task in tasks:
        check_chain(
            [event for event in table.events(job.id) if event.task_id == task.id]
        )
    table.close()


def check_chain(events: list[Event]) -> None:
    """Each move begins where the last one ended, and is allowed."""
    assert events[0].before is None
    for last, event in pairwise(events):
        assert event.before == last.after
        assert TaskStatus(event.after) in TASK_MOVES[TaskStatus(last.after)]
        assert event.at >= last.at - 0.01


def test_reader_of_events_misses_none(table: JobTable, url: str) -> None:
    """Moves that are made at the same time are seen in the order of their ids."""
    job = add_job(table, *(f"segment-{number}" for number in range(100)))
    calls = [("claim_all", url, job.id, f"worker-{number}") for number in range(4)]
    seen: list[Event] = []

    def read_on() -> bool:
        seen.extend(table.events(job.id, after=seen[-1].id if seen else 0))
        return len(seen) >= 1 + 100 + 1 + 100

    with programs(calls) as processes:
        begin(processes)
        wait_for(read_on)

    assert seen == table.events(job.id)


def test_table_outlives_forks(table: JobTable, url: str) -> None:
    job = add_job(table, *(f"segment-{number}" for number in range(80)))

    with program("fork", url, job.id) as process:
        lines = finish(process)

    assert lines == ["[0, 0, 0, 0] 80"]
    assert {task.status for task in table.tasks(job.id)} == {TaskStatus.COMPLETED}
    assert all(attempt.number == 1 for attempt in table.attempts(job.id))
