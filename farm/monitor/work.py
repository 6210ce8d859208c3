"""Values that workers tell: frames, FFmpeg, machines and GPUs."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from farm.metrics.sums import METRIC_OF, read_sum_name
from farm.monitor.sample import Sample, sample

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from farm.jobs.records import Task
    from farm.live import LiveProgress

_GPU_PLAIN = (
    *("utilisation_ratio", "memory_bytes", "memory_used_bytes", "encoder_ratio"),
    *("decoder_ratio", "encoder_sessions", "temperature_celsius", "power_watts"),
    *("power_limit_watts", "encoder_frames_per_second", "encoder_latency_seconds"),
    "clock_hertz",
)


def read_work_samples(sums: Mapping[str, float]) -> Iterator[Sample]:
    """Yield the sums that workers have added to."""
    for name, value in sorted(sums.items()):
        what, kind = read_sum_name(name)
        if what in METRIC_OF:
            metric, more = METRIC_OF[what]
            yield sample(metric, value, kind, *more)


def read_speed_samples(
    active: Sequence[Task], live: Mapping[str, LiveProgress]
) -> Iterator[Sample]:
    """Yield how fast the tasks go that run now."""
    fps: defaultdict[str, float] = defaultdict(float)
    speed: defaultdict[str, float] = defaultdict(float)
    for task in active:
        told = live.get(task.id)
        if told is None or told.attempt != task.attempt:
            continue
        fps[task.kind.value] += told.fps
        speed[task.kind.value] += told.speed or 0.0
    for kind, value in sorted(fps.items()):
        yield sample("farm_frames_per_second", value, kind)
    for kind, value in sorted(speed.items()):
        yield sample("farm_realtime_factor", value, kind)


def read_host_samples(told: Iterable[Mapping[str, Any]]) -> Iterator[Sample]:
    """Yield how the machines are; several workers of one tell of it once."""
    hosts: defaultdict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for readings in told:
        hosts[str(readings["host"])].append(readings)
    for host, all_of_it in sorted(hosts.items()):
        yield from _read_host(host, all_of_it)


def _read_host(host: str, told: list[Mapping[str, Any]]) -> Iterator[Sample]:
    one = told[0]
    shares = [each["cpu_ratio"] for each in told if each["cpu_ratio"] is not None]
    if shares:
        yield sample("farm_host_cpu_ratio", max(shares), host)
    whole, free = one["memory_bytes"], one["memory_available_bytes"]
    yield sample("farm_host_cpus", one["cpus"], host)
    yield sample("farm_host_memory_bytes", whole, host)
    yield sample("farm_host_memory_available_bytes", free, host)
    yield sample("farm_host_memory_used_ratio", 1 - free / whole, host)
    clocks = [off for each in told if (off := each.get("clock_seconds")) is not None]
    if clocks:
        yield sample("farm_host_clock_seconds", max(clocks, key=abs), host)
    for component in ("worker", "ffmpeg"):
        used = sum(each["components"].get(component, 0) for each in told)
        yield sample("farm_component_memory_bytes", used, host, component)
    for place, disk in sorted(one["disks"].items()):
        yield from read_disk_samples(host, place, disk)
    for gpu in one["gpus"]:
        yield from _read_gpu(host, gpu)


def read_disk_samples(
    host: str, place: str, disk: Mapping[str, int]
) -> Iterator[Sample]:
    """Yield how full a disk is."""
    yield sample("farm_disk_bytes", disk["bytes"], host, place)
    yield sample("farm_disk_free_bytes", disk["free_bytes"], host, place)
    if disk["bytes"]:
        ratio = disk["free_bytes"] / disk["bytes"]
        yield sample("farm_disk_free_ratio", ratio, host, place)


def _read_gpu(host: str, gpu: Mapping[str, Any]) -> Iterator[Sample]:
    number = str(gpu["gpu"])
    yield sample("farm_gpu_info", 1, host, number, str(gpu["model"]))
    for name in _GPU_PLAIN:
        if name in gpu:
            yield sample(f"farm_gpu_{name}", gpu[name], host, number)
    if gpu.get("memory_bytes") and "memory_used_bytes" in gpu:
        used = gpu["memory_used_bytes"] / gpu["memory_bytes"]
        yield sample("farm_gpu_memory_used_ratio", used, host, number)
    for reason, is_so in sorted(gpu.get("throttled", {}).items()):
        yield sample("farm_gpu_throttled", is_so, host, number, reason)
