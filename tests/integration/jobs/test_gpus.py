"""GPUs as a resource of the scheduler, on both databases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from farm.errors import GpuFailed, GpuFull
from farm.jobs.demands import GpuDemand, GpuOffer
from farm.jobs.records import Beat
from farm.jobs.status import JobStatus, Queue, TaskKind, TaskStatus
from tests.integration.jobs.factories import claim, find_due, new_job, new_task, task_of

if TYPE_CHECKING:
    from farm.jobs.records import Claim, Job, TaskId
    from farm.jobs.table import JobTable

GIB = 1024**3
T4 = GpuOffer(
    id="GPU-1",
    index=0,
    model="Tesla T4",
    driver="550",
    encoders=("h264-8", "hevc-8"),
    decoders=("h264-8",),
    why_not={"encode av1-8": "this GPU has no encoder for it"},
    sessions=2,
    memory_bytes=4 * GIB,
)
OTHER = replace(T4, id="GPU-2")
A100 = replace(T4, id="GPU-3", model="A100", encoders=())
ENCODE = GpuDemand(
    model="Tesla T4",
    driver="550",
    needs=("encode h264-8",),
    sessions=1,
    memory_bytes=GIB,
)


def add_gpu_job(table: JobTable, *names: str, **demand: Any) -> Job:  # noqa: ANN401
    """Write a job with tasks for a GPU, and one that joins what they make."""
    made = [
        new_task(
            name,
            queue=Queue.GPU_BATCH,
            demand=replace(ENCODE, **demand),
            payload={"gpu": True},
        )
        for name in names
    ]
    join = new_task("output", *names, kind=TaskKind.CONCAT)
    return table.add_job(new_job(), [*made, join])


def take(
    table: JobTable, task_id: TaskId, gpu: GpuOffer | None
) -> tuple[Claim | None, str]:
    """Claim a task for the worker of a GPU; say why it was put off."""
    told: list[str] = []
    claimed = table.claim(
        task_id, worker="gpu0-1@node", lease_seconds=60, gpu=gpu, on_put_off=told.append
    )
    return claimed, "".join(told)


def register(table: JobTable, name: str, gpu: GpuOffer | None) -> None:
    table.register_worker(
        name=name,
        host="node",
        pid=1,
        queues=["gpu.batch"],
        slots=2,
        device="0: T4",
        ffmpeg="9",
        gpu=gpu,
    )


def change(payload: object, why: str) -> Any:  # noqa: ANN401  # of JSON
    return {"changed": payload, "why": why}


def test_a_task_for_a_gpu_is_none_for_a_worker_without(table: JobTable) -> None:
    job = add_gpu_job(table, "a")
    task = task_of(table, job, "a")

    claimed, why = take(table, task, None)

    assert claimed is None
    assert why == "the worker has no GPU"
    assert table.task(task).status is TaskStatus.QUEUED
    assert table.task(task).attempt == 0


def test_a_full_gpu_leaves_a_task_queued_for_another(table: JobTable) -> None:
    register(table, "gpu0-1@node", T4)
    register(table, "gpu1-2@node", OTHER)
    job = add_gpu_job(table, "a", "b", "c")
    first, second, third = (task_of(table, job, name) for name in "abc")
    table.mark_sent([first, second, third])
    assert take(table, first, T4)[0]
    assert take(table, second, T4)[0]

    claimed, why = take(table, third, T4)

    assert claimed is None
    assert why == "all 2 encoder sessions of the GPU are taken"
    assert table.task(third).status is TaskStatus.QUEUED
    assert not table.attempts(job.id)[2:]
    assert take(table, third, OTHER)[0] is None  # it waits for a second
    assert [e.after for e in table.events(job.id) if e.task_id == third] == ["queued"]


def test_what_was_put_off_is_sent_again(table: JobTable) -> None:
    register(table, "gpu0-1@node", A100)
    job = add_gpu_job(table, "a")
    task = task_of(table, job, "a")
    table.mark_sent([task])

    assert take(table, task, A100)[1] == "it is for a Tesla T4 with the driver 550"

    def is_sent() -> bool:
        return any(t.id == task for t in find_due(table, resend_seconds=3600))

    assert not is_sent()
    start = table.now()
    while not is_sent():
        assert table.now() < start + 5
    assert table.now() - start > 0.5
    assert take(table, task, T4)[0]


def test_a_share_is_given_back_with_the_task(table: JobTable) -> None:
    register(table, "gpu0-1@node", T4)
    job = add_gpu_job(table, *"abcdef", sessions=2)
    a, b, c, d, e, f = (task_of(table, job, name) for name in "abcdef")
    full = "all 2 encoder sessions of the GPU are taken"

    assert take(table, a, T4)[0]
    assert take(table, b, T4)[1] == full
    table.complete(a, attempt=1, result=None)

    assert take(table, c, T4)[0]
    assert take(table, b, T4)[1] == full
    table.release(c, attempt=1, note="the worker was stopped")

    assert take(table, d, T4)[0]
    table.fail(d, attempt=1, error=GpuFull("full"), delay_seconds=60)
    assert take(table, e, T4)[0]
    table.fail(e, attempt=1, error=GpuFailed("failed"), delay_seconds=60)

    claimed = table.claim(f, worker="gpu0-1@node", lease_seconds=-1, gpu=T4)
    assert claimed
    assert f in table.requeue_stalled()
    assert take(table, f, T4)[0]


def test_memory_is_a_limit_too(table: JobTable) -> None:
    register(table, "gpu0-1@node", T4)
    job = add_gpu_job(table, "a", "b", memory_bytes=3 * GIB, sessions=0)
    large = add_gpu_job(table, "c", memory_bytes=5 * GIB)

    assert take(table, task_of(table, job, "a"), T4)[0]
    why = take(table, task_of(table, job, "b"), T4)[1]
    assert why == "the GPU has 1024 MiB of memory left, 3072 MiB are needed"
    why = take(table, task_of(table, large, "c"), T4)[1]
    assert why == "5120 MiB of the GPU's memory are needed, 4096 MiB may be used"


def test_many_workers_at_once_never_take_more_than_there_is(table: JobTable) -> None:
    """Tasks of many jobs: these lock no row in common but the GPU's."""
    register(table, "gpu0-1@node", T4)
    ids = [task_of(table, add_gpu_job(table, "a"), "a") for _ in range(12)]

    with ThreadPoolExecutor(6) as threads:
        found = list(threads.map(lambda task: take(table, task, T4)[0], ids))

    assert sum(each is not None for each in found) == 2
    active = [table.task(task).status is TaskStatus.ACTIVE for task in ids]
    assert sum(active) == 2


