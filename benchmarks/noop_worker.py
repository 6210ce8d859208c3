"""A CPU worker that does nothing for a task: what is left is the farm's own work."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from farm.jobs.status import TaskKind
from farm.logs import set_up_logs
from farm.settings import Settings
from workers.cpu import run_cpu_worker

if TYPE_CHECKING:
    from pydantic import JsonValue

    from farm.kinds.context import TaskContext


def do_nothing(context: TaskContext) -> JsonValue:
    """Return a small result."""
    return {"frames": context.claim.task.frames}


def main() -> int:
    """Run the worker."""
    settings = Settings.read()
    set_up_logs(level=settings.log_level, log_format=settings.log_format)
    return run_cpu_worker(settings, kinds={TaskKind.SEGMENT: do_nothing})


if __name__ == "__main__":
    sys.exit(main())
