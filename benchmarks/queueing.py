"""Case f: tasks that do nothing, through the farm, bare Celery and RQ.

All use two processes that work, and one Valkey of the same version and settings.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles
from typing import TYPE_CHECKING

from benchmarks.figures import Case, Figure
from benchmarks.machine import CORES
from benchmarks.parts import DATABASES, Parts, new_tasks, postgres_url
from benchmarks.peers.found import PEERS, python_with
from farm.jobs.records import NewJob
from farm.jobs.status import JobKind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from farm.jobs.records import JobId
    from farm.jobs.table import JobTable
    from farm.live import Live

_LEAST_PACE, _MOST_LATER_MS = 0.5, 8.0
_PAUSE_SECONDS = 0.02
_GIVE_UP_SECONDS = 300.0
_WHAT = (
    "{many} tasks that do nothing, and {few} one after the other, through the farm "
    "(submit, table, broker, claim, report, publish) with two slots, on each database; "
    "in turn with Celery and its Redis result backend, and with RQ: two processes each."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Round:
    """What one round of one system took, in seconds."""

    asked: float
    """Until all were asked for."""
    done: float
    """Until all were known to be done."""
    singles: tuple[float, ...]
    """One by one, from asking until its result is here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueCase:
    """Sends tasks that do nothing through several systems, in turn."""

    folder: Path
    many: int
    few: int

    def measure(self, *, rounds: int) -> Case:
        """Measure each in turn, so many times."""
        with ExitStack() as stack:
            systems = self._systems(stack)
            took: dict[str, list[_Round]] = {name: [] for name in systems}
            for _ in range(rounds):
                for name, run in systems.items():
                    took[name].append(run())
                    rate = self.many / took[name][-1].done
                    print(f"  {name:28} {rate:7.0f}/s", flush=True)
        return Case(
            name="queue",
            what=_WHAT.format(many=self.many, few=self.few),
            figures=tuple(self._figures(took)),
            details={"left_out": [*self._left_out(took)]},
        )

    def _systems(self, stack: ExitStack) -> dict[str, Callable[[], _Round]]:
        """Start all systems; all wait but the one that is measured."""
        systems: dict[str, Callable[[], _Round]] = {
            "Celery": stack.enter_context(_celery(self, self.folder / "celery"))
        }
        if python_with("rq"):
            systems["RQ"] = stack.enter_context(_rq(self, self.folder / "rq"))
        urls = {"SQLite": None, "PostgreSQL": stack.enter_context(postgres_url())}
        for database, url in urls.items():
            if url is None and database != "SQLite":
                continue
            parts = stack.enter_context(
                Parts.start(self.folder / database, database_url=url, cpu_slots=CORES)
            )
            parts.start_coordinator()
            parts.start_worker("benchmarks.noop_worker")
            table = stack.enter_context(parts.table())
            live = stack.enter_context(parts.live())
            farm = _Farm(table=table, live=live, case=self)
            systems[f"tasks of a job, {database}"] = farm.run_tasks
            systems[f"jobs of a task, {database}"] = farm.run_jobs
        return systems

    def _figures(self, took: dict[str, list[_Round]]) -> Iterator[Figure]:
        for name, rounds in took.items():
            yield self._rate(f"{name}, asked for", [each.asked for each in rounds])
            yield self._rate(f"{name}, done", [each.done for each in rounds])
        bare = took["Celery"]
        for name, rounds in took.items():
            if name in {"Celery", "RQ"}:
                continue
            yield Figure(
                name=f"{name}, done, of Celery's rate",
                unit="×",
                values=tuple(
                    b.done / r.done for b, r in zip(bare, rounds, strict=True)
                ),
                least=_LEAST_PACE,
            )
        for name, rounds in took.items():
            if not rounds[0].singles:
                continue
            yield Figure(name=f"{name}, one, p50", unit="ms", values=_p50(rounds))
            yield Figure(
                name=f"{name}, one, p95",
                unit="ms",
                values=tuple(
                    1000 * quantiles(each.singles, n=20)[-1] for each in rounds
                ),
            )
        for database in DATABASES:
            if rounds := took.get(f"jobs of a task, {database}"):
                yield Figure(
                    name=f"{database}, p50 later than Celery's",
                    unit="ms",
                    values=tuple(
                        ours - theirs
                        for ours, theirs in zip(_p50(rounds), _p50(bare), strict=True)
                    ),
                    most=_MOST_LATER_MS,
                )

    def _rate(self, name: str, seconds: list[float]) -> Figure:
        values = tuple(self.many / each for each in seconds)
        return Figure(name=name, unit="/s", values=values)

    def _left_out(self, took: dict[str, list[_Round]]) -> Iterator[str]:
        if "RQ" not in took:
            yield "RQ is not installed: make peers"
        if "jobs of a task, PostgreSQL" not in took:
            yield "PostgreSQL is not installed"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Farm:
    """A farm of two slots that is up."""

    table: JobTable
    live: Live
    case: QueueCase

    def run_tasks(self) -> _Round:
        """Submit one job of many tasks."""
        start = time.monotonic()
        job_id = self._submit(self.case.many)
        asked = time.monotonic() - start
        self._wait(job_id)
        return _Round(asked=asked, done=time.monotonic() - start, singles=())

    def run_jobs(self) -> _Round:
        """Submit many jobs of one task, and some one after the other."""
        self._wait(self._submit(1))
        start = time.monotonic()
        jobs = [self._submit(1) for _ in range(self.case.many)]
        asked = time.monotonic() - start
        for job_id in jobs:
            self._wait(job_id)
        done = time.monotonic() - start
        return _Round(
            asked=asked,
            done=done,
            singles=_one_by_one(self.case.few, lambda: self._wait(self._submit(1))),
        )

    def _submit(self, count: int) -> JobId:
        job = self.table.add_job(NewJob(kind=JobKind.RENDER, spec={}), new_tasks(count))
        self.live.notify(job.id)
        return job.id

    def _wait(self, job_id: JobId) -> None:
        end = time.monotonic() + _GIVE_UP_SECONDS
        while not self.table.job(job_id).status.is_final:
            assert time.monotonic() < end, "a job did not end"
            self.live.wait_ended(job_id, seconds=1.0)
        assert self.table.job(job_id).result is not None


