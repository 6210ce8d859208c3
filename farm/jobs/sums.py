"""The sums of what happened, as those see them who tell metrics."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from farm.jobs import history, totals
from farm.jobs.clock import read_clock
from farm.metrics.catalog.jobs import RECENT_SECONDS

if TYPE_CHECKING:
    from farm.jobs.batch import Key
    from farm.jobs.database import Database
    from farm.jobs.history import Run


@dataclass(frozen=True, slots=True, kw_only=True)
class Sums:
    """What events told, all of one moment."""

    at: float
    """The database's time, in seconds since 1970."""
    totals: dict[Key, float]
    queues: dict[str, tuple[int, float]]
    """Of each queue that holds tasks: how many, and since when the oldest waits."""
    recent: dict[str, int]
    """Attempts that ended in the last 15 minutes, by outcome."""
    behind: int
    """Events that are not in the sums."""


class EventSums:
    """Adds up events, and reads the sums; safe for threads and processes."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add_up(self) -> None:
        """Add all events to the sums that are not in them."""
        while self._has_more():
            with self._database.writing() as connection:
                if not totals.add_up(connection):
                    return

    def read(self) -> Sums:
        """Return the sums."""
        with self._database.reading() as connection:
            return Sums(
                at=read_clock(connection),
                totals=totals.read_totals(connection),
                queues=totals.read_queues(connection),
                recent=totals.read_recent(connection, last_seconds=RECENT_SECONDS),
                behind=totals.count_behind(connection),
            )

    def runs(self, *, kind: str, preset: str, limit: int) -> list[Run]:
        """Return how long the last jobs like this took, newest first."""
        with self._database.reading() as connection:
            return history.find_runs(connection, kind=kind, preset=preset, limit=limit)

    def kinds_of_runs(self) -> list[tuple[str, str, int]]:
        """Return kinds and presets of completed jobs, and how many there were."""
        with self._database.reading() as connection:
            return history.count_runs(connection)

    def preset_of(self, job_id: str) -> str:
        """Return the preset that a job names, or the suffix of its output."""
        with self._database.reading() as connection:
            return history.find_preset_of(connection, job_id)

    @property
    def connections(self) -> dict[str, int]:
        """How many connections of this process are in use, and how many idle."""
        return self._database.connections

    def _has_more(self) -> bool:
        with self._database.reading() as connection:
            return totals.has_new_events(connection)
