"""Readings of NVML, against answers in the form that its documentation gives."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pynvml
import pytest

from farm.metrics.gpu import read_gpus
from farm.monitor.work import read_host_samples

Asked = Callable[..., Any]

T4: dict[str, Any] = {
    "Name": "Tesla T4",
    "UtilizationRates": SimpleNamespace(gpu=37, memory=12),
    "MemoryInfo": SimpleNamespace(total=16_106_127_360, used=1_073_741_824),
    "EncoderUtilization": [22, 167_000],
    "DecoderUtilization": [9, 167_000],
    "EncoderStats": [2, 60, 12_000],
    "Temperature": 61,
    "PowerUsage": 43_210,
    "EnforcedPowerLimit": 70_000,
    "CurrentClocksThrottleReasons": 0x24,  # power cap and thermal slowdown
}
H100 = {
    name: value
    for name, value in T4.items()
    if name not in {"EncoderUtilization", "EncoderStats"}
} | {"Name": "NVIDIA H100 80GB HBM3", "CurrentClocksThrottleReasons": 0x1}
"""It has no encoder; its only reason to be slow is that it idles (bit 0)."""


@pytest.fixture
def use_cards(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Let the driver's library tell of these cards."""

    def use(*cards: dict[str, Any]) -> None:
        def answer(name: str) -> Asked:
            def ask(handle: int, *_: object) -> object:
                if name not in cards[handle]:
                    raise pynvml.NVMLError(pynvml.NVML_ERROR_NOT_SUPPORTED)
                return cards[handle][name]

            return ask

        for name in T4:
            monkeypatch.setattr(pynvml, f"nvmlDeviceGet{name}", answer(name))
        monkeypatch.setattr(pynvml, "nvmlInit", lambda: None)
        monkeypatch.setattr(pynvml, "nvmlShutdown", lambda: None)
        monkeypatch.setattr(pynvml, "nvmlDeviceGetCount", lambda: len(cards))
        monkeypatch.setattr(pynvml, "nvmlDeviceGetHandleByIndex", lambda index: index)

    return use


def test_a_card_with_encoder_is_read(use_cards: Callable[..., None]) -> None:
    use_cards(T4)

    assert read_gpus() == [
        {
            "gpu": "0",
            "model": "Tesla T4",
            "utilisation_ratio": 0.37,
            "memory_bytes": 16_106_127_360,
            "memory_used_bytes": 1_073_741_824,
            "encoder_ratio": 0.22,
            "decoder_ratio": 0.09,
            "encoder_sessions": 2,
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
    ]


def test_what_a_card_lacks_is_left_out(use_cards: Callable[..., None]) -> None:
    use_cards(T4, H100)

    _, found = read_gpus()

    assert found["gpu"] == "1"
    assert found["decoder_ratio"] == 0.09
    assert not [name for name in found if name.startswith("encoder")]
    assert set(found["throttled"].values()) == {0}


def test_readings_become_metrics(use_cards: Callable[..., None]) -> None:
    use_cards(H100)
    host = {
        "host": "a",
        "cpus": 1,
        "cpu_ratio": None,
        "memory_bytes": 2,
        "memory_available_bytes": 1,
        "disks": {},
        "components": {},
    }
    names = {found.name for found in read_host_samples([{**host, "gpus": read_gpus()}])}

    assert {
        *("farm_gpu_info", "farm_gpu_utilisation_ratio", "farm_gpu_memory_used_ratio"),
        *("farm_gpu_decoder_ratio", "farm_gpu_temperature_celsius"),
        *("farm_gpu_power_watts", "farm_gpu_throttled"),
    } <= names
    assert "farm_gpu_encoder_ratio" not in names


def test_there_is_nothing_to_read_without_a_driver(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail() -> None:
        raise pynvml.NVMLError(pynvml.NVML_ERROR_LIBRARY_NOT_FOUND)

    monkeypatch.setattr(pynvml, "nvmlInit", fail)

    assert read_gpus() == []
