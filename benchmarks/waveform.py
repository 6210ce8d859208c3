"""Case 8: the peaks of one hour of AAC, against the bare decode."""

from __future__ import annotations

import os
import struct
import subprocess
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from benchmarks.bare import Ran
from benchmarks.command import reap
from benchmarks.figures import Case, Figure, ratio
from benchmarks.machine import CORES
from benchmarks.media import SAMPLE_RATE
from benchmarks.processes import cpu_seconds
from farm import Farm

if TYPE_CHECKING:
    from pathlib import Path

    from benchmarks.turns import Turns

_MOST = 1.1
_LEVEL = 256
_WHAT = (
    "Peaks (.dat) of {minutes} minutes of stereo AAC, on a farm of {cores} CPU slots "
    "that is up, without the cache, against FFmpeg that decodes it and throws it away."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class WaveformCase:
    """Makes peaks and decodes, in turn."""

    ffmpeg: Path
    folder: Path
    minutes: int

    def measure(self, turns: Turns, *, rounds: int) -> Case:
        """Measure both, and the second request of the same."""
        sound = self._sound()
        again: list[float] = []
        levels = iter(range(_LEVEL, _LEVEL + rounds + 1))
        with Farm.local(self.folder / "waveform", cpu_slots=CORES) as farm:

            def peaks() -> Ran:
                level = next(levels)  # each round is made, not found
                before = cpu_seconds(os.getpid())
                seconds = self._peaks(farm, sound, level)
                spent = cpu_seconds(os.getpid()) - before
                again.append(self._peaks(farm, sound, level))
                return Ran(seconds=seconds, cpu_seconds=spent)

            peaks()  # the farm is up
            again.clear()
            turns.take(
                {"bare decode": lambda: self._decode(sound), "waveform": peaks},
                rounds=rounds,
            )
        ours, bare = turns.seconds("waveform"), turns.seconds("bare decode")
        return Case(
            name="waveform",
            what=_WHAT.format(minutes=self.minutes, cores=CORES),
            figures=(
                Figure(name="bare decode", unit="s", values=bare),
                Figure(name="waveform", unit="s", values=ours),
                ratio("waveform / bare decode", ours, bare, most=_MOST),
                ratio(
                    "the same, processor time",
                    turns.cpu_seconds("waveform"),
                    turns.cpu_seconds("bare decode"),
                    most=None,
                ),
                Figure(name="the same again", unit="s", values=tuple(again)),
            ),
            details={},
        )

    def _peaks(self, farm: Farm, sound: Path, level: int) -> float:
        output = self.folder / "waveform.dat"
        start = time.monotonic()
        farm.waveform(sound, output, samples_per_pixel=level).result(timeout=600)
        seconds = time.monotonic() - start
        length = struct.unpack("<iIiiIi", output.read_bytes()[:24])[4]
        wanted = self.minutes * 60 * SAMPLE_RATE / level
        more = self.minutes * 2048 / level  # each minute ends with a whole block
        assert 0 <= length - wanted <= more + 1, f"{length} of {wanted} pixels"
        return seconds

    def _decode(self, sound: Path) -> Ran:
        start = time.monotonic()
        command = [str(self.ffmpeg), "-nostdin", "-loglevel", "error"]
        process = subprocess.Popen([*command, "-i", str(sound), "-f", "null", "-"])
        spent = reap(process)
        seconds = time.monotonic() - start
        if process.returncode:
            raise subprocess.CalledProcessError(process.returncode, "ffmpeg")
        return Ran(seconds=seconds, cpu_seconds=spent)

    def _sound(self) -> Path:
        """Encode a minute of noise and tone, and repeat it."""
        minute, sound = self.folder / "minute.m4a", self.folder / "hour.m4a"
        command = [str(self.ffmpeg), "-nostdin", "-loglevel", "error", "-y"]
        graph = f"anoisesrc=c=pink:a=0.3:r={SAMPLE_RATE}:seed=1:d=60[n];"
        graph += f"sine=f=440:b=4:r={SAMPLE_RATE}:d=60[t];[n][t]join=inputs=2"
        subprocess.run(
            [*command, "-filter_complex", graph, "-b:a", "128k", str(minute)],
            check=True,
        )
        repeated = ["-stream_loop", str(self.minutes - 1), "-i", str(minute)]
        subprocess.run([*command, *repeated, "-c", "copy", str(sound)], check=True)
        return sound
