"""The job table: the truth about jobs, tasks, attempts and workers.

Each method is one transaction: all of it happened, or nothing.
The database's clock is the only clock.
An error of the database is raised as `TableUnavailable`. It may come when all was
written and only the answer got lost: a report of an attempt, and a job with an
idempotency key, can then be given again, and are not written twice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from farm.jobs import (
    advance,
    claims,
    events,
    fallback,
    find,
    gpus,
    leaders,
    schema,
    settle,
    stalled,
    submit,
    totals,
    turns,
    waits,
    workers,
)
from farm.jobs.alerts import AlertLog
from farm.jobs.artifacts import ArtifactIndex
from farm.jobs.clock import read_clock
from farm.jobs.database import Database
from farm.jobs.keeping import Keeping
from farm.jobs.outbox import Outbox
from farm.jobs.records import Beat
from farm.jobs.sums import EventSums
from farm.jobs.webhooks import Webhooks, reopen

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
    from pathlib import Path
    from typing import Self

    from pydantic import JsonValue

    from farm.errors import DiskFull, FarmError
    from farm.jobs.backup import Backup
    from farm.jobs.records import (
        Attempt,
        Claim,
        Event,
        GpuDemand,
        GpuOffer,
        Job,
        JobId,
        JobProgress,
        NewJob,
        NewTask,
        Task,
        TaskId,
        Turn,
        Worker,
    )
    from farm.jobs.status import JobStatus, Queue, TaskStatus

__all__ = ["Beat", "JobTable"]


class JobTable:
    """The job table; safe for threads, and for processes that are forked."""

    def __init__(self, database: Database, *, max_attempts: int) -> None:
        self._database = database
        self._max_attempts = max_attempts
        self.artifacts = ArtifactIndex(database)
        """What the cache holds."""
        self.sums = EventSums(database)
        """What happened, summed up for metrics."""
        self.alerts = AlertLog(database)
        """What is wrong with the farm, and what was."""
        self.webhooks = Webhooks(database)
        """Who wants to hear of which job."""
        self.outbox = Outbox(database)
        """Messages to be sent to others, and what came of them."""
        self.keeping = Keeping(database)
        """Forgets what ended long ago."""
        self.location = database.location
        """Where it is, without user and password."""

    @classmethod
    def open(cls, url: str, *, max_attempts: int = 3) -> Self:
        """Open the table at a URL; make it, or bring it up to date, where needed."""
        database = Database(url)
        try:
            schema.migrate(database)
        except BaseException:
            database.close()
            raise
        return cls(database, max_attempts=max_attempts)

    def close(self) -> None:
        """Close the connections to the database."""
        self._database.close()

    def now(self) -> float:
        """Return the time by the database's clock, in seconds since 1970."""
        with self._database.reading() as connection:
            return read_clock(connection)

    def back_up(self, path: Path) -> Backup:
        """Write all rows, as they are at one moment, into a file; others go on.

        Raises:
            BackupFailed: when the file cannot be written.
        """
        from farm.jobs.backup import write_backup

        return write_backup(self._database, path)

    # --- submit

    def add_job(
        self,
        new: NewJob,
        tasks: Sequence[NewTask] = (),
        *,
        planned: bool = True,
        warnings: Sequence[str] = (),
        most_unfinished: int | None = None,
    ) -> Job:
        """Write a job and its first tasks; a known idempotency key writes nothing.

        Raises:
            TooManyJobs: when its owner has so many that have not ended.
            NotAllowed: when its key was used for something else.
        """
        with self._database.writing() as connection:
            return submit.add_job(
                connection,
                new,
                tasks,
                planned=planned,
                warnings=warnings,
                attempts_allowed=self._max_attempts,
                most_unfinished=most_unfinished,
            )

    def add_failed_job(self, new: NewJob, error: FarmError) -> Job:
        """Write a job that was refused when it was submitted."""
        with self._database.writing() as connection:
            return submit.add_failed_job(connection, new, error)

    # --- read

    def job(self, job_id: str) -> Job:
        """Return the job with this id, or the only one whose id starts so."""
        with self._database.reading() as connection:
            return find.find_job(connection, job_id)

    def spec(self, job_id: str) -> JsonValue:
        """Return what a job was asked for; it may be large."""
        with self._database.reading() as connection:
            return find.find_spec(connection, job_id)

    def jobs(
        self,
        *,
        status: JobStatus | None = None,
        limit: int = 50,
        owner: str | None = None,
        project: str | None = None,
    ) -> list[Job]:
        """Return jobs, the newest first."""
        with self._database.reading() as connection:
            return find.find_jobs(
                connection, status=status, owner=owner, project=project, limit=limit
            )

    def tasks(self, job_id: str, *, status: TaskStatus | None = None) -> list[Task]:
        """Return the tasks of a job in the order in which they were planned."""
        with self._database.reading() as connection:
            return find.find_tasks(connection, job_id, status=status)

    def job_and_tasks(self, job_id: str) -> tuple[Job, list[Task]]:
        """Return a job and its tasks, as they were at one moment."""
        with self._database.reading() as connection:
            job = find.find_job(connection, job_id)
            return job, find.find_tasks(connection, job.id)

    def task(self, task_id: str) -> Task:
        """Return the task with this id."""
        with self._database.reading() as connection:
            return find.find_task(connection, task_id)

    def attempts(self, job_id: str) -> list[Attempt]:
        """Return all attempts at the tasks of a job, by task and number."""
        with self._database.reading() as connection:
            return find.find_attempts(connection, job_id)

    def events(self, job_id: str, *, after: int = 0) -> list[Event]:
        """Return the events of a job and its tasks, oldest first."""
        with self._database.reading() as connection:
            return events.find_events(connection, job_id, after=after)

    def all_events(self, *, after: int, limit: int = 500) -> list[Event]:
        """Return events of all jobs, oldest first; none is left out or told twice.

        What another transaction may yet commit before them is waited for.
        """
        with self._database.reading() as connection:
            return totals.find_next_events(connection, after=after, limit=limit)

    def last_event_id(self) -> int:
        """Return the id of the newest event; 0: there is none."""
        with self._database.reading() as connection:
            return events.find_last_id(connection)

    def progress(self, job_id: str) -> JobProgress:
        """Count how far a job's tasks are."""
        with self._database.reading() as connection:
            return find.count_progress(connection, job_id)

    def payload(self, job_id: str, *, name: str) -> JsonValue:
        """Return what the plan wrote for a task of a job; ``None``: there is none."""
        with self._database.reading() as connection:
            return find.find_payload(connection, job_id, name=name)

    def results(self, job_id: str, *, names: Collection[str]) -> dict[str, JsonValue]:
        """Return what completed tasks of a job told, by name, of these alone."""
        with self._database.reading() as connection:
            return find.find_results(connection, job_id, names=names)

    # --- the coordinator

    def growing_jobs(self) -> dict[JobId, int]:
        """Return jobs that are published while they go on, with completed tasks."""
        with self._database.reading() as connection:
            return find.find_growing(connection)

    def unpublished_jobs(self, *, since: float) -> list[tuple[JobId, str]]:
        """Return jobs of packages that failed or were cancelled, and their outputs."""
        with self._database.reading() as connection:
            return find.find_unpublished(connection, since=since)

    def jobs_to_settle(self) -> list[JobId]:
        """Return open jobs with a failed task, or with no task left to do."""
        with self._database.reading() as connection:
            return advance.find_jobs_to_settle(connection)

    def add_tasks(
        self,
        job_id: str,
        tasks: Sequence[NewTask],
        *,
        warnings: Sequence[str] = (),
        are_all: bool = True,
    ) -> bool:
        """Write the tasks that a job was planned into; ``False`` when it has them.

        Where they are not all, the job is to be planned again when they are done.
        """
        with self._database.writing() as connection:
            return submit.add_tasks(
                connection,
                job_id,
                tasks,
                warnings=warnings,
                are_all=are_all,
                attempts_allowed=self._max_attempts,
            )

    def release_ready(self) -> list[TaskId]:
        """Queue the waiting tasks whose needs are all completed."""
        with self._database.reading() as connection:
            ready = advance.find_jobs_with_ready_tasks(connection)
        if not ready:
            return []  # a look that finds nothing keeps no writer waiting
        with self._database.writing() as connection:
            return advance.release_ready(connection, ready)

    def tasks_to_send(
        self, *, resend_seconds: float, limit: int = 500, queue: Queue | None = None
    ) -> list[Task]:
        """Return queued tasks that are due and not sent lately, most urgent first."""
        with self._database.reading() as connection:
            return advance.find_tasks_to_send(
                connection, resend_seconds=resend_seconds, limit=limit, queue=queue
            )

    def levels(self) -> dict[Queue, list[int]]:
        """Return the queues that hold tasks, and their priorities, highest first."""
        with self._database.reading() as connection:
            return turns.find_levels(connection)

    def turns(
        self,
        levels: Mapping[Queue, Collection[int]],
        *,
        room: Mapping[Queue, int],
        waiting: Collection[str],
        resend_seconds: float,
        limit_of: Callable[[str], int | None] = lambda _: None,
    ) -> dict[Queue, list[Turn]]:
        """Return which tasks are next in each queue: see `farm.jobs.turns`."""
        with self._database.reading() as connection:
            return turns.find_turns(
                connection,
                levels,
                room=room,
                waiting=waiting,
                resend_seconds=resend_seconds,
                limit_of=limit_of,
            )

    def tasks_by_id(self, task_ids: Collection[str]) -> dict[TaskId, Task]:
        """Return the tasks with these ids that are queued."""
        with self._database.reading() as connection:
            return advance.find_queued(connection, task_ids)

    def mark_sent(self, task_ids: Iterable[str]) -> None:
        """Note that tasks were sent to the broker."""
        sent = list(task_ids)
        if not sent:
            return
        with self._database.writing() as connection:
            advance.mark_sent(connection, sent)

    def requeue_stalled(self) -> list[TaskId]:
        """Take back tasks whose lease is over: queued again, failed or cancelled."""
        with self._database.reading() as connection:
            found = stalled.find_jobs_with_stalled_tasks(connection)
        if not found:
            return []
        with self._database.writing() as connection:
            return stalled.requeue_stalled(connection, found)

    def lead(self, holder: str, *, lease_seconds: float, name: str) -> bool:
        """Take a work that one process shall do, or keep it; ``False``: another has it.

        It is free when its lease is over.
        """
        with self._database.reading() as connection:
            if not leaders.may_lead(connection, name, holder=holder):
                return False  # who waits keeps no writer waiting
        with self._database.writing() as connection:
            return leaders.lead(
                connection, name, holder=holder, lease_seconds=lease_seconds
            )

    def stop_leading(self, holder: str, *, name: str) -> None:
        """Let another process take a work at once."""
        with self._database.writing() as connection:
            leaders.stop_leading(connection, name, holder=holder)

    def leader(self, name: str) -> str | None:
        """Return who does a work, as far as is known."""
        with self._database.reading() as connection:
            return leaders.find_leader(connection, name)

    def complete_job(
        self, job_id: str, *, result: Callable[[float], JsonValue]
    ) -> bool:
        """Complete a job whose tasks are all completed; return whether it was done.

        Its result is made of the time by the database's clock.
        """
        with self._database.writing() as connection:
            return settle.complete_job(connection, job_id, result=result)

    def fail_job(self, job_id: str, error: FarmError) -> bool:
        """Fail a job that has not ended; return whether it was done."""
        with self._database.writing() as connection:
            return settle.fail_job(connection, job_id, error)

    def cancel_job(self, job_id: str) -> Job:
        """Cancel a job that has not ended; `NotAllowed` for one that has."""
        with self._database.writing() as connection:
            return settle.cancel_job(connection, job_id)

    def pause_job(self, job_id: str) -> Job:
        """Start no more tasks of a job; `NotAllowed` for one that has ended."""
        with self._database.writing() as connection:
            return settle.pause_job(connection, job_id)

    def resume_job(self, job_id: str) -> Job:
        """Let a paused job go on; `NotAllowed` for one that is not paused."""
        with self._database.writing() as connection:
            return settle.resume_job(connection, job_id)

    def retry_job(self, job_id: str) -> Job:
        """Queue a failed or cancelled job again; its completed tasks stay."""
        with self._database.writing() as connection:
            retried = settle.retry_job(
                connection, job_id, attempts_allowed=self._max_attempts
            )
            reopen(connection, retried.id)
            return retried

    # --- GPUs

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

    # --- workers

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
        with self._database.writing() as connection:
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
        with self._database.writing() as connection:
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
        with self._database.writing() as connection:
            return claims.complete_task(
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
            return claims.fail_task(
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
            return claims.release_task(
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
        with self._database.writing() as connection:
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
