"""A CPU worker whose segments take as long as their payload says.

It shows how a worker is given other kinds than those of the farm: as an argument.
Run as a program with the settings of the environment.
"""

from __future__ import annotations

import os
import signal
import sys
from typing import TYPE_CHECKING

from farm.ffmpeg.command import Command
from farm.jobs.status import TaskKind
from farm.logs import set_up_logs
from farm.settings import Settings
from workers.cpu import run_cpu_worker

if TYPE_CHECKING:
    from pydantic import JsonValue

    from farm.kinds.context import TaskContext

FPS = 10


def encode(context: TaskContext) -> JsonValue:
    """Encode a test picture in real time; the file says which attempt made it."""
    payload = context.payload
    assert isinstance(payload, dict)
    seconds = float(str(payload["seconds"]))
    source = f"testsrc2=size=160x90:rate={FPS}:duration={seconds}"
    if "poison" in payload:  # such as a source that makes a library crash
        os.kill(os.getpid(), signal.SIGKILL)
    is_hungry = "hungry" in payload and context.claim.attempt == 1
    made = context.run(
        Command(
            arguments=(
                *(("-max_alloc", "5000") if is_hungry else ()),
                *("-readrate", "1", "-readrate_initial_burst", "0.001"),
                *("-f", "lavfi", "-i", source),
                *("-metadata", f"comment=attempt {context.claim.attempt}"),
                *("-c:v", str(payload.get("encoder", "libx264"))),
                *("-preset", "ultrafast", "made.mkv"),
            ),
            output="made.mkv",
            frames=round(seconds * FPS),
        )
    )
    return {"file": context.keep(made), "frames": round(seconds * FPS)}


def main() -> int:
    """Run the worker."""
    settings = Settings.read()
    set_up_logs(level=settings.log_level, log_format=settings.log_format)
    return run_cpu_worker(settings, kinds={TaskKind.SEGMENT: encode})


if __name__ == "__main__":
    sys.exit(main())
