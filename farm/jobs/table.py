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
    schema,
)
from farm.jobs.alerts import AlertLog
from farm.jobs.artifacts import ArtifactIndex
from farm.jobs.clock import read_clock
from farm.jobs.database import Database
from farm.jobs.keeping import Keeping
from farm.jobs.outbox import Outbox
from farm.jobs.records import Beat
from farm.jobs.sums import EventSums
from farm.jobs.webhooks import Webhooks

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Self

    from farm.jobs.backup import Backup

from farm.jobs.acts.coordinating import Coordinating
from farm.jobs.acts.on_gpus import OnGpus
from farm.jobs.acts.reading import Reading
from farm.jobs.acts.submitting import Submitting
from farm.jobs.acts.working import Working

__all__ = ["Beat", "JobTable"]


class JobTable(Submitting, Reading, Coordinating, OnGpus, Working):
    """The job table; safe for threads, and for processes that are forked."""

    def __init__(self, database: Database, *, max_attempts: int) -> None:
        super().__init__(database, max_attempts=max_attempts)
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
