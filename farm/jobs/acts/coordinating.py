"""What a coordinator does: send, repair, settle; and what users tell jobs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from farm.jobs import advance, find, leaders, levels, settle, stalled, submit, turns
from farm.jobs.webhooks import reopen

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

    from pydantic import JsonValue

    from farm.errors import FarmError
    from farm.jobs.records import Job, JobId, NewTask, TaskId, Turn
    from farm.jobs.status import Queue

from farm.jobs.acts.acts import Acts


class Coordinating(Acts):
    """What a coordinator does: send, repair, settle; and what users tell jobs."""

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

    def levels(self) -> dict[Queue, list[int]]:
        """Return the queues that hold tasks, and their priorities, highest first."""
        with self._database.reading() as connection:
            return levels.find_levels(connection)

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

    def mark_sent(self, task_ids: Iterable[str]) -> None:
        """Note that tasks were sent to the broker."""
        sent = list(task_ids)
        if not sent:
            return
        with self._database.writing(is_flushed=False) as connection:
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
