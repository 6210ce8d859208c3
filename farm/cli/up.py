"""Keep a farm of this machine up, until told to stop."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from farm.cli.output import say, say_aside
from farm.embedded import EmbeddedFarm
from farm.errors import InvalidOption

if TYPE_CHECKING:
    from farm.embedded import FlowerOptions
    from farm.settings import Settings

_LOOK_SECONDS = 0.5


def keep_up(
    settings: Settings,
    *,
    cpu_slots: int | None,
    gpu: str | None,
    flower: FlowerOptions | None,
    metrics_port: int | None,
) -> None:
    """Run the farm in the foreground; return when a signal says so."""
    farm = EmbeddedFarm(
        settings,
        cpu_slots=cpu_slots,
        gpus=_choose_gpus(gpu),
        flower=flower,
        metrics_port=metrics_port or settings.metrics_port,
    )
    try:
        with farm:
            farm.wait_ready()
            say(f"The farm is up: {farm.settings.cpu_slots} CPU tasks at once.")
            say(f"Its files are in {farm.settings.storage_folder}")
            if farm.flower_url:
                say(f"Flower: {farm.flower_url}")
            if port := farm.settings.metrics_port:
                say(f"Metrics: http://{farm.settings.metrics_host}:{port}/metrics")
            say("Ctrl-C ends it.")
            while True:
                farm.check()
                time.sleep(_LOOK_SECONDS)
    except KeyboardInterrupt:
        say_aside("\nfarm: ended; what was not done waits in the job table")


def _choose_gpus(wanted: str | None) -> list[int]:
    """Return the numbers of the GPUs to use."""
    if wanted is None:
        return []
    if wanted != "all" and not wanted.isdecimal():
        raise InvalidOption(f"--gpu takes a number of GPUs, or all; not {wanted!r}")
    from farm.ffmpeg.capabilities import find_gpus

    there = [gpu.index for gpu in find_gpus()]
    if wanted == "all":
        return there
    if int(wanted) > len(there):
        raise InvalidOption(
            f"--gpu {wanted}: this machine has {len(there)} GPUs that can be used"
        )
    return there[: int(wanted)]
