"""What a coordinator does that was frozen, while another one did its work."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from farm.broker import Broker
from farm.coordinator.gpus import Waits
from farm.coordinator.loop import Coordinator
from farm.jobs.records import NewJob, NewTask
from farm.jobs.status import JobKind, JobStatus, Queue, TaskKind, TaskStatus
from farm.jobs.table import JobTable
from farm.live import Live
from farm.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from farm.jobs.records import JobId
    from tests.integration.farm.conftest import Valkey


class OvertakenTable(JobTable):
    """A table in which another coordinator plans a job as soon as it was found."""

    def jobs_to_settle(self) -> list[JobId]:
        found = super().jobs_to_settle()
        for job_id in found:
            self.add_tasks(job_id, [task("output", TaskKind.SEGMENT)])
        return found


def task(name: str, kind: TaskKind) -> NewTask:
    return NewTask(name=name, kind=kind, queue=Queue.CPU_BATCH, payload=None)


@pytest.fixture
def overtaken(tmp_path: Path, valkey: Valkey) -> Iterator[Coordinator]:
    settings = Settings(storage=tmp_path / "storage", broker_url=valkey.url)
    table = OvertakenTable.open(f"sqlite:///{tmp_path / 'jobs.sqlite'}")
    with (
        Broker(valkey.url, queues=[queue.value for queue in Queue]) as broker,
        Live(valkey.url) as live,
        ThreadPoolExecutor(1) as helpers,
    ):
        yield Coordinator(
            settings=settings,
            table=table,
            broker=broker,
            live=live,
            helpers=helpers,
            waits=Waits(wait_seconds=0),
        )
    table.close()


def test_a_job_that_another_one_has_planned_meanwhile_goes_on(
    overtaken: Coordinator,
) -> None:
    table = overtaken.table
    new = NewJob(kind=JobKind.RENDER, spec={})
    job = table.add_job(new, [task("probe", TaskKind.PROBE)], planned=False)
    claim = table.claim(table.tasks(job.id)[0].id, worker="w", lease_seconds=60)
    assert claim is not None
    table.complete(claim.task.id, attempt=claim.attempt, result={})

    overtaken.tick()

    seen, tasks = table.job_and_tasks(job.id)
    assert (seen.status, seen.error) == (JobStatus.ACTIVE, None)
    assert {each.name: each.status for each in tasks} == {
        "probe": TaskStatus.COMPLETED,
        "output": TaskStatus.QUEUED,
    }
