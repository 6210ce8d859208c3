"""Readings of NVML, against answers in the form that its documentation gives."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pynvml

from farm.metrics.gpu import read_gpus
from farm.monitor.work import read_host_samples
from tests.recorded.nvml import RecordedNvml

if TYPE_CHECKING:
    import pytest


def test_a_card_with_encoder_is_read() -> None:
    found, _ = read_gpus(RecordedNvml())

    assert found == {
        "gpu": "0",
        "model": "Tesla T4",
        "utilisation_ratio": 0.37,
        "memory_bytes": 16_106_127_360,
        "memory_used_bytes": 1_073_741_824,
        "encoder_ratio": 0.22,
        "decoder_ratio": 0.09,
        "encoder_sessions": 2,
        "encoder_frames_per_second": 60,
        "encoder_latency_seconds": 0.012,
        "clock_hertz": 1_590_000_000,
        "temperature_celsius": 61,
        "power_watts": 43.21,
        "power_limit_watts": 70.0,
        "throttled": {
            "power_cap": 1,
            "hardware": 0,
            "thermal": 1,
            "hardware_thermal": 0,
            "power_brake": 0,
        },
    }


def test_what_a_card_lacks_is_left_out() -> None:
    """A card for data centres; its only reason to be slow is that it idles (bit 0)."""
    _, found = read_gpus(RecordedNvml())

    assert found["gpu"] == "1"
    assert found["decoder_ratio"] == 0.09
    assert not [name for name in found if name.startswith("encoder")]
    assert set(found["throttled"].values()) == {0}


def test_readings_become_metrics() -> None:
    host = {
        "host": "a",
        "cpus": 1,
        "cpu_ratio": None,
        "memory_bytes": 2,
        "memory_available_bytes": 1,
        "disks": {},
        "components": {},
    }
    _, h100 = read_gpus(RecordedNvml())
    names = {found.name for found in read_host_samples([{**host, "gpus": [h100]}])}

    assert {
        *("farm_gpu_info", "farm_gpu_utilisation_ratio", "farm_gpu_memory_used_ratio"),
        *("farm_gpu_decoder_ratio", "farm_gpu_temperature_celsius"),
        *("farm_gpu_power_watts", "farm_gpu_throttled", "farm_gpu_clock_hertz"),
    } <= names
    assert "farm_gpu_encoder_ratio" not in names


def test_there_is_nothing_to_read_without_a_driver(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail() -> None:
        raise pynvml.NVMLError(pynvml.NVML_ERROR_LIBRARY_NOT_FOUND)

    monkeypatch.setattr(pynvml, "nvmlInit", fail)

    assert read_gpus() == []
