from __future__ import annotations

import sqlite3
import time
from typing import TYPE_CHECKING

import pytest

from farm.errors import FarmError
from farm.ffmpeg.progress import Progress
from farm.jobs.records import NewJob, NewTask
from farm.jobs.status import JobKind, Queue, TaskKind
from farm.live import Live
from workers.lease import Ending, Lease

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from farm.jobs.records import Claim
    from farm.jobs.table import JobTable
    from tests.integration.farm.conftest import Valkey

LEASE_SECONDS = 1.5


@pytest.fixture
def claim(table: JobTable) -> Claim:
    task = NewTask(
        name="output",
        kind=TaskKind.SEGMENT,
        queue=Queue.CPU_BATCH,
        payload=None,
        frames=100,
    )
    job = table.add_job(NewJob(kind=JobKind.RENDER, spec={}), [task])
    claim = table.claim(
        table.tasks(job.id)[0].id, worker="w", lease_seconds=LEASE_SECONDS
    )
    assert claim is not None
    return claim


@pytest.fixture
def live(valkey: Valkey) -> Iterator[Live]:
    with Live(valkey.url) as live:
        yield live


def until(holds: Callable[[], object], *, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_lease_lasts_as_long_as_it_is_kept(
    table: JobTable, live: Live, claim: Claim
) -> None:
    with Lease(claim, table=table, live=live, lease_seconds=LEASE_SECONDS) as lease:
        lease.see(Progress(frame=10, fps=5.0, speed=1.0, fraction=0.25))
        over = time.monotonic() + 2 * LEASE_SECONDS
        until(lambda: time.monotonic() > over, seconds=10)
        assert not lease.must_stop()
        assert table.requeue_stalled() == []
        assert table.task(claim.task.id).frames_done == 25
        assert live.progress([claim.task.id])[claim.task.id].fps == 5.0


def test_a_cancelled_job_is_noticed_within_a_second(
    table: JobTable, live: Live, claim: Claim
) -> None:
    live.notify(claim.task.job_id)  # it was submitted
    with Lease(claim, table=table, live=live, lease_seconds=600) as lease:
        table.cancel_job(claim.task.job_id)
        live.notify(claim.task.job_id)
        until(lease.must_stop, seconds=1.0)
        assert lease.ending is Ending.CANCELLED


def test_a_job_that_is_cancelled_before_the_lease_is_kept_is_noticed_as_soon(
    table: JobTable, live: Live, claim: Claim
) -> None:
    live.notify(claim.task.job_id)  # it was submitted
    table.cancel_job(claim.task.job_id)
    live.notify(claim.task.job_id)
    with Lease(claim, table=table, live=live, lease_seconds=600) as lease:
        until(lease.must_stop, seconds=2.0)
        assert lease.ending is Ending.CANCELLED


def test_without_hints_a_cancelled_job_is_noticed_with_the_next_beat(
    table: JobTable, live: Live, claim: Claim, valkey: Valkey
) -> None:
    valkey.kill()
    with Lease(claim, table=table, live=live, lease_seconds=LEASE_SECONDS) as lease:
        table.cancel_job(claim.task.job_id)
        until(lease.must_stop, seconds=LEASE_SECONDS)
        assert lease.ending is Ending.CANCELLED


def test_without_hints_a_long_lease_delays_no_cancelling(
    table: JobTable, live: Live, claim: Claim, valkey: Valkey
) -> None:
    """A render stops within two seconds, broker or not."""
    with Lease(claim, table=table, live=live, lease_seconds=600) as lease:
        valkey.kill()
        until(lambda: live.is_away, seconds=5.0)
        table.cancel_job(claim.task.job_id)
        until(lease.must_stop, seconds=2.0)
        assert lease.ending is Ending.CANCELLED


def test_an_attempt_whose_task_was_given_to_another_must_stop(
    table: JobTable, live: Live, claim: Claim
) -> None:
    table.fail(claim.task.id, attempt=claim.attempt, error=_Again("again"))
    assert table.claim(claim.task.id, worker="other", lease_seconds=600)
    with Lease(claim, table=table, live=live, lease_seconds=LEASE_SECONDS) as lease:
        until(lease.must_stop, seconds=LEASE_SECONDS)
        assert lease.ending is Ending.LOST


def test_an_attempt_stops_itself_when_the_table_is_away_for_the_lease(
    table: JobTable, live: Live, claim: Claim, tmp_path: Path
) -> None:
    """The table waits ten seconds for the lock: the lease must not wait for it."""
    locker = sqlite3.connect(tmp_path / "jobs.sqlite", isolation_level=None)
    locker.execute("BEGIN IMMEDIATE")
    started = time.monotonic()
    try:
        with Lease(claim, table=table, live=live, lease_seconds=LEASE_SECONDS) as lease:
            until(lease.must_stop, seconds=LEASE_SECONDS + 0.5)
            assert time.monotonic() - started >= LEASE_SECONDS * 0.9
            assert lease.ending is Ending.LOST
    finally:
        locker.execute("ROLLBACK")
        locker.close()


class _Again(FarmError):
    retry = True
