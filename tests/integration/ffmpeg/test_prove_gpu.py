"""What a GPU does is tried by FFmpeg itself; here there may be none, for real."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from farm.errors import EncoderMissing, InvalidSettings
from farm.ffmpeg.capabilities import find_gpus
from farm.ffmpeg.encode import build_segment_command
from farm.ffmpeg.gpu import GpuUse
from farm.ffmpeg.prove_gpu import prove_gpu, prove_gpu_decoders
from farm.ffmpeg.run import run
from farm.presets.catalog import find_preset
from farm.settings import Settings
from farm.timeline.load import load_timeline
from farm.timeline.place import place
from farm.timeline.slice import slice_picture
from tests.factories import make_color, make_document, make_track
from tests.integration.ffmpeg.processes import children_now
from tests.recorded.nvml import RecordedNvml
from workers.gpu import run_gpu_worker

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(bool(find_gpus()), reason="there is a GPU")
NO_DRIVER = "there is no NVIDIA driver: libcuda.so.1 cannot be loaded"


def test_without_a_driver_there_is_nothing_and_the_reason_is_told(
    ffmpeg: Path,
) -> None:
    found = prove_gpu(ffmpeg)

    assert not found.is_any
    assert found.reason == NO_DRIVER
    assert set(found.why_not.values()) == {NO_DRIVER}
    assert {"encode h264-8", "encode av1-10", "decode hevc-10"} <= set(found.why_not)
    assert len(found.why_not) == 14
    assert not children_now()


def test_a_few_can_be_tried_for_the_reason(ffmpeg: Path) -> None:
    (proof,) = prove_gpu_decoders(ffmpeg, first=1, device="GPU 0")
    assert (proof.encoder, proof.device) == ("decode h264-8", "GPU 0")
    assert (proof.works, proof.why_not) == (False, NO_DRIVER)


def test_a_worker_whose_gpu_fails_its_trial_does_not_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The driver's library answers (recorded), FFmpeg finds no driver (for real)."""
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    wanted = rf"GPU 0 \(Tesla T4\) neither decodes nor encodes here: {NO_DRIVER}"
    with pytest.raises(InvalidSettings, match=wanted) as raised:
        run_gpu_worker(Settings.read(storage=tmp_path), device="0", nvml=RecordedNvml())
    assert raised.value.exit_code == 2


@pytest.mark.parametrize("encode", [True, False])
def test_a_command_for_a_gpu_fails_with_the_reason(
    ffmpeg: Path, tmp_path: Path, *, encode: bool
) -> None:
    document = make_document(make_track(make_color(1)))
    picture = slice_picture(
        place(load_timeline(document).timeline, {}).composition, 0, 5
    )
    use = GpuUse(model="Tesla T4", driver="550", encode=encode)
    command = build_segment_command(
        picture, find_preset("source"), size=(320, 192), threads=1, gpu=use
    )
    with pytest.raises(EncoderMissing, match=r"Cannot load libcuda\.so\.1"):
        run(
            command,
            ffmpeg=ffmpeg,
            scratch=tmp_path,
            stall_seconds=30,
            limit_seconds=30,
        )
