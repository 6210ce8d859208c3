"""What GPUs offer, and what tasks want of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from farm.jobs import fallback, gpus

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydantic import JsonValue

    from farm.jobs.demands import GpuDemand, GpuOffer
    from farm.jobs.records import JobId, TaskId

from farm.jobs.acts.acts import Acts


class OnGpus(Acts):
    """What GPUs offer, and what tasks want of them."""

    def gpu_offers(self) -> list[GpuOffer]:
        """Return what GPUs offer whose workers take tasks."""
        with self._database.reading() as connection:
            return gpus.find_offers(connection)

    def gpu_taken(self) -> dict[str, tuple[int, int]]:
        """Return encoder sessions and bytes that tasks have taken, by GPU."""
        with self._database.reading() as connection:
            return gpus.find_taken(connection)

    def gpu_demands(self, job_id: str) -> dict[TaskId, GpuDemand]:
        """Return what the tasks of a job take of GPUs, of those that need one."""
        with self._database.reading() as connection:
            return gpus.find_demands(connection, job_id)

    def queued_gpu_demands(self) -> list[tuple[JobId, GpuDemand]]:
        """Return open jobs with tasks that wait for a GPU, and what these need."""
        with self._database.reading() as connection:
            return gpus.find_queued_demands(connection)

    def leave_gpu(
        self, job_id: str, *, why: str, change: Callable[[JsonValue, str], JsonValue]
    ) -> int:
        """Queue the GPU tasks of a job for the CPU; return how many there were.

        `change` makes of a task's payload, and the reason, what the CPU does instead.
        """
        with self._database.writing() as connection:
            return fallback.leave_gpu(
                connection,
                job_id,
                why=why,
                change=change,
                attempts_allowed=self._max_attempts,
            )
