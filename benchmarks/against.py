"""A timeline rendered by a farm, in turn with one FFmpeg command that makes the same.

Both are timed, and the memory of both is watched while they run.
"""

from __future__ import annotations

import os
import subprocess
import time
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from benchmarks.bare import Ran
from benchmarks.command import reap
from benchmarks.compare import compare_pictures, count_frames
from benchmarks.figures import Case, Figure, ratio
from benchmarks.machine import CORES
from benchmarks.processes import MemoryWatch, cpu_seconds, parts_of_farm
from farm import Farm

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path
    from typing import Protocol

    from benchmarks.turns import Turns

    class Commands(Protocol):
        """Writes the FFmpeg command in several ways."""

        variants: Sequence[str]

        @property
        def files(self) -> Sequence[Path]:
            """The files that the timeline shows."""

        def document(self) -> dict[str, Any]:
            """Return the timeline."""

        def build(self, output: Path, *, variant: str) -> list[str]:
            """Return the arguments of FFmpeg in one of the ways."""

        def shorter(self) -> Commands:
            """Return a shorter one, to try which way is the fastest."""


_MOST, _MOST_MEMORY = 0.9, 1.0
_LOOK_SECONDS = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class AgainstCase:
    """Renders one timeline both ways."""

    name: str
    what: str
    commands: Commands
    ffmpeg: Path
    folder: Path
    least_psnr: float
    """How alike the pictures must be, in dB."""

    def measure(self, turns: Turns, *, rounds: int) -> Case:
        """Measure both, in turn."""
        memory: dict[str, list[float]] = {"farm": [], "FFmpeg": [], "bare": []}
        bare = self._best_variant(turns)
        with Farm.local(self.folder / self.name, cpu_slots=CORES) as farm:
            for path in self.commands.files:  # the farm is up, the facts are known
                farm.probe(path).result(timeout=60)
            turns.take(
                {
                    f"{self.name}, ours": lambda: self._ours(farm, memory),
                    f"{self.name}, bare": lambda: self._bare(
                        self.commands, bare, memory
                    ),
                },
                rounds=rounds,
            )
        ours_path, bare_path = self._path("ours"), self._path("bare")
        assert count_frames(ours_path) == count_frames(bare_path)
        mean, _ = compare_pictures(self.ffmpeg, ours_path, bare_path)
        ours = turns.seconds(f"{self.name}, ours")
        theirs = turns.seconds(f"{self.name}, bare")
        return Case(
            name=self.name,
            what=self.what,
            figures=(
                Figure(name="ours", unit="s", values=ours),
                Figure(name=f"bare ({bare})", unit="s", values=theirs),
                ratio("ours / bare", ours, theirs, most=_MOST),
                ratio(
                    "ours / bare, processor time",
                    turns.cpu_seconds(f"{self.name}, ours"),
                    turns.cpu_seconds(f"{self.name}, bare"),
                    most=None,
                ),
                _megabytes("memory of the farm with its FFmpeg, PSS", memory["farm"]),
                _megabytes("memory of its FFmpeg alone", memory["FFmpeg"]),
                _megabytes("memory of the bare command", memory["bare"]),
                ratio(
                    "memory, ours / bare",
                    memory["farm"],
                    memory["bare"],
                    most=_MOST_MEMORY,
                ),
                Figure(
                    name="PSNR, ours to bare",
                    unit="dB",
                    values=(mean,),
                    least=self.least_psnr,
                ),
            ),
            details={},
        )

    def _best_variant(self, turns: Turns) -> str:
        """Try each way of writing the bare command on a shorter timeline."""
        if len(self.commands.variants) == 1:
            return self.commands.variants[0]
        shorter = self.commands.shorter()
        seconds = {
            variant: turns.try_once(
                f"try {variant}", partial(self._bare, shorter, variant, None)
            ).seconds
            for variant in self.commands.variants
        }
        return min(seconds, key=seconds.__getitem__)

    def _ours(self, farm: Farm, memory: dict[str, list[float]]) -> Ran:
        before, start = cpu_seconds(os.getpid()), time.monotonic()
        with MemoryWatch(
            roots=parts_of_farm(), with_ffmpeg=True, every_seconds=_LOOK_SECONDS
        ) as watch:
            farm.render(
                self.commands.document(),
                self._path("ours"),
                use_cache=False,
                smart="off",
            ).result(timeout=3600)
        memory["farm"].append(watch.largest_sum)
        memory["FFmpeg"].append(watch.largest_ffmpeg)
        return Ran(
            seconds=time.monotonic() - start,
            cpu_seconds=cpu_seconds(os.getpid()) - before,
        )

    def _bare(
        self,
        commands: Commands,
        variant: str,
        memory: dict[str, list[float]] | None,
    ) -> Ran:
        arguments = commands.build(self._path("bare"), variant=variant)
        start = time.monotonic()
        process = subprocess.Popen(
            [str(self.ffmpeg), "-nostdin", "-loglevel", "error", "-y", *arguments],
            cwd=self.folder,
        )
        with MemoryWatch(
            roots={"bare": process.pid},
            with_ffmpeg=True,
            every_seconds=_LOOK_SECONDS,
        ) as watch:
            spent = reap(process)
        if process.returncode:
            raise subprocess.CalledProcessError(process.returncode, "ffmpeg")
        if memory is not None:
            memory["bare"].append(watch.largest_sum)
        return Ran(seconds=time.monotonic() - start, cpu_seconds=spent)

    def _path(self, which: str) -> Path:
        return self.folder / f"{self.name}-{which}.mp4"


def _megabytes(name: str, values: list[float]) -> Figure:
    return Figure(name=name, unit="MB", values=tuple(values))
