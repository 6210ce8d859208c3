"""Read jobs, tasks, attempts and events."""

from __future__ import annotations

from typing import TYPE_CHECKING

from farm.jobs import (
    events,
    find,
    totals,
)

if TYPE_CHECKING:
    from collections.abc import Collection

    from pydantic import JsonValue

    from farm.jobs.records import (
        Attempt,
        Event,
        Job,
        JobProgress,
        Task,
    )
    from farm.jobs.status import JobStatus, TaskStatus

from farm.jobs.acts.acts import Acts


class Reading(Acts):
    """Read jobs, tasks, attempts and events."""

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
