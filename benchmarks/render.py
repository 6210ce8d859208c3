"""Cases 2 and 3: a render against the best single FFmpeg command, and its memory."""

from __future__ import annotations

import os
import shutil
import time
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from benchmarks.bare import VARIANTS, Ran, run_bare
from benchmarks.command import reap, start_command
from benchmarks.compare import compare_pictures, count_frames, count_samples
from benchmarks.figures import Case, Figure, ratio
from benchmarks.machine import CORES
from benchmarks.media import SAMPLE_RATE
from benchmarks.peers.edit import find_peers
from benchmarks.processes import MemoryWatch, cpu_seconds, parts_of_farm
from benchmarks.profile import profile_job
from farm import Farm

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

    from benchmarks.media import Edit
    from benchmarks.turns import Turns
    from farm.api import Job

_MOST = 0.9
_MOST_OF_PEER = {"melt": 0.7, "MoviePy": 0.3}
_MOST_FIXED = 1.0
_LEAST_PSNR = 40.0
_COORDINATOR_MB, _WORKER_MB = 200.0, 150.0
_BLOCK_SAMPLES = 2048
_WHAT = (
    "A {seconds} s {width}x{height} timeline of three clips with two dissolves and "
    "sound, rendered by a farm of two CPU slots that is up, in turn with one FFmpeg "
    "command that makes the same (of the ways to write it, the fastest on this "
    "machine) and with what else is installed that makes it. The fixed cost is the "
    "time from the submit to the first segment and from the last one to the published "
    "file."
)
_WHAT_MEMORY = (
    "Peaks during one such render, sampled five times a second: the coordinator, and "
    "a worker with all its processes but FFmpeg. PSS counts shared pages once."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderCases:
    """Renders one timeline in every way."""

    edit: Edit
    trial: Edit
    """A shorter one, to find the fastest way to write the FFmpeg command."""
    ffmpeg: Path
    folder: Path

    def measure(self, turns: Turns, *, rounds: int, private_rounds: int) -> list[Case]:
        """Measure time and memory."""
        bare = self._best_variant(turns)
        peers = find_peers(self.ffmpeg)
        profiles: list[dict[str, Any]] = []
        with Farm.local(self.folder / "storage", cpu_slots=CORES) as farm:
            farm.probe(self.edit.clips[0]).result(timeout=60)  # the farm is up
            memory = self._measure_memory(farm)
            things = {
                "ours": lambda: self._ours(farm, profiles),
                "bare": lambda: self._bare(self.edit, bare),
            }
            for name, run in peers.items():
                things[name] = partial(run, self.edit, self.folder / f"{name}.mp4")
            turns.take(things, rounds=rounds)
        turns.take({"ours, farm started": self._private}, rounds=private_rounds)
        return [self._time_case(turns, bare, profiles, peers), memory]

    def _time_case(
        self,
        turns: Turns,
        bare: str,
        profiles: list[dict[str, Any]],
        peers: Collection[str],
    ) -> Case:
        ours, theirs = turns.seconds("ours"), turns.seconds("bare")
        private = turns.seconds("ours, farm started")
        mean, least = self._compare()
        return Case(
            name="render",
            what=_WHAT.format(
                seconds=self.edit.seconds,
                width=self.edit.size[0],
                height=self.edit.size[1],
            ),
            figures=(
                Figure(name="ours", unit="s", values=ours),
                Figure(name=f"bare ({bare})", unit="s", values=theirs),
                ratio("ours / bare", ours, theirs, most=_MOST),
                ratio(
                    "ours / bare, processor time",
                    turns.cpu_seconds("ours"),
                    turns.cpu_seconds("bare"),
                    most=None,
                ),
                *self._peer_figures(turns, peers),
                Figure(
                    name="fixed cost",
                    unit="s",
                    values=tuple(
                        each["before_first_segment"]
                        + each["join_and_check"]
                        + each["publish"]
                        for each in profiles
                    ),
                    most=_MOST_FIXED,
                ),
                Figure(
                    name="ours, start and end of a farm too", unit="s", values=private
                ),
                Figure(
                    name="PSNR, ours to bare",
                    unit="dB",
                    values=(mean,),
                    least=_LEAST_PSNR,
                ),
                Figure(name="PSNR of the worst frame", unit="dB", values=(least,)),
            ),
            details={
                "profile": profiles[-1],
                "left_out": [
                    f"{name} is not installed"
                    for name in _MOST_OF_PEER
                    if name not in peers
                ],
            },
        )

    def _peer_figures(self, turns: Turns, peers: Collection[str]) -> Iterator[Figure]:
        for name in peers:
            frames = count_frames(self.folder / f"{name}.mp4")
            assert abs(frames - self.edit.frames) <= 1, f"{name} made {frames} frames"
            yield Figure(name=name, unit="s", values=turns.seconds(name))
            yield ratio(
                f"ours / {name}",
                turns.seconds("ours"),
                turns.seconds(name),
                most=_MOST_OF_PEER[name],
            )

    def _best_variant(self, turns: Turns) -> str:
        """Try each way of writing the bare command on a shorter timeline."""
        seconds = {
            variant: turns.try_once(
                f"try {variant}", partial(self._bare, self.trial, variant)
            ).seconds
            for variant in VARIANTS
        }
        return min(seconds, key=seconds.__getitem__)

    def _bare(self, edit: Edit, variant: str) -> Ran:
        return run_bare(self.ffmpeg, edit, self.folder / "bare.mp4", variant=variant)

    def _ours(self, farm: Farm, profiles: list[dict[str, Any]]) -> Ran:
        before, start = cpu_seconds(os.getpid()), time.monotonic()
        job = self._submit(farm)
        job.result(timeout=3600)
        ran = Ran(
            seconds=time.monotonic() - start,
            cpu_seconds=cpu_seconds(os.getpid()) - before,
        )
        profiles.append(profile_job(job, slots=CORES))
        return ran

    def _submit(self, farm: Farm) -> Job:
        return farm.render(
            self.edit.document(),
            self.folder / "ours.mp4",
            use_cache=False,
            smart="off",
        )

    def _private(self) -> Ran:
        timeline = self.edit.write(self.folder / "private.json")
        storage = self.folder / "private-storage"
        start = time.monotonic()
        output = self.folder / "private.mp4"
        process = start_command(
            *("render", timeline, "-o", output, "--smart", "off"), storage=storage
        )
        spent = reap(process)
        seconds = time.monotonic() - start
        assert process.returncode == 0, "the render failed"
        shutil.rmtree(storage)
        return Ran(seconds=seconds, cpu_seconds=spent)

    def _measure_memory(self, farm: Farm) -> Case:
        """Watch one render that is not timed."""
        roots = parts_of_farm()
        with MemoryWatch(roots=roots) as watch:
            self._submit(farm).result(timeout=3600)
        bounds = {"coordinator": _COORDINATOR_MB, "worker": _WORKER_MB}
        figures = []
        for name, bound in bounds.items():
            peak = watch.peaks[name]
            figures += [
                Figure(name=f"{name}, PSS", unit="MB", values=(peak.pss,), most=bound),
                Figure(name=f"{name}, sum of RSS", unit="MB", values=(peak.rss,)),
                Figure(
                    name=f"{name}, RSS of the largest process",
                    unit="MB",
                    values=(peak.largest_rss,),
                    most=bound,
                ),
            ]
        return Case(
            name="memory", what=_WHAT_MEMORY, figures=tuple(figures), details={}
        )

    def _compare(self) -> tuple[float, float]:
        """See that ours and bare are as long and look alike."""
        ours, bare = self.folder / "ours.mp4", self.folder / "bare.mp4"
        assert count_frames(ours) == count_frames(bare) == self.edit.frames
        samples = self.edit.seconds * SAMPLE_RATE
        for path in (ours, bare):
            assert 0 <= count_samples(path) - samples <= _BLOCK_SAMPLES
        return compare_pictures(self.ffmpeg, ours, bare)
