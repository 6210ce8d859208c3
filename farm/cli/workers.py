"""Workers and their GPUs, as tables and as JSON."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from farm.cli.output import say, say_aside, say_table, show_moment

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pydantic import JsonValue

    from farm.jobs.demands import GpuOffer
    from farm.jobs.records import Worker


def say_workers(workers: Sequence[Worker]) -> None:
    """Print workers, a line each."""
    if not workers:
        say("No workers.")
        return
    say_table(
        ("WORKER", "STATE", "DEVICE", "SLOTS", "QUEUES", "ACTIVE", "SEEN"),
        [
            (
                worker.name,
                worker.state,
                worker.device or "cpu",
                str(worker.slots),
                ", ".join(worker.queues),
                ", ".join(worker.active) or "-",
                show_moment(worker.seen),
            )
            for worker in workers
        ],
    )
    for worker in workers:
        if worker.gpu is not None and worker.state != "offline":
            _say_gpu(worker.name, worker.gpu)
    for worker in workers:
        if worker.reason:
            say_aside(f"farm: {worker.name} was drained: {worker.reason}")


def _say_gpu(name: str, gpu: GpuOffer) -> None:
    """Print what the GPU of a worker does, its limits, and why it does not the rest."""
    say(f"\n{name}: {gpu.model}, driver {gpu.driver}, {gpu.id}")
    say(f"  encodes: {', '.join(gpu.encoders) or 'nothing'}")
    say(f"  decodes: {', '.join(gpu.decoders) or 'nothing'}")
    limits = [f"{gpu.memory_bytes / 1024**3:.1f} GB of its memory"]
    if gpu.encoders and gpu.sessions is not None:
        limits.append(f"{gpu.sessions} encoder sessions")
    say(f"  limits: {', '.join(limits)}")
    whys: defaultdict[str, list[str]] = defaultdict(list)
    for what, why in gpu.why_not.items():
        whys[why].append(what)
    for why, missing in whys.items():
        say(f"  not {', '.join(missing)}: {why}")


def worker_to_json(worker: Worker) -> dict[str, JsonValue]:
    """Return a worker as plain data."""
    return {
        "name": worker.name,
        "state": worker.state,
        "failures": worker.failures,
        "reason": worker.reason,
        "host": worker.host,
        "pid": worker.pid,
        "device": worker.device,
        "gpu": None if worker.gpu is None else gpu_to_json(worker.gpu),
        "queues": list(worker.queues),
        "slots": worker.slots,
        "active": list(worker.active),
        "ffmpeg": worker.ffmpeg,
        "started": worker.started,
        "seen": worker.seen,
    }


def gpu_to_json(gpu: GpuOffer) -> dict[str, JsonValue]:
    """Return what a GPU offers as plain data."""
    return {
        "id": gpu.id,
        "index": gpu.index,
        "model": gpu.model,
        "driver": gpu.driver,
        "encoders": list(gpu.encoders),
        "decoders": list(gpu.decoders),
        "why_not": {**gpu.why_not},
        "sessions": gpu.sessions,
        "memory_bytes": gpu.memory_bytes,
    }
