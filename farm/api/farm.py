"""A farm: submit jobs to it, and find them again."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Self

from farm.api.batch import run_batch
from farm.api.batch_list import add_webhook, read_batch
from farm.api.batch_trial import check_lines
from farm.api.cache import Cache
from farm.api.clips import Clips
from farm.api.facts import Facts
from farm.api.fetching import Fetches
from farm.api.hardware import Hardware, read_hardware
from farm.api.job import Job
from farm.api.monitor import Monitor
from farm.api.movies import Movies
from farm.api.output import absolute
from farm.api.pictures import Pictures
from farm.api.previews import Previews
from farm.api.sounds import Sounds
from farm.errors import FarmUnavailable, InvalidOption
from farm.jobs.bounds import check_number
from farm.settings import Settings

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator
    from types import TracebackType

    from farm.api.batch import BatchEntry
    from farm.api.batch_list import BatchLine
    from farm.jobs.backup import Backup
    from farm.jobs.records import Worker
    from farm.jobs.status import JobStatus


class Farm(Movies, Clips, Pictures, Previews, Sounds, Facts, Fetches, Monitor):
    """A farm: the one that is configured or running, else a private one.

    A private farm starts when the first job needs workers, and ends with `close`.
    """

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

    def jobs(
        self,
        *,
        status: JobStatus | None = None,
        limit: int = 50,
        owner: str | None = None,
        project: str | None = None,
    ) -> list[Job]:
        """Return jobs, newest first, at most so many.

        Raises:
            InvalidOption: when the limit is less than 0, or no table can hold it.
        """
        check_number("limit", limit)
        rows = self._table.jobs(
            status=status, limit=limit, owner=owner, project=project
        )
        return [Job(row, table=self._table, host=self._host) for row in rows]

    def job(self, job_id: str) -> Job:
        """Return a job by its id, or by how its id starts."""
        row = self._table.job(job_id)
        return Job(row, table=self._table, host=self._host)

    def batch(
        self,
        lines: str | os.PathLike[str] | list[BatchLine],
        *,
        at_once: int = 8,
        webhook: str | None = None,
    ) -> Iterator[BatchEntry]:
        """Do the jobs of a list, so many at once; yield each as it ends.

        Run again, a list does only what is not done: see `farm.api.batch`.
        A `webhook` hears of each job whose line names no other.
        """
        listed = lines if isinstance(lines, list) else read_batch(Path(lines))
        listed = add_webhook(listed, webhook)
        if at_once < 1:
            raise InvalidOption("at least one job must be done at once")
        check_lines(self.settings, listed)
        for entry, _ in run_batch(self, listed, at_once=at_once):
            if entry is not None:
                yield entry

    @cached_property
    def cache(self) -> Cache:
        """Finished work that is used again."""
        return Cache(self.settings, lambda: self._table.artifacts)

    def hwaccel(self, *, prove: bool = True) -> Hardware:
        """Return what FFmpeg has on this machine, and which hardware encodes.

        Workers on other machines may have another FFmpeg and other hardware.

        Args:
            prove: encode a little with every hardware encoder, on every device.

        Raises:
            InvalidSettings: when there is no FFmpeg.
        """
        return read_hardware(self.settings, prove=prove)

    def backup(self, path: str | os.PathLike[str]) -> Backup:
        """Write the job table into a file while the farm runs; files are not in it.

        Raises:
            BackupFailed: when the file cannot be written.
        """
        return self._table.back_up(absolute(path))

    def workers(self) -> list[Worker]:
        """Return the workers that the farm knows."""
        return self._table.workers()

    def drain(self, worker: str) -> list[str]:
        """Let a worker finish what it does, and end; return the names of its lanes.

        Args:
            worker: its name, the beginning of it, or its host where there is one.

        Raises:
            NotAllowed: when no worker, or more than one, is called so.
        """
        return self._table.drain_worker(worker)
