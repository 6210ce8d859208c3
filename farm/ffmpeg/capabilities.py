"""Find out what this FFmpeg and this machine can do, by trying it."""

from __future__ import annotations

import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pynvml

from farm.errors import FFmpegFailed, OutputWrong
from farm.ffmpeg.command import Command
from farm.ffmpeg.discover import find_filters
from farm.ffmpeg.run import run
from farm.ffmpeg.verify import scan_picture

if TYPE_CHECKING:
    from collections.abc import Callable

#: Filters that the farm's graphs are made of.
FILTERS = frozenset(
    {
        *("adelay", "aformat", "afade", "alimiter", "amix", "anullsrc", "apad"),
        *("aresample", "aeval", "afir", "asplit", "blend", "geq"),
        *("lowpass", "mergeplanes", "reverse", "sendcmd"),
        *("asetpts", "asetrate", "ass", "atempo", "atrim", "bwdif", "color", "concat"),
        *("crop", "format", "fps", "loop", "lutrgb", "lutyuv", "overlay", "pad", "pan"),
        "rubberband",
        *("premultiply", "rotate", "scale", "setparams", "setpts", "setsar", "settb"),
        *("paletteuse", "palettegen", "signalstats", "split", "tile", "tmix"),
        *("lut3d", "sidedata", "tpad", "trim", "unpremultiply", "volume", "xfade"),
        *("pal75bars", "pal100bars", "smptebars", "smptehdbars", "zscale"),
    }
)
#: What films are looked at with before an effect is applied.
LOOK_FILTERS = frozenset({"vidstabdetect"})
#: What effects of the catalogue are made of beside these.
EFFECT_FILTERS = LOOK_FILTERS | frozenset(
    {
        *("acompressor", "aecho", "afftdn", "agate", "asoftclip", "bandpass"),
        *("chorus", "chromakey", "colorbalance", "colorchannelmixer", "colorkey"),
        *("convolution", "curves", "dblur", "despill", "equalizer", "gblur", "hflip"),
        *("hue", "lenscorrection", "loudnorm", "mix", "nlmeans", "pixelize"),
        *("rgbashift", "shear", "sidechaincompress", "sobel", "vflip", "vibrance"),
        "vidstabtransform",
    }
)
#: What frames on a GPU are led through.
GPU_FILTERS = frozenset({"bwdif_cuda", "hwdownload", "scale_cuda"})
_TEST_PICTURE = "testsrc2=size=320x240:rate=25:duration=0.2"
_TEST_TONE = "sine=frequency=440:sample_rate=48000:duration=0.2"
_TEST_SIZE, _TEST_FRAMES = (320, 240), 5
_OUTPUT = "proof.mkv"
_LIMIT_SECONDS = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """Whether an encoder works here."""

    encoder: str
    works: bool
    seconds: float
    """How long the try took."""
    why_not: str = ""
    device: str | None = None
    """What it was tried on; ``None``: the CPU, or what FFmpeg finds itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gpu:
    """A GPU of this machine."""

    index: int
    name: str
    memory_bytes: int
    driver: str
    uuid: str = ""


def list_filters(ffmpeg: Path) -> frozenset[str]:
    """Return the names of the filters that were built in."""
    return frozenset(each.name for each in find_filters(ffmpeg))


def prove_encoder(encoder: str, *, ffmpeg: Path, is_picture: bool) -> Proof:
    """Encode a fifth of a second: that an encoder is listed says little."""
    return prove_encoding(encoder, ((), ()), ffmpeg=ffmpeg, is_picture=is_picture)


def prove_encoding(  # what is tried, where, and how it is told
    encoder: str,
    options: tuple[tuple[str, ...], tuple[str, ...]],
    *,
    ffmpeg: Path,
    is_picture: bool = True,
    device: str | None = None,
    explain: Callable[[str], str | None] = lambda _: None,
) -> Proof:
    """Encode a fifth of a second, and see that of pictures all come out again.

    Args:
        encoder: by FFmpeg's name.
        options: those before the input, and those of the encoder.
        ffmpeg: the program.
        is_picture: whether it encodes pictures and not sound.
        device: what it runs on, for the proof.
        explain: says why it failed, by the log; ``None``: what FFmpeg says will do.
    """
    before, after = options
    source = _TEST_PICTURE if is_picture else _TEST_TONE
    codec = "-c:v" if is_picture else "-c:a"
    arguments = (*before, "-f", "lavfi", "-i", source, *after, codec, encoder, _OUTPUT)
    started = time.monotonic()
    why_not = ""
    with tempfile.TemporaryDirectory(prefix="farm-proof-") as folder:
        try:
            run(
                Command(arguments=arguments, output=_OUTPUT),
                ffmpeg=ffmpeg,
                scratch=Path(folder),
                stall_seconds=_LIMIT_SECONDS,
                limit_seconds=_LIMIT_SECONDS,
            )
            if is_picture:
                _check_pictures(Path(folder) / _OUTPUT)
        except (FFmpegFailed, OutputWrong) as error:
            log = error.facts.get("log")
            why_not = (explain(log) if isinstance(log, str) else None) or error.message
    return Proof(
        encoder=encoder,
        device=device,
        works=not why_not,
        seconds=time.monotonic() - started,
        why_not=why_not,
    )


def _check_pictures(path: Path) -> None:
    """Raise `OutputWrong` where a test encode is not what went in."""
    found = scan_picture(path, decode=True)
    if (found.width, found.height, found.frames) != (*_TEST_SIZE, _TEST_FRAMES):
        message = (
            f"{found.frames} frames of {found.width}x{found.height} came out, "
            f"not {_TEST_FRAMES} of {_TEST_SIZE[0]}x{_TEST_SIZE[1]}"
        )
        raise OutputWrong(message)


def find_gpus(nvml: Any = pynvml) -> tuple[Gpu, ...]:  # noqa: ANN401  # the module
    """Return the GPUs of NVIDIA; none where there is no driver."""
    try:
        nvml.nvmlInit()
    except pynvml.NVMLError:
        return ()
    try:
        return tuple(
            gpu_of(nvml.nvmlDeviceGetHandleByIndex(index), nvml=nvml)
            for index in range(nvml.nvmlDeviceGetCount())
        )
    except pynvml.NVMLError:
        return ()
    finally:
        nvml.nvmlShutdown()


def gpu_of(handle: Any, *, nvml: Any = pynvml) -> Gpu:  # noqa: ANN401  # of NVML
    """Return the GPU of a handle of the driver's library, which is open."""
    return Gpu(
        index=int(nvml.nvmlDeviceGetIndex(handle)),
        name=str(nvml.nvmlDeviceGetName(handle)),
        memory_bytes=int(nvml.nvmlDeviceGetMemoryInfo(handle).total),
        driver=str(nvml.nvmlSystemGetDriverVersion()),
        uuid=str(nvml.nvmlDeviceGetUUID(handle)),
    )


def find_gpu_problem() -> str | None:
    """Return why GPUs that are there cannot be used; ``None``: no such problem.

    Most often the driver of the kernel is another one than its library, which is so
    after an update until the next boot.
    """
    try:
        pynvml.nvmlInit()
        pynvml.nvmlShutdown()
    except (
        pynvml.NVMLError_LibraryNotFound,
        pynvml.NVMLError_DriverNotLoaded,
    ):
        return None  # there is none of NVIDIA
    except pynvml.NVMLError as error:
        return str(error)
    return None
