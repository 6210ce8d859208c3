"""Find out what this FFmpeg and this machine can do, by trying it."""

from __future__ import annotations

import re
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pynvml

from farm.errors import FFmpegFailed
from farm.ffmpeg.command import Command
from farm.ffmpeg.run import read_output, run

if TYPE_CHECKING:
    from collections.abc import Sequence

#: Filters that the farm's graphs are made of.
FILTERS = frozenset(
    {
        *("adelay", "aformat", "afade", "alimiter", "amix", "anullsrc", "apad"),
        *("aresample",),
        *("asetpts", "asetrate", "ass", "atempo", "atrim", "bwdif", "color", "concat"),
        *("crop", "format", "fps", "loop", "lutrgb", "lutyuv", "overlay", "pad", "pan"),
        "rubberband",
        *("premultiply", "rotate", "scale", "setparams", "setpts", "setsar", "settb"),
        *(
            "split",
            "tmix",
            "tonemap",
            "tpad",
            "trim",
            "unpremultiply",
            "volume",
            "xfade",
        ),
        "zscale",
    }
)
#: Encoders of GPUs, by the way to them; those that a build has are tried.
GPU_ENCODERS = tuple(
    f"{codec}_{way}"
    for way in ("nvenc", "vaapi", "qsv")
    for codec in ("h264", "hevc", "av1")
)
_TEST_PICTURE = "testsrc2=size=320x240:rate=25:duration=0.2"
_TEST_TONE = "sine=frequency=440:sample_rate=48000:duration=0.2"
_VAAPI_DEVICE = ("-init_hw_device", "vaapi=gpu", "-filter_hw_device", "gpu")
_LIMIT_SECONDS = 30.0
#: A line such as `` V....D libx264   H.264`` or `` .. scale   V->V``.
_LISTED = re.compile(r"^ (?P<flags>[A-Z.|]{2,6}) +(?P<name>\w+) ", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """Whether an encoder works here."""

    encoder: str
    works: bool
    seconds: float
    """How long the try took."""
    why_not: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gpu:
    """A GPU of this machine."""

    index: int
    name: str
    memory_bytes: int
    driver: str


def list_encoders(ffmpeg: Path) -> dict[str, bool]:
    """Return the encoders that were built in, and whether each is for pictures."""
    listed = _LISTED.finditer(read_output(ffmpeg, ["-encoders"]))
    return {found["name"]: found["flags"].startswith("V") for found in listed}


def list_filters(ffmpeg: Path) -> frozenset[str]:
    """Return the names of the filters that were built in."""
    listed = _LISTED.finditer(read_output(ffmpeg, ["-filters"]))
    return frozenset(found["name"] for found in listed)


def prove_encoder(encoder: str, *, ffmpeg: Path, is_picture: bool) -> Proof:
    """Encode a fifth of a second: that an encoder is listed says little."""
    arguments = _test_arguments(encoder, is_picture=is_picture)
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="farm-proof-") as folder:
        try:
            run(
                Command(arguments=(*arguments, "proof.mkv"), output="proof.mkv"),
                ffmpeg=ffmpeg,
                scratch=Path(folder),
                stall_seconds=_LIMIT_SECONDS,
                limit_seconds=_LIMIT_SECONDS,
            )
        except FFmpegFailed as error:
            seconds = time.monotonic() - started
            return Proof(
                encoder=encoder, works=False, seconds=seconds, why_not=error.message
            )
    return Proof(encoder=encoder, works=True, seconds=time.monotonic() - started)


def prove_gpu_encoders(ffmpeg: Path) -> list[Proof]:
    """Try every encoder of a GPU that was built in."""
    built_in = list_encoders(ffmpeg)
    return [
        prove_encoder(encoder, ffmpeg=ffmpeg, is_picture=True)
        for encoder in GPU_ENCODERS
        if encoder in built_in
    ]


def find_gpus() -> tuple[Gpu, ...]:
    """Return the GPUs of NVIDIA; none where there is no driver."""
    try:
        pynvml.nvmlInit()
    except pynvml.NVMLError:
        return ()
    try:
        driver = str(pynvml.nvmlSystemGetDriverVersion())
        return tuple(
            _gpu(index, driver) for index in range(pynvml.nvmlDeviceGetCount())
        )
    except pynvml.NVMLError:
        return ()
    finally:
        pynvml.nvmlShutdown()


def _gpu(index: int, driver: str) -> Gpu:
    handle = pynvml.nvmlDeviceGetHandleByIndex(index)
    return Gpu(
        index=index,
        name=str(pynvml.nvmlDeviceGetName(handle)),
        memory_bytes=int(pynvml.nvmlDeviceGetMemoryInfo(handle).total),
        driver=driver,
    )


def _test_arguments(encoder: str, *, is_picture: bool) -> Sequence[str]:
    if not is_picture:
        return ("-f", "lavfi", "-i", _TEST_TONE, "-c:a", encoder)
    if encoder.endswith("_vaapi"):
        upload = ("-vf", "format=nv12,hwupload")
        source = (*_VAAPI_DEVICE, "-f", "lavfi", "-i", _TEST_PICTURE)
        return (*source, *upload, "-c:v", encoder)
    return ("-f", "lavfi", "-i", _TEST_PICTURE, "-c:v", encoder)
