"""A worker for one GPU: which it sees, and what it offers."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from farm.errors import InvalidSettings
from farm.ffmpeg.capabilities import find_gpus
from farm.ffmpeg.prove_gpu import Abilities
from farm.settings import Settings
from tests.recorded.nvml import RecordedNvml
from workers.gpu import make_offer, pin, run_gpu_worker

T4 = "GPU-0f2f6b6e-1111-4a2c-9d55-6b8f3a7c0001"
H100 = "GPU-0f2f6b6e-2222-4a2c-9d55-6b8f3a7c0002"
NOTHING = Abilities(
    encoders=(),
    decoders=(),
    why_not={"encode h264-8": "no driver", "decode h264-8": "no driver"},
)


@pytest.fixture(autouse=True)
def _own_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "7")


def test_a_gpu_that_is_not_there_is_refused_with_what_to_do() -> None:
    with pytest.raises(InvalidSettings, match=r"has no GPU 99|start a CPU worker here"):
        pin("99")


@pytest.mark.parametrize("wrong", ["2", "-1", "first", ""])
def test_a_number_that_no_gpu_has_is_refused(wrong: str) -> None:
    with pytest.raises(InvalidSettings, match=r"has no GPU .*; it has GPUs 0 to 1"):
        pin(wrong, nvml=RecordedNvml())
    assert os.environ["CUDA_VISIBLE_DEVICES"] == "7"


@pytest.mark.parametrize(("device", "uuid"), [("0", T4), ("1", H100), (H100, H100)])
def test_a_process_is_pinned_by_the_gpus_id(device: str, uuid: str) -> None:
    gpu = pin(device, nvml=RecordedNvml())

    assert (gpu.uuid, gpu.driver) == (uuid, "550.54.15")
    assert os.environ["CUDA_VISIBLE_DEVICES"] == uuid


def test_a_uuid_that_no_gpu_has_is_refused() -> None:
    with pytest.raises(InvalidSettings, match="GPU GPU-0 cannot be used: Not Found"):
        pin("GPU-0", nvml=RecordedNvml())


def test_a_worker_whose_gpu_does_nothing_does_not_start() -> None:
    message = r"GPU 0 \(Tesla T4\) neither decodes nor encodes here: no driver"
    with pytest.raises(InvalidSettings, match=message):
        run_gpu_worker(
            Settings.read(storage=Path("/nowhere")),
            device="0",
            nvml=RecordedNvml(),
            prove=lambda _: NOTHING,
        )


def test_limits_are_those_of_the_settings_or_of_the_card() -> None:
    t4, _ = find_gpus(RecordedNvml())
    settings = Settings.read()

    usual = make_offer(t4, NOTHING, settings)
    set_here = make_offer(
        t4,
        NOTHING,
        settings.model_copy(update={"gpu_sessions": 3, "gpu_memory_bytes": 5}),
    )

    assert (usual.sessions, usual.memory_bytes) == (None, int(0.9 * 16_106_127_360))
    assert (set_here.sessions, set_here.memory_bytes) == (3, 5)


@pytest.mark.gpu
@pytest.mark.skipif(not find_gpus(), reason="there is no GPU")
def test_a_pinned_process_sees_its_gpu_by_its_id() -> None:
    assert pin("0").index == 0
    assert os.environ["CUDA_VISIBLE_DEVICES"].startswith("GPU-")
