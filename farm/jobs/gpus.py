"""GPUs as a resource: what each offers, what tasks take of it, and whether it is full.

```
gpus ── gpu_workers          which worker serves which GPU
  └──── task_demands ─ tasks     what a task takes while an attempt has it
```
A task takes its share of a GPU with its claim, in one transaction, and gives it back
by not being active any more: no one has to remember it.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, select, update

from farm.jobs.clock import now, read_clock
from farm.jobs.demands import GpuDemand, GpuOffer
from farm.jobs.dialect import insert_or_replace
from farm.jobs.models.work import tasks
from farm.jobs.models.workers import gpu_workers, gpus, task_demands, workers
from farm.jobs.moves import is_status, job_is_open
from farm.jobs.records import JobId, TaskId
from farm.jobs.status import Queue, TaskStatus
from farm.jobs.steps import one_is
from farm.jobs.workers import LOST_SECONDS

if TYPE_CHECKING:
    from sqlalchemy import Connection

FULL_SECONDS = 1.0
"""A task that met a full GPU, or one that cannot do it, is sent again after this."""


def register_gpu(connection: Connection, worker: str, offer: GpuOffer) -> None:
    """Write which GPU a worker serves, and what it was seen to do."""
    insert_or_replace(
        connection,
        gpus,
        {"id": offer.id, "offer": asdict(offer), "seen": now()},
    )
    insert_or_replace(connection, gpu_workers, {"worker": worker, "gpu": offer.id})
    known = select(workers.c.name)
    connection.execute(
        delete(gpu_workers).where(
            gpu_workers.c.worker != worker, gpu_workers.c.worker.not_in(known)
        )
    )


def find_offers(connection: Connection) -> list[GpuOffer]:
    """Return what GPUs offer whose workers take tasks, one for each GPU."""
    oldest = read_clock(connection) - LOST_SECONDS
    served = (
        select(gpu_workers.c.gpu)
        .join(workers, workers.c.name == gpu_workers.c.worker)
        .where(workers.c.state == "online", workers.c.seen >= oldest)
    )
    found = select(gpus.c.offer).where(gpus.c.id.in_(served))
    offers = [read_offer(row) for row in connection.scalars(found)]
    return sorted(offers, key=lambda offer: offer.id)


def find_gpus_of_workers(connection: Connection) -> dict[str, GpuOffer]:
    """Return what the GPU of each worker offers, by the worker's name."""
    found = select(gpu_workers.c.worker, gpus.c.offer).join(
        gpus, gpus.c.id == gpu_workers.c.gpu
    )
    return {worker: read_offer(offer) for worker, offer in connection.execute(found)}


def find_demand(connection: Connection, task_id: str) -> GpuDemand | None:
    """Return what a task takes of a GPU; ``None``: it needs none."""
    found = select(task_demands.c.demand).where(task_demands.c.task_id == task_id)
    row = connection.scalar(found)
    return None if row is None else read_demand(row)


def find_other_queue(connection: Connection, task_id: str) -> str | None:
    """Say why a task is none for a worker of a GPU; ``None``: it waits for one."""
    queue = connection.scalar(select(tasks.c.queue).where(tasks.c.id == task_id))
    is_gpus = queue in {Queue.GPU_BATCH, Queue.GPU_INTERACTIVE}
    return None if queue is None or is_gpus else f"it waits in {queue.value}"


def find_demands(connection: Connection, job_id: str) -> dict[TaskId, GpuDemand]:
    """Return what the tasks of a job take of GPUs, of those that need one."""
    found = (
        select(task_demands.c.task_id, task_demands.c.demand)
        .join(tasks, tasks.c.id == task_demands.c.task_id)
        .where(tasks.c.job_id == job_id)
    )
    return {TaskId(key): read_demand(row) for key, row in connection.execute(found)}


def take_gpu(
    connection: Connection, task_id: str, demand: GpuDemand, offer: GpuOffer
) -> str | None:
    """Take a task's share of a GPU; return why it is not to be had, else ``None``.

    The GPU is locked until the transaction ends: of two workers that come at once, the
    second sees what the first has taken.
    """
    if missing := offer.find_missing(demand):
        return missing
    connection.execute(select(gpus.c.id).where(gpus.c.id == offer.id).with_for_update())
    sessions, used = find_taken(connection).get(offer.id, (0, 0))
    if offer.sessions is not None and sessions + demand.sessions > offer.sessions:
        return f"all {offer.sessions} encoder sessions of the GPU are taken"
    if used + demand.memory_bytes > offer.memory_bytes:
        free = max(0, offer.memory_bytes - used) // 1024**2
        return (
            f"the GPU has {free} MiB of memory left, "
            f"{demand.memory_bytes // 1024**2} MiB are needed"
        )
    connection.execute(
        update(task_demands)
        .where(task_demands.c.task_id == task_id)
        .values(gpu=offer.id)
    )
    return None


def find_taken(connection: Connection) -> dict[str, tuple[int, int]]:
    """Return the encoder sessions and bytes that active tasks have taken, by GPU."""
    found = (
        select(task_demands.c.gpu, task_demands.c.demand)
        .join(tasks, tasks.c.id == task_demands.c.task_id)
        .where(is_status(TaskStatus.ACTIVE))  # few, and read by an index of their own
    )
    taken: dict[str, tuple[int, int]] = {}
    for gpu, row in connection.execute(found):
        demand, (sessions, used) = read_demand(row), taken.get(str(gpu), (0, 0))
        taken[str(gpu)] = sessions + demand.sessions, used + demand.memory_bytes
    return taken


def put_off(connection: Connection, task_id: str) -> None:
    """Let a queued task be sent again soon, to whichever worker comes first."""
    connection.execute(
        update(tasks)
        .where(tasks.c.id == task_id, one_is(TaskStatus.QUEUED))
        .values(sent=None, not_before=now() + FULL_SECONDS)
    )


def find_queued_demands(connection: Connection) -> list[tuple[JobId, GpuDemand]]:
    """Return open jobs with tasks that wait for a GPU, and what these need of it."""
    found = (
        select(tasks.c.job_id, task_demands.c.demand)
        .join(task_demands, task_demands.c.task_id == tasks.c.id)
        .where(is_status(TaskStatus.QUEUED), job_is_open())
    )
    return [(JobId(job), read_demand(row)) for job, row in connection.execute(found)]


def read_demand(plain: Any) -> GpuDemand:  # noqa: ANN401  # of JSON
    """Return the record of what a task takes of a GPU."""
    return GpuDemand(**{**plain, "needs": tuple(plain["needs"])})


def read_offer(plain: Any) -> GpuOffer:  # noqa: ANN401  # of JSON
    """Return the record of what a GPU offers."""
    lists = {name: tuple(plain[name]) for name in ("encoders", "decoders")}
    return GpuOffer(**{**plain, **lists})
