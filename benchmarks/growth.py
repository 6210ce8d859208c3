"""Case g: what many finished jobs change in submitting, listing, claiming and looking.

Tables of several sizes are open at once, and asked in turn.
"""

from __future__ import annotations

import time
from contextlib import ExitStack
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

from sqlalchemy import func, select
from sqlalchemy.sql import text

from benchmarks.figures import Case, Figure
from benchmarks.parts import Parts, postgres_url
from benchmarks.processes import cpu_seconds, memory_of
from farm.jobs.database import Database
from farm.jobs.dialect import insert_or_replace
from farm.jobs.models.sums import totals
from farm.jobs.models.work import events
from farm.jobs.records import NewJob, NewTask
from farm.jobs.status import JobKind, Queue, TaskKind
from tests.integration.jobs.filled import fill

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from farm.jobs.table import JobTable

_ACTS = ("submit", "list", "claim")
_MOST_CHANGE, _MOST_MB = 1.2, 250.0
_WHAT = (
    "Submitting a job, listing the newest 50, and claiming a task, in tables with "
    "{sizes} finished jobs, in turn ({times} times a round, in blocks of {block}); and "
    "a coordinator with nothing to do on each for {seconds:g} s."
)
_BLOCK = 5
_SETTLE_SECONDS = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class GrowthCase:
    """Asks tables of several sizes the same."""

    folder: Path
    sizes: tuple[int, ...]
    times: int
    """How often each is done in a round; the median is that of the round."""
    look_seconds: float
    """How long an idle coordinator is looked at."""

    def measure(self, *, rounds: int) -> Case:
        """Measure on each database."""
        figures: list[Figure] = []
        left_out = []
        for database in ("SQLite", "PostgreSQL"):
            with ExitStack() as stack:
                urls: dict[int, str | None] = dict.fromkeys(self.sizes)
                if database == "PostgreSQL":
                    for size in self.sizes:
                        urls[size] = stack.enter_context(postgres_url())
                    if None in urls.values():
                        left_out.append("PostgreSQL is not installed")
                        continue
                figures += self._measure_on(database, urls, stack, rounds=rounds)
        sizes = ", ".join(f"{size:,}" for size in self.sizes)
        return Case(
            name="growth",
            what=_WHAT.format(
                sizes=sizes, times=self.times, block=_BLOCK, seconds=self.look_seconds
            ),
            figures=tuple(figures),
            details={"left_out": [*left_out]},
        )

    def _measure_on(
        self,
        database: str,
        urls: dict[int, str | None],
        stack: ExitStack,
        *,
        rounds: int,
    ) -> Iterator[Figure]:
        farms = {
            size: stack.enter_context(
                Parts.start(self.folder / f"{database}-{size}", database_url=url)
            )
            for size, url in urls.items()
        }
        for size, parts in farms.items():
            _fill(parts.settings.database, size)
        tables = {
            size: stack.enter_context(parts.table()) for size, parts in farms.items()
        }
        took = self._ask_all(tables, rounds=rounds)
        small, large = self.sizes[0], self.sizes[-1]
        for act in _ACTS:
            for size in self.sizes:
                yield Figure(
                    name=f"{database}, {act}, {size:,} jobs",
                    unit="ms",
                    values=tuple(took[act, size]),
                )
            yield Figure(
                name=f"{database}, {act}, of that with {small:,}",
                unit="×",
                values=tuple(
                    many / few
                    for many, few in zip(
                        took[act, large], took[act, small], strict=True
                    )
                ),
                most=_MOST_CHANGE,
            )
        for size, parts in farms.items():
            yield from self._look_at(parts, f"{database}, {size:,} jobs", size == large)

    def _ask_all(
        self, tables: dict[int, JobTable], *, rounds: int
    ) -> dict[tuple[str, int], list[float]]:
        """Return the median of each act on each table, of each round, in ms."""
        found: dict[tuple[str, int], list[float]] = {
            (act, size): [] for act in _ACTS for size in tables
        }
        for number in range(rounds + 1):
            took: dict[tuple[str, int], list[float]] = {key: [] for key in found}
            for _ in range(self.times // _BLOCK):
                for size, table in tables.items():
                    for _ in range(_BLOCK):
                        for act, seconds in _act_once(table).items():
                            took[act, size].append(1000 * seconds)
            if number:  # the first round only opens and fills what is kept
                for key, each in took.items():
                    found[key].append(median(each))
        return found

    def _look_at(self, parts: Parts, name: str, is_largest: bool) -> Iterator[Figure]:  # noqa: FBT001
        """Look at a coordinator that has nothing to do."""
        with parts.table() as table:  # what was claimed above ends here
            for job in table.jobs(limit=100_000):
                if job.status.is_final:
                    break
                table.cancel_job(job.id)
        coordinator = parts.start_coordinator()
        time.sleep(_SETTLE_SECONDS)
        before, start = cpu_seconds(coordinator.pid), time.monotonic()
        time.sleep(self.look_seconds)
        seconds = time.monotonic() - start
        share = 100 * (cpu_seconds(coordinator.pid) - before) / seconds
        memory = memory_of([coordinator.pid]).rss
        parts.end(coordinator)
        yield Figure(name=f"coordinator, {name}, of a core", unit="%", values=(share,))
        yield Figure(
            name=f"coordinator, {name}, RSS",
            unit="MB",
            values=(memory,),
            most=_MOST_MB if is_largest else None,
        )


def _act_once(table: JobTable) -> dict[str, float]:
    """Do each act once; return how long it took, in seconds."""
    new = NewTask(
        name="output",
        kind=TaskKind.SEGMENT,
        queue=Queue.CPU_BATCH,
        payload={},
        frames=1,
    )
    start = time.perf_counter()
    job = table.add_job(NewJob(kind=JobKind.RENDER, spec={}), [new])
    submitted = time.perf_counter()
    assert table.jobs(limit=50)
    listed = time.perf_counter()
    claim = table.claim(f"{job.id}-1", worker="w", lease_seconds=60)
    claimed = time.perf_counter()
    assert claim is not None
    table.complete(claim.task.id, attempt=claim.attempt, result={"frames": 1})
    return {
        "submit": submitted - start,
        "list": listed - submitted,
        "claim": claimed - listed,
    }


def _fill(url: str, finished: int) -> None:
    """Write finished jobs whose events are in the sums of metrics already."""
    database = Database(url)
    try:
        with database.writing() as connection:
            fill(connection, finished)
            last = connection.execute(select(func.max(events.c.id))).scalar_one()
            seen = {"what": "seen", "kind": "", "queue": "", "detail": ""}
            insert_or_replace(connection, totals, {**seen, "value": float(last)})
        with database.writing() as connection:
            connection.execute(text("ANALYZE"))
    finally:
        database.close()
