"""Write jobs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from farm.jobs import (
    submit,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from farm.errors import FarmError
    from farm.jobs.records import (
        Job,
        NewJob,
        NewTask,
    )

from farm.jobs.acts.acts import Acts


class Submitting(Acts):
    """Write jobs."""

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
