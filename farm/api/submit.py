"""Write a job with its first tasks, and see that there are workers for it."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from pydantic import ValidationError

from farm.api.host import Host
from farm.api.job import Job
from farm.api.output import absolute, check_sources
from farm.api.source import sources_of
from farm.errors import InvalidJob, InvalidOption
from farm.jobs.table import JobTable
from farm.plan.jobs import first_tasks

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pydantic import JsonValue

    from farm.jobs.records import NewJob
    from farm.settings import Settings
    from farm.timeline.load import Loaded


class Submitter:
    """What the methods that submit jobs share; `farm.api.Farm` has them all."""

    def __init__(self, settings: Settings, *, may_start: bool = True) -> None:
        self._host = Host(settings, may_start=may_start)
        self.settings = self._host.settings

    def _submit_timeline(
        self,
        new: NewJob,
        options: Mapping[str, JsonValue],
        *,
        read: Callable[[], Loaded],
    ) -> Job:
        """Read the timeline and submit; one that cannot be read is a failed job."""
        try:
            loaded = read()
        except InvalidJob as error:
            return self._refuse(new, error)
        if new.output is not None:
            check_sources(absolute(new.output), sources_of(loaded.timeline))
        spec: dict[str, JsonValue] = {
            **options,
            "timeline": loaded.timeline.model_dump(mode="json"),
            "output": new.output,
        }
        return self._submit(replace(new, spec=spec), warnings=loaded.warnings)

    def _submit(self, new: NewJob, *, warnings: tuple[str, ...] = ()) -> Job:
        """Write a job with its first tasks; one that is refused as failed."""
        try:
            first = first_tasks(new.kind, new.spec, settings=self.settings)
        except ValidationError as error:
            raise _wrong_option(error) from error
        except InvalidOption:  # wrong usage: there is no job
            raise
        except InvalidJob as error:
            return self._refuse(new, error)
        row = self._table.add_job(
            new,
            first.tasks,
            planned=first.planned,
            warnings=warnings,
        )
        job = Job(row, table=self._table, host=self._host)
        if not row.status.is_final:
            self._start(job)
        return job

    def _start(self, job: Job) -> None:
        """See that there are workers; take the job back where none can be started."""
        try:
            self._host.ensure_running()
            self._host.tell(job.id)
        except BaseException:  # Ctrl-C in the middle of it, too
            job.cancel()
            raise

    def _refuse(self, new: NewJob, error: InvalidJob) -> Job:
        row = self._table.add_failed_job(new, error)
        return Job(row, table=self._table, host=self._host)

    @cached_property
    def _table(self) -> JobTable:
        return JobTable.open(
            self.settings.database, max_attempts=self.settings.max_attempts
        )


def _wrong_option(error: ValidationError) -> InvalidOption:
    first = error.errors()[0]
    name = ".".join(str(part) for part in first["loc"])
    return InvalidOption(f"the option {name} cannot be used: {first['msg']}")
