"""Case 1: from calling `farm render` to the first FFmpeg process."""

from __future__ import annotations

import shutil
import signal
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from benchmarks.bare import Ran
from benchmarks.command import reap, start_command
from benchmarks.figures import Case, Figure
from benchmarks.processes import find_ffmpeg_in

if TYPE_CHECKING:
    import subprocess
    from pathlib import Path

    from benchmarks.media import Edit
    from benchmarks.turns import Turns

_BOUND_SECONDS = 3.0
_LOOK_SECONDS = 0.005
_GIVE_UP_SECONDS = 60.0
_STARTED_BEFORE = "storage in use"
_NEW = "new storage"
_WHAT = (
    "From starting the command `farm render`, with a farm of its own, until /proc "
    "shows the FFmpeg that encodes a segment (looked for every 5 ms); the disk cache "
    "is warm, the storage has been used before or is new."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class StartCase:
    """Starts `farm render` again and again, and ends it when it encodes."""

    edit: Edit
    folder: Path

    def measure(self, turns: Turns, *, rounds: int) -> Case:
        """Measure with a storage that is new, and with one that was used."""
        timeline = self.edit.write(self.folder / "start.json")
        used = self.folder / "start-storage"
        self._start(timeline, used)  # warms the disk cache, makes the job table

        def start_new() -> Ran:
            new = self.folder / "start-new"
            try:
                return self._start(timeline, new)
            finally:
                shutil.rmtree(new)

        turns.take(
            {
                f"start, {_STARTED_BEFORE}": lambda: self._start(timeline, used),
                f"start, {_NEW}": start_new,
            },
            rounds=rounds,
        )
        return Case(
            name="start",
            what=_WHAT,
            figures=tuple(
                Figure(
                    name=f"to the first FFmpeg, {name}",
                    unit="s",
                    values=turns.seconds(f"start, {name}"),
                    most=_BOUND_SECONDS,
                )
                for name in (_STARTED_BEFORE, _NEW)
            ),
            details={},
        )

    def _start(self, timeline: Path, storage: Path) -> Ran:
        started = time.monotonic()
        output = self.folder / "start.mp4"
        process = start_command(
            *("render", timeline, "-o", output, "--smart", "off"), storage=storage
        )
        try:
            seconds = _wait_for_ffmpeg(process, storage, started)
        finally:
            process.send_signal(signal.SIGINT)
            spent = reap(process)
        return Ran(seconds=seconds, cpu_seconds=spent)


def _wait_for_ffmpeg(
    process: subprocess.Popen[bytes], storage: Path, started: float
) -> float:
    while (seconds := time.monotonic() - started) < _GIVE_UP_SECONDS:
        if find_ffmpeg_in(storage, output="segment"):
            return time.monotonic() - started
        assert process.poll() is None, "the render ended before it encoded anything"
        time.sleep(_LOOK_SECONDS)
    message = f"no FFmpeg after {seconds:.0f} s"
    raise TimeoutError(message)
