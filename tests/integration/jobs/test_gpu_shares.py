"""What tasks have of GPUs, as metrics."""

from __future__ import annotations

from typing import TYPE_CHECKING

from farm.monitor.parts import read_gpu_share_samples
from tests.integration.jobs.factories import task_of
from tests.integration.jobs.test_gpus import GIB, T4, add_gpu_job, register, take

if TYPE_CHECKING:
    from farm.jobs.table import JobTable


def test_what_is_taken_is_told_with_the_limits(table: JobTable) -> None:
    register(table, "gpu0-1@node", T4)
    job = add_gpu_job(table, "a", "b")
    assert take(table, task_of(table, job, "a"), T4)[0]

    taken = table.gpu_taken()
    found = {
        (each.name.removeprefix("farm_gpu_task_"), each.labels[-1]): each.value
        for each in read_gpu_share_samples(table.workers(), taken)
    }

    assert taken == {"GPU-1": (1, GIB)}
    assert found == {
        ("sessions", "taken"): 1,
        ("sessions", "limit"): 2,
        ("memory_bytes", "taken"): GIB,
        ("memory_bytes", "limit"): 4 * GIB,
    }
