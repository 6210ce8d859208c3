"""Case h: how many workers one coordinator keeps busy.

Workers wait instead of encoding (`benchmarks.crowd`); all else is real.
"""

from __future__ import annotations

import json
import signal
import sys
import time
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from benchmarks.figures import Case, Figure
from benchmarks.parts import Parts, new_tasks, postgres_url, wait_until
from benchmarks.processes import cpu_seconds
from farm.jobs.records import NewJob
from farm.jobs.status import JobKind

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator
    from pathlib import Path

_LEAST_BUSY = 95.0
_PROCESSES = 2
"""Processes that the waiting workers are threads of."""
_SETTLE_SECONDS = 8.0
"""What is seen of the start: all claim at once then, which no farm does."""
_TASKS_OF_A_JOB = 100
_WHAT = (
    "Workers of one slot that wait {wait:g} s with each task, as long as a segment "
    "takes here; table, broker, claims, reports and coordinator are real, and all run "
    "on the same two cores. Jobs of {tasks} tasks; busy is the part of the time in "
    "which workers had a task, over {seconds:g} s."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CoordinatingCase:
    """Lets crowds of several sizes work for a while."""

    folder: Path
    sizes: tuple[int, ...]
    wait_seconds: float
    seconds: float

    def measure(self) -> Case:
        """Measure each size on each database."""
        figures: list[Figure] = []
        left_out = []
        for database in ("SQLite", "PostgreSQL"):
            for size in self.sizes:
                with ExitStack() as stack:
                    url = None
                    if database == "PostgreSQL":
                        url = stack.enter_context(postgres_url())
                        if url is None:
                            left_out.append("PostgreSQL is not installed")
                            break
                    folder = self.folder / f"{database}-{size}"
                    parts = stack.enter_context(Parts.start(folder, database_url=url))
                    figures += self._measure(parts, database, size)
        return Case(
            name="coordinating",
            what=_WHAT.format(
                wait=self.wait_seconds, tasks=_TASKS_OF_A_JOB, seconds=self.seconds
            ),
            figures=tuple(figures),
            details={"left_out": [*left_out]},
        )

    def _measure(self, parts: Parts, database: str, size: int) -> Iterator[Figure]:
        whole = _SETTLE_SECONDS + self.seconds
        needed = round(1.3 * size * (whole / self.wait_seconds + 2))
        with parts.table() as table:
            for _ in range(1 + needed // _TASKS_OF_A_JOB):
                table.add_job(
                    NewJob(kind=JobKind.RENDER, spec={}), new_tasks(_TASKS_OF_A_JOB)
                )
        coordinator = parts.start_coordinator()
        crowds = [self._start_crowd(parts, size, each) for each in range(_PROCESSES)]
        with parts.table() as table:
            wait_until(lambda: len(table.workers()) == size, seconds=120)
        time.sleep(_SETTLE_SECONDS)
        before, start = cpu_seconds(coordinator.pid), time.time()
        time.sleep(self.seconds)
        end = time.time()
        cpu = 100 * (cpu_seconds(coordinator.pid) - before) / (end - start)
        told = [_end_crowd(parts, each) for each in crowds]
        spans = [span for each in told for span in each["spans"]]
        assert not sum(each["errors"] for each in told)
        busy = sum(max(0.0, min(e, end) - max(s, start)) for s, e in spans)
        share = 100 * busy / (size * (end - start))
        rate = sum(start <= e < end for _, e in spans) / (end - start)
        print(f"  {database}, {size} workers: {share:.1f} % busy", flush=True)
        most = size == max(self.sizes)
        yield Figure(
            name=f"{database}, {size} workers busy",
            unit="%",
            values=(share,),
            least=_LEAST_BUSY if most else None,
        )
        yield Figure(name="  tasks", unit="/s", values=(rate,))
        yield Figure(name="  coordinator, of a core", unit="%", values=(cpu,))

    def _start_crowd(
        self, parts: Parts, size: int, number: int
    ) -> subprocess.Popen[bytes]:
        count = size // _PROCESSES
        return parts.run(
            *(sys.executable, "-m", "benchmarks.crowd"),
            *(str(number * count), str(count), str(self.wait_seconds)),
            name=f"crowd-{number}",
        )


def _end_crowd(parts: Parts, crowd: subprocess.Popen[bytes]) -> Any:  # noqa: ANN401  # JSON
    crowd.send_signal(signal.SIGTERM)
    crowd.wait(60)
    parts.running.remove(crowd)
    return json.loads(parts.outputs[crowd.pid].read_text("utf-8"))
