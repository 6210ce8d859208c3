from __future__ import annotations

import os

import pynvml
import pytest

from farm.errors import InvalidSettings
from workers.gpu import pin


def count_gpus() -> int:
    try:
        pynvml.nvmlInit()
    except pynvml.NVMLError:
        return 0
    try:
        return int(pynvml.nvmlDeviceGetCount())
    finally:
        pynvml.nvmlShutdown()


def test_a_gpu_that_is_not_there_is_refused_with_what_to_do() -> None:
    with pytest.raises(InvalidSettings, match=r"has no GPU 99|start a CPU worker here"):
        pin(99)


@pytest.mark.gpu
@pytest.mark.skipif(not count_gpus(), reason="there is no GPU")
def test_a_pinned_process_sees_its_gpu_by_its_id(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    assert pin(0).startswith("0: ")
    assert os.environ["CUDA_VISIBLE_DEVICES"].startswith("GPU-")
