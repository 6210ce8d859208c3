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
_REASONS = {
    "power_cap": "nvmlClocksThrottleReasonSwPowerCap",
    "hardware": "nvmlClocksThrottleReasonHwSlowdown",
    "thermal": "nvmlClocksThrottleReasonSwThermalSlowdown",
    "hardware_thermal": "nvmlClocksThrottleReasonHwThermalSlowdown",
    "power_brake": "nvmlClocksThrottleReasonHwPowerBrakeSlowdown",
}
"""Reasons for which a GPU is slower than it could be; idle is none."""


def read_gpus() -> list[dict[str, Any]]:
    """Return readings of every GPU that the driver shows."""
    try:
        pynvml.nvmlInit()
    except pynvml.NVMLError:
        return []
    try:
        return [_read_gpu(index) for index in range(pynvml.nvmlDeviceGetCount())]
    except pynvml.NVMLError:
        return []
    finally:
        pynvml.nvmlShutdown()


def _read_gpu(index: int) -> dict[str, Any]:
    handle = pynvml.nvmlDeviceGetHandleByIndex(index)
    asked: dict[str, Callable[[], Any]] = {
        "utilisation_ratio": lambda: (
            pynvml.nvmlDeviceGetUtilizationRates(handle).gpu / _PERCENT
        ),
        "memory_bytes": lambda: int(pynvml.nvmlDeviceGetMemoryInfo(handle).total),
        "memory_used_bytes": lambda: int(pynvml.nvmlDeviceGetMemoryInfo(handle).used),
        "encoder_ratio": lambda: (
            pynvml.nvmlDeviceGetEncoderUtilization(handle)[0] / _PERCENT
        ),
        "decoder_ratio": lambda: (
            pynvml.nvmlDeviceGetDecoderUtilization(handle)[0] / _PERCENT
        ),
        "encoder_sessions": lambda: int(pynvml.nvmlDeviceGetEncoderStats(handle)[0]),
        "temperature_celsius": lambda: int(
            pynvml.nvmlDeviceGetTemperature(handle, pynvml.NVML_TEMPERATURE_GPU)
        ),
        "power_watts": lambda: pynvml.nvmlDeviceGetPowerUsage(handle) / _MILLIWATTS,
        "power_limit_watts": lambda: (
            pynvml.nvmlDeviceGetEnforcedPowerLimit(handle) / _MILLIWATTS
        ),
        "throttled": lambda: _read_reasons(handle),
    }
    found: dict[str, Any] = {
        "gpu": str(index),
        "model": str(pynvml.nvmlDeviceGetName(handle)),
    }
    for name, ask in asked.items():
        try:
            found[name] = ask()
        except pynvml.NVMLError:  # this GPU does not have it
            continue
    return found


def _read_reasons(handle: Any) -> dict[str, int]:  # noqa: ANN401  # of NVML
    mask = pynvml.nvmlDeviceGetCurrentClocksThrottleReasons(handle)
    return {
        reason: int(bool(mask & getattr(pynvml, constant)))
        for reason, constant in _REASONS.items()
    }
