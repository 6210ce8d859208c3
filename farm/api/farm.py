"""A farm: submit jobs to it, and find them again."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Self

from pydantic import ValidationError

from farm.api.cache import Cache
from farm.api.host import Host
from farm.api.job import Job
from farm.api.output import absolute, check_output, check_sources
from farm.api.source import read_timeline, read_timeline_or_media, sources_of
from farm.api.times import read_range, read_time
from farm.errors import FarmUnavailable, InvalidJob, InvalidOption
from farm.jobs.records import NewJob
from farm.jobs.status import JobKind
from farm.jobs.table import JobTable
from farm.plan.jobs import first_tasks
from farm.settings import Settings

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Mapping
    from types import TracebackType

    from pydantic import JsonValue

    from farm.api.source import Source
    from farm.api.times import RangeLike, TimeLike
    from farm.jobs.records import Worker
    from farm.jobs.status import JobStatus
    from farm.timeline.load import Loaded


class Farm:
    """A farm: the one that is configured or running, else a private one.

    A private farm starts when the first job needs workers, and ends with `close`.
    """

    def __init__(self, settings: Settings, *, may_start: bool = True) -> None:
        self._host = Host(settings, may_start=may_start)
        self.settings = self._host.settings

    @classmethod
    def local(
        cls,
        root: str | os.PathLike[str] = "farm-data",
        *,
        cpu_slots: int | None = None,
        **settings: object,
    ) -> Self:
        """Open a private farm on this machine, with its files in one folder."""
        slots = {} if cpu_slots is None else {"cpu_slots": cpu_slots}
        own = {"storage": root, "database_url": None, "broker_url": None}
        return cls(Settings.read(**{**own, **slots, **settings}))

    @classmethod
    def connect(cls, **settings: object) -> Self:
        """Use the farm that is configured or running here; start nothing."""
        farm = cls(Settings.read(**settings), may_start=False)
        if not farm.is_running:
            raise FarmUnavailable(
                "no farm is configured and none runs here; start one with `farm up`, "
                "or use Farm.local() for one of your own"
            )
        return farm

    @property
    def is_running(self) -> bool:
        """Whether a farm is configured, or runs on this machine."""
        return self._host.is_running

    def close(self) -> None:
        """Leave the farm; a private one ends."""
        self._host.close()
        if "_table" in self.__dict__:
            self._table.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def render(  # noqa: PLR0913  # as many as the command has options
        self,
        timeline: Source,
        output: str | os.PathLike[str],
        *,
        preset: str | None = None,
        range: RangeLike | None = None,  # noqa: A002  # named as on the command line
        priority: int = 4,
        device: str = "auto",
        segments: str | float = "auto",
        use_cache: bool = True,
        project: str | None = None,
        idempotency_key: str | None = None,
    ) -> Job:
        """Render a timeline, or a range of it, into one file."""
        times = None if range is None else read_range(range)
        options: dict[str, JsonValue] = {
            "preset": preset,
            "range": None if times is None else [str(time) for time in times],
            "device": device,
            "segments": _read_segments(segments),
            "use_cache": use_cache,
        }
        new = NewJob(
            kind=JobKind.RENDER,
            spec=options,
            output=str(check_output(output)),
            priority=priority,
            project=project,
            idempotency_key=idempotency_key,
        )
        return self._submit_timeline(new, options, read=lambda: read_timeline(timeline))

    def frame(
        self,
        source: Source,
        output: str | os.PathLike[str],
        *,
        at: TimeLike,
        width: int | None = None,
        priority: int = 4,
        project: str | None = None,
        idempotency_key: str | None = None,
    ) -> Job:
        """Write the picture that a timeline or a film shows at a time."""
        options: dict[str, JsonValue] = {
            "at": str(read_time(at, name="time")),
            "width": width,
        }
        new = NewJob(
            kind=JobKind.FRAME,
            spec=options,
            output=str(check_output(output)),
            priority=priority,
            project=project,
            idempotency_key=idempotency_key,
        )
        return self._submit_timeline(
            new, options, read=lambda: read_timeline_or_media(source)
        )

    def probe(
        self,
        media: str | os.PathLike[str],
        *,
        priority: int = 4,
        project: str | None = None,
        idempotency_key: str | None = None,
    ) -> Job:
        """Read the facts of a media file."""
        return self._submit(
            NewJob(
                kind=JobKind.PROBE,
                spec={"path": str(absolute(media))},
                priority=priority,
                project=project,
                idempotency_key=idempotency_key,
            )
        )

    def jobs(
        self,
        *,
        status: JobStatus | None = None,
        limit: int = 50,
        project: str | None = None,
    ) -> list[Job]:
        """Return jobs, newest first."""
        rows = self._table.jobs(status=status, limit=limit, project=project)
        return [Job(row, table=self._table, host=self._host) for row in rows]

    def job(self, job_id: str) -> Job:
        """Return a job by its id, or by how its id starts."""
        row = self._table.job(job_id)
        return Job(row, table=self._table, host=self._host)

    @cached_property
    def cache(self) -> Cache:
        """Finished work that is used again."""
        return Cache(self.settings, lambda: self._table.artifacts)

    def workers(self) -> list[Worker]:
        """Return the workers that the farm knows."""
        return self._table.workers()

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
            warnings=(*warnings, *first.warnings),
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


def _read_segments(segments: str | float) -> str:
    if segments in {"auto", "off"}:
        return str(segments)
    seconds = read_time(segments, name="length of segments")
    if not seconds:
        raise InvalidOption("the length of segments must be more than 0 seconds")
    return str(seconds)


def _wrong_option(error: ValidationError) -> InvalidOption:
    first = error.errors()[0]
    name = ".".join(str(part) for part in first["loc"])
    return InvalidOption(f"the option {name} cannot be used: {first['msg']}")
