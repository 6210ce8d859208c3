"""Readings of NVIDIA's GPUs, by the driver's own library; none without a driver.

What a GPU does not have is left out: data-centre cards have no encoder.
See https://docs.nvidia.com/deploy/nvml-api/.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pynvml

if TYPE_CHECKING:
    from collections.abc import Callable

_PERCENT = 100.0
_MILLIWATTS = 1000.0
_MICROSECONDS = 1_000_000.0
_MEGAHERTZ = 1_000_000
_REASONS = {
    "power_cap": "nvmlClocksThrottleReasonSwPowerCap",
    "hardware": "nvmlClocksThrottleReasonHwSlowdown",
    "thermal": "nvmlClocksThrottleReasonSwThermalSlowdown",
    "hardware_thermal": "nvmlClocksThrottleReasonHwThermalSlowdown",
    "power_brake": "nvmlClocksThrottleReasonHwPowerBrakeSlowdown",
}
"""Reasons for which a GPU is slower than it could be; idle is none."""


def read_gpus(nvml: Any = pynvml) -> list[dict[str, Any]]:  # noqa: ANN401  # the module
    """Return readings of every GPU that the driver shows."""
    try:
        nvml.nvmlInit()
    except pynvml.NVMLError:
        return []
    try:
        return [_read_gpu(nvml, index) for index in range(nvml.nvmlDeviceGetCount())]
    except pynvml.NVMLError:
        return []
    finally:
        nvml.nvmlShutdown()


def _read_gpu(nvml: Any, index: int) -> dict[str, Any]:  # noqa: ANN401  # as above
    handle = nvml.nvmlDeviceGetHandleByIndex(index)
    asked: dict[str, Callable[[], Any]] = {
        "utilisation_ratio": lambda: (
            nvml.nvmlDeviceGetUtilizationRates(handle).gpu / _PERCENT
        ),
        "memory_bytes": lambda: int(nvml.nvmlDeviceGetMemoryInfo(handle).total),
        "memory_used_bytes": lambda: int(nvml.nvmlDeviceGetMemoryInfo(handle).used),
        "encoder_ratio": lambda: (
            nvml.nvmlDeviceGetEncoderUtilization(handle)[0] / _PERCENT
        ),
        "decoder_ratio": lambda: (
            nvml.nvmlDeviceGetDecoderUtilization(handle)[0] / _PERCENT
        ),
        "encoder_sessions": lambda: int(nvml.nvmlDeviceGetEncoderStats(handle)[0]),
        "encoder_frames_per_second": lambda: int(
            nvml.nvmlDeviceGetEncoderStats(handle)[1]
        ),
        "encoder_latency_seconds": lambda: (
            nvml.nvmlDeviceGetEncoderStats(handle)[2] / _MICROSECONDS
        ),
        "clock_hertz": lambda: (
            int(nvml.nvmlDeviceGetClockInfo(handle, pynvml.NVML_CLOCK_SM)) * _MEGAHERTZ
        ),
        "temperature_celsius": lambda: int(
            nvml.nvmlDeviceGetTemperature(handle, pynvml.NVML_TEMPERATURE_GPU)
        ),
        "power_watts": lambda: nvml.nvmlDeviceGetPowerUsage(handle) / _MILLIWATTS,
        "power_limit_watts": lambda: (
            nvml.nvmlDeviceGetEnforcedPowerLimit(handle) / _MILLIWATTS
        ),
        "throttled": lambda: _read_reasons(nvml, handle),
    }
    found: dict[str, Any] = {
        "gpu": str(index),
        "model": str(nvml.nvmlDeviceGetName(handle)),
    }
    for name, ask in asked.items():
        try:
            found[name] = ask()
        except pynvml.NVMLError:  # this GPU does not have it
            continue
    return found


def _read_reasons(nvml: Any, handle: Any) -> dict[str, int]:  # noqa: ANN401  # of NVML
    mask = nvml.nvmlDeviceGetCurrentClocksThrottleReasons(handle)
    return {
        reason: int(bool(mask & getattr(pynvml, constant)))
        for reason, constant in _REASONS.items()
    }
