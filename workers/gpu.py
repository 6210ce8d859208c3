"""A worker that is pinned to one GPU, before anything that could use one loads."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

import pynvml

from farm.errors import InvalidSettings
from farm.ffmpeg.capabilities import Gpu, gpu_of
from workers.program import run_program

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from farm.ffmpeg.prove_gpu import Abilities
    from farm.jobs.demands import GpuOffer
    from farm.settings import Settings
    from workers.station import Kinds

GEFORCE_SESSIONS = 8
"""Encoder sessions that a driver gives to cards that are sold for games, all of a
machine together; see https://developer.nvidia.com/video-encode-decode-support-matrix."""
_MEMORY_SHARE = 0.9
"""Of a GPU's memory; the rest is for what else shows or computes there."""
_UUIDS = ("GPU-", "MIG-")


def run_gpu_worker(
    settings: Settings,
    *,
    device: str,
    slots: int | None = None,
    kinds: Kinds | None = None,
    nvml: Any = pynvml,  # noqa: ANN401  # the module, or readings of it
    prove: Callable[[Path], Abilities] | None = None,
) -> int:
    """Serve the GPU queues with one GPU until told to stop; return the exit code.

    Args:
        settings: of the farm.
        device: the GPU's number, as the driver counts, or its UUID.
        slots: tasks at once; unset: as the settings say.
        kinds: what to do for each kind of task; unset: all that the farm knows.
        nvml: the driver's library.
        prove: finds out what the GPU does; unset: it is tried.

    Raises:
        InvalidSettings: when there is no such GPU, or it neither decodes nor encodes.
    """
    gpu = pin(device, nvml=nvml)
    from farm.ffmpeg.locate import find_ffmpeg
    from farm.ffmpeg.prove_gpu import prove_gpu
    from farm.jobs.status import Queue
    from farm.logs import get_log
    from workers.app import Lane
    from workers.lifecycle import serve, worker_name

    abilities = (prove or prove_gpu)(find_ffmpeg(settings))
    if not abilities.is_any:
        raise InvalidSettings(
            f"GPU {gpu.index} ({gpu.name}) neither decodes nor encodes here: "
            f"{abilities.reason}; start a CPU worker here, or mend the driver"
        )
    offer = make_offer(gpu, abilities, settings)
    if not offer.encoders:
        get_log(__name__).warning(
            "gpu_only_decodes", gpu=gpu.name, why=abilities.reason
        )
    lane = Lane(
        name=worker_name(f"gpu{gpu.index}"),
        queues=(Queue.GPU_INTERACTIVE, Queue.GPU_BATCH),
        slots=slots or settings.gpu_slots,
    )
    name = f"{gpu.index}: {gpu.name}"
    return serve(settings, lanes=[lane], kinds=kinds, device=name, gpu=offer)


def pin(device: str, *, nvml: Any = pynvml) -> Gpu:  # noqa: ANN401  # as above
    """Let this process and its children see one GPU only; return it.

    Raises:
        InvalidSettings: when there is no driver, or no such GPU.
    """
    try:
        nvml.nvmlInit()
    except pynvml.NVMLError as error:
        raise InvalidSettings(
            f"there is no GPU that this machine can use ({error}); "
            "start a CPU worker here, or install the NVIDIA driver"
        ) from error
    try:
        gpu = gpu_of(_find(device, nvml), nvml=nvml)
    except pynvml.NVMLError as error:
        raise InvalidSettings(f"GPU {device} cannot be used: {error}") from error
    finally:
        nvml.nvmlShutdown()
    # by its id: numbers mean other GPUs to CUDA, and where some are hidden
    os.environ["CUDA_VISIBLE_DEVICES"] = gpu.uuid
    return gpu


def make_offer(gpu: Gpu, abilities: Abilities, settings: Settings) -> GpuOffer:
    """Return what a GPU offers to the scheduler, with its limits."""
    from farm.jobs.demands import GpuOffer

    sessions = settings.gpu_sessions
    if sessions is None and "GeForce" in gpu.name:
        sessions = GEFORCE_SESSIONS
    memory = settings.gpu_memory_bytes
    return GpuOffer(
        id=gpu.uuid,
        index=gpu.index,
        model=gpu.name,
        driver=gpu.driver,
        encoders=abilities.encoders,
        decoders=abilities.decoders,
        why_not=abilities.why_not,
        sessions=sessions,
        memory_bytes=int(_MEMORY_SHARE * gpu.memory_bytes)
        if memory is None
        else memory,
    )


def _find(device: str, nvml: Any) -> Any:  # noqa: ANN401  # of NVML
    if device.startswith(_UUIDS):
        return nvml.nvmlDeviceGetHandleByUUID(device)
    count = nvml.nvmlDeviceGetCount()
    if not device.isdecimal() or int(device) >= count:
        raise InvalidSettings(
            f"this machine has no GPU {device}; it has {_numbers(count)}"
        )
    return nvml.nvmlDeviceGetHandleByIndex(int(device))


def _numbers(count: int) -> str:
    return "none" if count == 0 else "GPU 0" if count == 1 else f"GPUs 0 to {count - 1}"


if __name__ == "__main__":
    sys.exit(run_program(lambda found: run_gpu_worker(found, device=sys.argv[1])))
