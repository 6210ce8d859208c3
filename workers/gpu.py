"""A worker that is pinned to one GPU, before anything that could use one loads."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from farm.errors import InvalidSettings
from workers.program import run_program

if TYPE_CHECKING:
    from farm.settings import Settings
    from workers.station import Kinds


def run_gpu_worker(
    settings: Settings, *, device: int, slots: int = 1, kinds: Kinds | None = None
) -> int:
    """Serve the GPU queues with one GPU until told to stop; return the exit code."""
    name = pin(device)
    from farm.jobs.status import Queue
    from workers.app import Lane
    from workers.lifecycle import serve, worker_name

    lane = Lane(
        name=worker_name(f"gpu{device}"),
        queues=(Queue.GPU_INTERACTIVE, Queue.GPU_BATCH),
        slots=slots,
    )
    return serve(settings, lanes=[lane], kinds=kinds, device=name)


def pin(device: int) -> str:
    """Let this process and its children see this GPU only; return the GPU's name."""
    import pynvml

    try:
        pynvml.nvmlInit()
    except pynvml.NVMLError as error:
        raise InvalidSettings(
            f"there is no GPU that this machine can use ({error}); "
            "start a CPU worker here, or install the NVIDIA driver"
        ) from error
    try:
        count = pynvml.nvmlDeviceGetCount()
        if not 0 <= device < count:
            raise InvalidSettings(
                f"this machine has no GPU {device}; it has {_numbers(count)}"
            )
        handle = pynvml.nvmlDeviceGetHandleByIndex(device)
        # by its id: numbers mean other GPUs to CUDA, and where some are hidden
        os.environ["CUDA_VISIBLE_DEVICES"] = str(pynvml.nvmlDeviceGetUUID(handle))
        return f"{device}: {pynvml.nvmlDeviceGetName(handle)}"
    except pynvml.NVMLError as error:
        raise InvalidSettings(f"GPU {device} cannot be used: {error}") from error
    finally:
        pynvml.nvmlShutdown()


def _numbers(count: int) -> str:
    return "none" if count == 0 else "GPU 0" if count == 1 else f"GPUs 0 to {count - 1}"


if __name__ == "__main__":
    sys.exit(run_program(lambda found: run_gpu_worker(found, device=int(sys.argv[1]))))
