"""Write a job with its first tasks, and see that there are workers for it."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from pydantic import TypeAdapter, ValidationError

from farm.api.host import Host
from farm.api.job import Job
from farm.api.known import find_facts, find_key, take_known
from farm.api.output import absolute, check_sources
from farm.api.source import read_timeline_or_media, sources_of
from farm.errors import (
    InputCacheFull,
    InvalidJob,
    InvalidOption,
    MediaForbidden,
    StoreFailed,
)
from farm.jobs.table import JobTable
from farm.kinds.probe import read_source
from farm.kinds.sources import Sources
from farm.plan.device import check_device, wanted_device
from farm.plan.job import Identity, Planned
from farm.plan.jobs import first_tasks, next_tasks
from farm.plan.render_spec import RenderSpec, choose_preset
from farm.timeline.media import MediaFacts

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from pydantic import JsonValue

    from farm.api.source import Source
    from farm.jobs.records import NewJob
    from farm.jobs.status import JobKind
    from farm.plan.jobs import FirstTasks
    from farm.settings import Settings
    from farm.timeline.load import Loaded
    from farm.timeline.relink import MediaRules


_FACTS = TypeAdapter(MediaFacts)
#: Options that the record of what was asked for calls otherwise.
_OPTIONS: Mapping[int | str, str] = {"copied": "copy"}


class Submitter:
    """What the methods that submit jobs share; `farm.api.Farm` has them all."""

    def __init__(self, settings: Settings, *, may_start: bool = True) -> None:
        self._host = Host(settings, may_start=may_start)
        self.settings = self._host.settings

    def _read_source(
        self, source: Source, media: MediaRules, *, partly: bool = False
    ) -> Loaded:
        """Read a timeline; of a film or a picture, make one that shows all of it.

        With `partly`, what there is of a truncated film.
        """
        return read_timeline_or_media(
            source, facts_of=self._facts_of, partly=partly, media=media
        )

    def _facts_of(self, path: Path) -> MediaFacts:
        """Return the facts of a file, as they were kept or read now."""
        sources = Sources.of(self.settings)
        try:
            plain = read_source(
                self._table.artifacts, str(path), identity="none", sources=sources
            )
        except (StoreFailed, InputCacheFull) as error:  # no fault of a worker
            raise MediaForbidden(error.message, path=str(path)) from error
        finally:
            sources.close()
        return _FACTS.validate_python(plain)

    def _submit_timeline(
        self,
        new: NewJob,
        options: Mapping[str, JsonValue],
        *,
        read: Callable[[], Loaded],
    ) -> Job:
        """Read the timeline and submit; one that cannot be read is a failed job."""
        self._check_webhook(new)
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

    def _submit_source(
        self,
        new: NewJob,
        options: Mapping[str, JsonValue],
        source: Source,
        media: MediaRules,
        *,
        partly: bool = False,
    ) -> Job:
        """Read a timeline, a film or a picture and submit (`_read_source`)."""
        return self._submit_timeline(
            new,
            options,
            read=lambda: self._read_source(source, media, partly=partly),
        )

    def _submit(self, new: NewJob, *, warnings: tuple[str, ...] = ()) -> Job:
        """Write a job with its first tasks; one that is refused as failed."""
        new = self._as_its_owner(new)
        self._check_webhook(new)
        try:
            first = self._first_tasks(new)
            self._check_device(new)
        except InvalidOption:  # wrong usage: there is no job
            raise
        except InvalidJob as error:
            return self._refuse(new, error)
        try:
            planned = self._plan_known(new, first)
        except InvalidJob as error:  # as when the coordinator plans it
            return self._refuse(new, error)
        is_known = planned is not None and self._has_result(new.kind, planned)
        row = self._table.add_job(
            new,
            first.tasks if planned is None else planned.tasks,
            planned=first.planned or planned is not None,
            warnings=warnings if planned is None else (*warnings, *planned.warnings),
            most_unfinished=self.settings.limits_of(new.owner).max_jobs,
        )
        job = Job(row, table=self._table, host=self._host)
        if row.status.is_final or (  # its idempotency key was known
            is_known and take_known(row, self._table, self.settings)
        ):
            self._see_told(new)
        else:
            self._start(job)
        return job

    def _first_tasks(self, new: NewJob) -> FirstTasks:
        """Check what was asked for; raise `InvalidJob` when it cannot be done."""
        try:
            return first_tasks(new.kind, new.spec, settings=self.settings)
        except ValidationError as error:
            raise _wrong_option(error) from error

    def _check_device(self, new: NewJob) -> None:
        """Refuse a job that wants a GPU where none is served that is for it."""
        wanted = wanted_device(new.kind, new.spec)
        if wanted == "gpu":
            preset = choose_preset(RenderSpec.model_validate(new.spec), self.settings)
            check_device(wanted, preset, self._table.gpu_offers())

    def _plan_known(self, new: NewJob, first: FirstTasks) -> Planned | None:
        """Plan a small job where the facts of its sources are known; else ``None``."""
        if first.identity is not Identity.STAMP:
            return None
        if first.planned:
            return Planned(tasks=first.tasks)
        facts = find_facts(first.tasks, self._table, self.settings)
        if facts is None:
            return None
        planned = next_tasks(new.kind, new.spec, facts, settings=self.settings)
        return planned if planned.is_all else None  # the next plan needs the facts

    def _has_result(self, kind: JobKind, planned: Planned) -> bool:
        """Whether the cache has the result of a small job; it may go at any moment."""
        key = find_key(kind, planned.tasks, self._table, self.settings)
        return key is not None and self._table.artifacts.has(key)

    def _start(self, job: Job) -> None:
        """See that there are workers; take the job back where none can be started."""
        try:
            self._host.ensure_running()
            self._host.tell(job.id)
        except BaseException:  # Ctrl-C in the middle of it, too
            job.cancel()
            raise

    def _check_webhook(self, new: NewJob) -> None:
        """Raise `InvalidOption` where its URL cannot be told, before there is a job."""
        if new.webhook is not None:
            from farm.monitor.webhook import check_webhook  # most jobs have none

            check_webhook(new.webhook, self.settings)

    def _see_told(self, new: NewJob) -> None:
        """Tell of a job that has ended already, where no farm runs that does it."""
        if new.webhook is None or self._host.is_running:
            return
        from farm.monitor.send import send_news

        send_news(self._table, self.settings)

    def _refuse(self, new: NewJob, error: InvalidJob) -> Job:
        row = self._table.add_failed_job(self._as_its_owner(new), error)
        self._see_told(new)
        return Job(row, table=self._table, host=self._host)

    def _as_its_owner(self, new: NewJob) -> NewJob:
        """Return a job with the owner and project of the settings where it has none."""
        return replace(
            new,
            owner=new.owner or self.settings.owner,
            project=new.project or self.settings.project,
        )

    @cached_property
    def _table(self) -> JobTable:
        return JobTable.open(
            self.settings.database, max_attempts=self.settings.max_attempts
        )


def _wrong_option(error: ValidationError) -> InvalidOption:
    first = error.errors()[0]
    name = ".".join(_OPTIONS.get(part, str(part)) for part in first["loc"])
    why = str(first["msg"]).removeprefix("Value error, ")
    return InvalidOption(f"the option {name} cannot be used: {why}")
