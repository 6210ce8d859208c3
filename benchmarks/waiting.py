"""Case 9: what a person waits for: one picture, the same again, and many at once."""

from __future__ import annotations

import subprocess
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from statistics import quantiles
from typing import TYPE_CHECKING

from benchmarks.figures import Case, Figure
from benchmarks.machine import CORES
from farm import Farm

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from benchmarks.media import Edit

_WIDTH, _SUBMITTERS, _RENDERS = 320, 8, 4
_TIMES, _STEP = 480, 0.0417  # seconds, longer than a frame of 30 a second
_MOST_LATER, _MOST_LATER_P95, _MOST_AGAIN, _MOST_START = 25.0, 60.0, 20.0, 300.0
_LEAST_PACE = 0.8
_WHAT = (
    "One picture of a clip on a farm of {cores} CPU slots that is up, against one bare "
    "FFmpeg call; the same picture again; {jobs} pictures from {submitters} submitters "
    "against {cores} bare loops; and a picture while {renders} renders run."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingCase:
    """Asks for pictures as people do."""

    edit: Edit
    ffmpeg: Path
    folder: Path
    pictures: int
    """Asked for one after the other."""
    jobs: int
    """Asked for at once."""

    def measure(self) -> Case:
        """Measure all of it, the one and the other in turn."""
        bare: list[float] = []
        new: list[float] = []
        again: list[float] = []
        with Farm.local(self.folder / "waiting", cpu_slots=CORES) as farm:
            self._ask(farm, 0)  # the farm is up, the facts are known
            for number in range(1, self.pictures + 1):
                bare.append(_clock(lambda n=number: self._bare(n, "bare.jpg")))  # type: ignore[misc]
                new.append(_clock(lambda n=number: self._ask(farm, n)))  # type: ignore[misc]
                again.append(_clock(lambda n=number: self._ask(farm, n)))  # type: ignore[misc]
            pace = self._pace(farm)
            starts = self._starts(farm)
        later = [ours - theirs for ours, theirs in zip(new, bare, strict=True)]
        return Case(
            name="waiting",
            what=_WHAT.format(
                cores=CORES, jobs=self.jobs, submitters=_SUBMITTERS, renders=_RENDERS
            ),
            figures=(
                Figure(name="a picture, bare", unit="ms", values=tuple(bare)),
                Figure(name="a picture, ours", unit="ms", values=tuple(new)),
                Figure(
                    name="  later by", unit="ms", values=tuple(later), most=_MOST_LATER
                ),
                Figure(
                    name="  95th percentile of both, later by",
                    unit="ms",
                    values=(_p95(new) - _p95(bare),),
                    most=_MOST_LATER_P95,
                ),
                Figure(
                    name="the same again",
                    unit="ms",
                    values=tuple(again),
                    most=_MOST_AGAIN,
                ),
                Figure(
                    name="jobs a second, of bare loops",
                    unit="×",
                    values=(pace,),
                    least=_LEAST_PACE,
                ),
                Figure(
                    name="until it starts, beside renders",
                    unit="ms",
                    values=tuple(starts),
                    most=_MOST_START,
                ),
            ),
            details={"pictures": self.pictures, "jobs": self.jobs},
        )

    def _time(self, number: int) -> str:
        """Return a time of the clip: that of another frame for the next number."""
        return f"{0.5 + number % _TIMES * _STEP:.4f}"

    def _width(self, number: int) -> int:
        """Return a width, so that no two numbers ask for the same picture."""
        return _WIDTH + 2 * (number // _TIMES)

    def _ask(self, farm: Farm, number: int, name: str = "ours.jpg") -> None:
        job = farm.frame(
            self.edit.clips[0],
            self.folder / name,
            at=self._time(number),
            width=self._width(number),
            priority=6,
        )
        job.result(timeout=120)

    def _bare(self, number: int, name: str) -> None:
        subprocess.run(
            [
                *(str(self.ffmpeg), "-nostdin", "-loglevel", "error", "-y"),
                *("-ss", self._time(number), "-i", str(self.edit.clips[0])),
                *(
                    "-frames:v",
                    "1",
                    "-vf",
                    f"scale={self._width(number)}:-2",
                    "-update",
                    "1",
                ),
                str(self.folder / name),
            ],
            check=True,
        )

    def _pace(self, farm: Farm) -> float:
        """Return jobs a second from many submitters, of those of bare loops."""
        numbers = range(self.pictures + 1, self.pictures + 1 + self.jobs)
        with ThreadPoolExecutor(CORES) as loops:
            start = time.monotonic()
            list(loops.map(lambda n: self._bare(n, f"bare-{n % CORES}.jpg"), numbers))
            bare = time.monotonic() - start
        local = threading.local()

        def ask(number: int) -> None:
            if not hasattr(local, "farm"):
                local.farm = Farm.connect(storage=farm.settings.storage_folder)
            self._ask(local.farm, number, f"many-{number}.jpg")

        with ThreadPoolExecutor(_SUBMITTERS) as submitters:
            start = time.monotonic()
            list(submitters.map(ask, numbers))
            ours = time.monotonic() - start
        made = sum((self.folder / f"many-{n}.jpg").stat().st_size > 0 for n in numbers)
        assert made == self.jobs
        print(
            f"  {self.jobs} pictures: bare {bare:.1f} s, ours {ours:.1f} s", flush=True
        )
        return bare / ours

    def _starts(self, farm: Farm) -> list[float]:
        """Return how long pictures waited for a slot while renders ran."""
        renders = [
            farm.render(
                self.edit.document(),
                self.folder / f"beside-{number}.mp4",
                use_cache=False,
                smart="off",
            )
            for number in range(_RENDERS)
        ]
        while not any(
            task.kind == "segment" and task.started for task in renders[0].tasks()
        ):
            time.sleep(0.1)
        waited = []
        first = self.pictures + self.jobs + 1
        for number in range(first, first + 10):
            job = farm.frame(
                self.edit.clips[0],
                self.folder / "beside.jpg",
                at=self._time(number),
                width=self._width(number),
            )
            job.result(timeout=120)
            (task,) = [task for task in job.tasks() if task.name == "output"]
            waited.append(1000 * ((task.started or 0.0) - job.row.created))
            time.sleep(0.5)
        for render in renders:
            if not render.status.is_final:
                render.cancel()
        return waited


def _clock(act: Callable[[], None]) -> float:
    start = time.monotonic()
    act()
    return 1000 * (time.monotonic() - start)


def _p95(values: list[float]) -> float:
    return quantiles(values, n=20)[-1]
