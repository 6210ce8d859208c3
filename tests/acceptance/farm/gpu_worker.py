"""A worker for a recorded GPU: it was seen to encode, and there is no driver here.

So it is as a machine is whose driver went away after its worker started: FFmpeg runs,
and fails for real. With ``slow`` it makes test pictures by the CPU, in real time.
Run as a program with the settings of the environment and the GPU's number.
"""

from __future__ import annotations

import sys

from farm.ffmpeg.prove_gpu import Abilities
from farm.jobs.status import TaskKind
from farm.logs import set_up_logs
from farm.settings import Settings
from tests.acceptance.farm.slow_worker import encode
from tests.recorded.nvml import RecordedNvml
from workers.gpu import run_gpu_worker

SEEN = Abilities(
    encoders=("h264-8", "hevc-8"),
    decoders=("h264-8", "hevc-8"),
    why_not={"encode av1-8": "this GPU has no encoder for it"},
)


def main() -> int:
    """Run the worker."""
    device, *rest = sys.argv[1:]
    settings = Settings.read()
    set_up_logs(level=settings.log_level, log_format=settings.log_format)
    return run_gpu_worker(
        settings,
        device=device,
        kinds={TaskKind.SEGMENT: encode} if rest == ["slow"] else None,
        nvml=RecordedNvml(),
        prove=lambda _: SEEN,
    )


if __name__ == "__main__":
    sys.exit(main())