@contextmanager
def _celery(case: QueueCase, folder: Path) -> Iterator[Callable[[], _Round]]:
    """Run bare Celery with two processes."""
    with Parts.start(folder, database_url=None) as parts:
        os.environ["BENCH_BROKER"] = str(parts.settings.broker_url)
        parts.run(
            *(sys.executable, "-m", "celery", "-A", "benchmarks.peers.celery_app"),
            *("worker", "--concurrency", str(CORES), "--loglevel", "error"),
        )
        from benchmarks.peers.celery_app import app, nothing

        def run() -> _Round:
            nothing.delay(0).get(timeout=60)
            start = time.monotonic()
            results = [nothing.delay(number) for number in range(case.many)]
            asked = time.monotonic() - start
            for result in results:
                result.get(timeout=_GIVE_UP_SECONDS)
            done = time.monotonic() - start
            singles = _one_by_one(case.few, lambda: nothing.delay(1).get(timeout=60))
            return _Round(asked=asked, done=done, singles=singles)

        run_once = nothing.delay(0)
        run_once.get(timeout=60)
        yield run
        app.close()


@contextmanager
def _rq(case: QueueCase, folder: Path) -> Iterator[Callable[[], _Round]]:
    """Run two workers of RQ, as they are: each forks for each task."""
    python = python_with("rq")
    with Parts.start(folder, database_url=None) as parts:
        url = str(parts.settings.broker_url)
        for _ in range(CORES):
            parts.run(
                *(str(Path(str(python)).parent / "rq"), "worker", "--quiet"),
                *("--url", url, "--path", str(PEERS)),
            )

        def run() -> _Round:
            done = subprocess.run(
                [
                    *(str(python), str(PEERS / "rq_task.py")),
                    *(str(case.many), str(case.few)),
                ],
                env={**os.environ, "BENCH_BROKER": url},
                capture_output=True,
                text=True,
                check=True,
                timeout=_GIVE_UP_SECONDS,
            )
            told = json.loads(done.stdout)
            return _Round(
                asked=told["asked"],
                done=told["done"],
                singles=tuple(told["singles"]),
            )

        yield run


def _one_by_one(few: int, act: Callable[[], object]) -> tuple[float, ...]:
    """Return how long each of some acts took, with pauses between them."""
    took = []
    for _ in range(few):
        start = time.monotonic()
        act()
        took.append(time.monotonic() - start)
        time.sleep(_PAUSE_SECONDS)
    return tuple(took)


def _p50(rounds: list[_Round]) -> tuple[float, ...]:
    return tuple(1000 * median(each.singles) for each in rounds)
