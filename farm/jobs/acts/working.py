"""What workers do: claim tasks, and report."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from farm.jobs import claims, endings, gpus, waits, workers

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from pydantic import JsonValue

    from farm.errors import DiskFull, FarmError
    from farm.jobs.demands import GpuOffer
    from farm.jobs.records import Beat, Claim, Worker
    from farm.jobs.status import TaskStatus

from farm.jobs.acts.acts import Acts


class Working(Acts):
    """What workers do: claim tasks, and report."""

    def claim(
        self,
        task_id: str,
        *,
        worker: str,
        lease_seconds: float,
        gpu: GpuOffer | None = None,
        on_put_off: Callable[[str], None] = lambda _: None,
    ) -> Claim | None:
        """Make a queued task a worker's own; ``None`` when it is not to be had.

        One that needs a GPU is put off where the worker's is full or cannot do it;
        `on_put_off` is told why.
        """
        # a GPU is locked while it is looked at
        opened = self._database.at_once if gpu is None else self._database.writing
        with opened() as connection:
            return claims.claim_task(
                connection,
                task_id,
                worker=worker,
                lease_seconds=lease_seconds,
                gpu=gpu,
                on_put_off=on_put_off,
            )

    def heartbeat(
        self, task_id: str, *, attempt: int, lease_seconds: float, frames_done: int
    ) -> Beat:
        """Renew the lease of an attempt, and say whether it shall go on."""
        with self._database.writing(is_flushed=False) as connection:
            return claims.renew_lease(
                connection,
                task_id,
                attempt=attempt,
                lease_seconds=lease_seconds,
                frames_done=frames_done,
            )

    def complete(
        self,
        task_id: str,
        *,
        attempt: int,
        result: JsonValue,
        argv: str | None = None,
        log: str | None = None,
    ) -> bool:
        """Complete a task with its result; ``False`` when the lease was lost."""
        # the job's end is flushed, and with it all that was before
        again = partial(self._database.writing, is_flushed=False)
        opened = self._database.at_once if attempt == 1 else again
        with opened() as connection:
            return endings.complete_task(
                connection, task_id, attempt=attempt, result=result, argv=argv, log=log
            )

    def fail(
        self,
        task_id: str,
        *,
        attempt: int,
        error: FarmError,
        argv: str | None = None,
        log: str | None = None,
        delay_seconds: float = 0.0,
    ) -> TaskStatus | None:
        """End an attempt with an error; return the task's status, ``None``: lost."""
        with self._database.writing() as connection:
            return endings.fail_task(
                connection,
                task_id,
                attempt=attempt,
                error=error,
                argv=argv,
                log=log,
                delay_seconds=delay_seconds,
            )

    def release(
        self,
        task_id: str,
        *,
        attempt: int,
        note: str,
        error: FarmError | None = None,
        delay_seconds: float = 0.0,
    ) -> bool:
        """Give a task back without a verdict; ``False`` when the lease was lost.

        An error says what it waits for; it is tried again after the delay.
        """
        with self._database.writing() as connection:
            return endings.release_task(
                connection,
                task_id,
                attempt=attempt,
                note=note,
                error=error,
                delay_seconds=delay_seconds,
            )

    def wait_for_room(
        self, task_id: str, *, attempt: int, error: DiskFull, limit_seconds: float
    ) -> TaskStatus | None:
        """Give a task back for want of room, or fail it when it waited for so long."""
        with self._database.writing() as connection:
            return waits.wait_for_room(
                connection,
                task_id,
                attempt=attempt,
                error=error,
                limit_seconds=limit_seconds,
            )

    def register_worker(  # noqa: PLR0913  # a worker is this many facts
        self,
        *,
        name: str,
        host: str,
        pid: int,
        queues: Sequence[str],
        slots: int,
        device: str | None,
        ffmpeg: str | None,
        gpu: GpuOffer | None = None,
    ) -> None:
        """Write that a worker has started, and what its GPU was seen to do."""
        with self._database.writing() as connection:
            workers.register_worker(
                connection,
                name=name,
                host=host,
                pid=pid,
                queues=queues,
                slots=slots,
                device=device,
                ffmpeg=ffmpeg,
            )
            if gpu is not None:
                gpus.register_gpu(connection, name, gpu)

    def worker_seen(self, name: str, *, state: str = "online") -> str:
        """Write that a worker was heard of just now; return its state."""
        with self._database.writing(is_flushed=False) as connection:
            return workers.see_worker(connection, name, state=state)

    def drain_worker(self, name: str) -> list[str]:
        """Let a worker finish what it does and end; return the names of its lanes."""
        with self._database.writing() as connection:
            return workers.drain_worker(connection, name)

    def mark_lost_workers(self, *, after_seconds: float) -> list[str]:
        """Mark workers that were not heard of for so long; return their names."""
        with self._database.writing() as connection:
            return workers.mark_lost_workers(connection, after_seconds=after_seconds)

    def slots(self) -> Mapping[str, int]:
        """Return how many slots of workers that are online serve each queue."""
        with self._database.reading() as connection:
            return workers.count_slots(connection)

    def workers(self) -> list[Worker]:
        """Return all workers by name, each with the tasks that it has."""
        with self._database.reading() as connection:
            return workers.find_workers(
                connection, gpus.find_gpus_of_workers(connection)
            )