def test_gpus_are_offered_while_their_workers_take_tasks(table: JobTable) -> None:
    register(table, "gpu0-1@node", T4)
    register(table, "gpu0-9@node", T4)
    register(table, "gpu1-2@node", OTHER)
    register(table, "cpu-3@node", None)

    assert table.gpu_offers() == [T4, OTHER]
    by_name = {worker.name: worker.gpu for worker in table.workers()}
    assert by_name == {
        "gpu0-1@node": T4,
        "gpu0-9@node": T4,
        "gpu1-2@node": OTHER,
        "cpu-3@node": None,
    }

    table.worker_seen("gpu0-1@node", state="offline")
    assert table.gpu_offers() == [T4, OTHER]
    table.worker_seen("gpu0-9@node", state="offline")
    table.drain_worker("gpu1-2@node")
    assert table.gpu_offers() == []


def test_a_job_leaves_the_gpu_with_all_that_was_made_there(table: JobTable) -> None:
    """Done, at work, failed and queued: all of it is queued for the CPU."""
    register(table, "gpu0-1@node", T4)
    job = add_gpu_job(table, "a", "b", "c", "d")
    a, b, c, d = (task_of(table, job, name) for name in "abcd")
    assert take(table, a, T4)[0]
    table.complete(a, attempt=1, result={"file": "a"})
    assert take(table, b, T4)[0]
    assert take(table, c, T4)[0]
    for attempt in (1, 2, 3):
        table.fail(c, attempt=attempt, error=GpuFailed("it broke"))
        if attempt < 3:
            assert take(table, c, T4)[0]
    assert table.task(c).status is TaskStatus.FAILED

    assert table.leave_gpu(job.id, why="it broke", change=change) == 4

    for task in (a, b, c, d):
        row = table.task(task)
        assert (row.status, row.queue) == (TaskStatus.QUEUED, Queue.CPU_BATCH)
        assert row.payload == {"changed": {"gpu": True}, "why": "it broke"}
        assert (row.result, row.error, row.worker) == (None, None, None)
        assert row.attempts_allowed == row.attempt + 3
    assert table.task(task_of(table, job, "output")).status is TaskStatus.WAITING
    assert table.job(job.id).warnings == ("made by the CPU instead of a GPU: it broke",)
    assert table.gpu_demands(job.id) == {}
    # what the GPU still does is heard of no more
    assert not table.complete(b, attempt=1, result={"file": "b"})
    assert table.heartbeat(b, attempt=1, lease_seconds=9, frames_done=1) is Beat.LOST
    assert [each.outcome for each in table.attempts(job.id)] == [
        "completed",
        "released",
        *("failed", "failed", "failed"),
    ]
    # a message that was left in the queue of the GPU
    assert take(table, d, T4) == (None, "it waits in cpu.batch")
    start = table.now()
    while not (late := table.claim(d, worker="gpu0-1@node", lease_seconds=60)):
        assert table.now() < start + 5
    assert table.complete(d, attempt=late.attempt, result=None)
    for task in (a, b, c):
        attempt = claim(table, task).attempt
        assert table.complete(task, attempt=attempt, result=None)
    assert table.leave_gpu(job.id, why="again", change=change) == 0


def test_a_failed_join_waits_for_what_is_made_again(table: JobTable) -> None:
    register(table, "gpu0-1@node", T4)
    job = add_gpu_job(table, "a")
    assert take(table, task_of(table, job, "a"), T4)[0]
    table.complete(task_of(table, job, "a"), attempt=1, result=None)
    table.release_ready()
    output = task_of(table, job, "output")
    for attempt in (1, 2, 3):
        claim(table, output)
        table.fail(output, attempt=attempt, error=GpuFailed("wrong"))

    assert table.leave_gpu(job.id, why="wrong", change=change) == 1

    assert table.task(output).status is TaskStatus.WAITING
    assert table.job(job.id).status is JobStatus.ACTIVE


def test_an_ended_job_is_left_alone(table: JobTable) -> None:
    job = add_gpu_job(table, "a")
    table.cancel_job(job.id)

    assert table.leave_gpu(job.id, why="late", change=change) == 0
    assert table.task(task_of(table, job, "a")).status is TaskStatus.CANCELLED


def test_jobs_that_wait_for_a_gpu_are_found(table: JobTable) -> None:
    job = add_gpu_job(table, "a", "b")
    add_gpu_job(table, "c")
    table.pause_job(add_gpu_job(table, "d").id)
    table.cancel_job(add_gpu_job(table, "e").id)
    assert take(table, task_of(table, job, "a"), T4)[0]

    found = table.queued_gpu_demands()

    assert len(found) == 2
    assert {demand for _, demand in found} == {ENCODE}
