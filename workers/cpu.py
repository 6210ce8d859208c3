"""A worker for the CPU queues; one of its lanes is kept for what a person waits for."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from farm.jobs.status import Queue
from farm.jobs.workers import INTERACTIVE_LANE
from workers.app import Lane
from workers.lifecycle import serve, worker_name
from workers.program import run_program

if TYPE_CHECKING:
    from farm.settings import Settings
    from workers.station import Kinds


def run_cpu_worker(
    settings: Settings,
    *,
    slots: int | None = None,
    interactive_slots: int | None = None,
    kinds: Kinds | None = None,
) -> int:
    """Serve the CPU queues until told to stop; return the exit code.

    `kinds` is what to do for each kind of task; unset, all that the farm knows.
    """
    name = worker_name("cpu")
    kept = (
        settings.interactive_slots if interactive_slots is None else interactive_slots
    )
    lanes = [
        Lane(
            name=name,
            queues=(Queue.CPU_INTERACTIVE, Queue.CPU_BATCH),
            slots=slots or settings.cpu_slots,
        )
    ]
    if kept:
        lanes.append(
            Lane(
                name=name.replace("@", INTERACTIVE_LANE),
                queues=(Queue.CPU_INTERACTIVE,),
                slots=kept,
            )
        )
    return serve(settings, lanes=lanes, kinds=kinds)


if __name__ == "__main__":
    sys.exit(run_program(run_cpu_worker))
