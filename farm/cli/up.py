"""Keep a farm of this machine up, until told to stop."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from farm.cli.output import say, say_aside
from farm.embedded import EmbeddedFarm
from farm.embedded.farm import READY_SECONDS
from farm.errors import InvalidOption

if TYPE_CHECKING:
    from farm.embedded import FlowerOptions
    from farm.settings import Settings

_LOOK_SECONDS = 0.5
_GPU_TRIAL_SECONDS = 30.0
"""How long a worker may take to find out what its GPU does, beside the others."""


def keep_up(
    settings: Settings,
    *,
    cpu_slots: int | None,
    gpu: str | None,
    flower: FlowerOptions | None,
    metrics_port: int | None,
) -> None:
    """Run the farm in the foreground; return when a signal says so."""
    gpus = _choose_gpus(gpu)
    farm = EmbeddedFarm(
        settings,
        cpu_slots=cpu_slots,
        gpus=gpus,
        flower=flower,
        metrics_port=metrics_port or settings.metrics_port,
    )
    try:
        with farm:
            farm.wait_ready(READY_SECONDS + _GPU_TRIAL_SECONDS * len(gpus))
            say(f"The farm is up: {farm.settings.cpu_slots} CPU tasks at once.")
            if gpus:
                say(f"GPUs: {', '.join(map(str, gpus))}; `farm workers` tells of them.")
            elif gpu is not None:
                say("GPUs: this machine has none that can be used.")
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
