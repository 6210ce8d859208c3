"""Find out what one GPU decodes and encodes, by doing a little of each on it."""

from __future__ import annotations

import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from farm.errors import FFmpegFailed, OutputWrong
from farm.ffmpeg.capabilities import Proof, prove_encoding
from farm.ffmpeg.command import Command
from farm.ffmpeg.gpu import DEVICE, surface_format
from farm.ffmpeg.hardware import explain
from farm.ffmpeg.run import run
from farm.ffmpeg.verify import scan_picture

if TYPE_CHECKING:
    from collections.abc import Iterable

_LIMIT_SECONDS = 30.0
_FRAMES = 5
_SIZE, _HALF = (512, 288), (256, 144)
_PICTURE = f"testsrc2=size={_SIZE[0]}x{_SIZE[1]}:rate=25:duration=0.2"
_MADE = "proof.mkv"
#: What is encoded by NVENC, with its pixel format.
_ENCODERS = {
    "h264-8": ("h264_nvenc", "yuv420p"),
    "hevc-8": ("hevc_nvenc", "yuv420p"),
    "hevc-10": ("hevc_nvenc", "p010le"),
    "av1-8": ("av1_nvenc", "yuv420p"),
    "av1-10": ("av1_nvenc", "p010le"),
}
#: What makes a film of each kind that NVDEC may decode.
_SAMPLES = {
    "h264-8": ("libx264", "yuv420p", ("-preset", "ultrafast")),
    "hevc-8": ("libx265", "yuv420p", ("-x265-params", "log-level=error")),
    "hevc-10": ("libx265", "yuv420p10le", ("-x265-params", "log-level=error")),
    "av1-8": ("libsvtav1", "yuv420p", ("-preset", "12")),
    "av1-10": ("libsvtav1", "yuv420p10le", ("-preset", "12")),
    "vp8-8": ("libvpx", "yuv420p", ("-deadline", "realtime")),
    "vp9-8": ("libvpx-vp9", "yuv420p", ("-deadline", "realtime")),
    "mpeg2video-8": ("mpeg2video", "yuv420p", ()),
    "mpeg4-8": ("mpeg4", "yuv420p", ()),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Abilities:
    """What one GPU was seen to do with one FFmpeg."""

    encoders: tuple[str, ...]
    """What it encodes, such as ``hevc-10`` (codec and bits a sample), in order."""
    decoders: tuple[str, ...]
    """What it decodes and scales, likewise."""
    why_not: dict[str, str]
    """Why it does not do the rest, by ``encode hevc-10`` and ``decode vp8-8``."""

    @property
    def is_any(self) -> bool:
        """Whether it is of any use."""
        return bool(self.encoders or self.decoders)

    @property
    def reason(self) -> str:
        """Why it does not do most of what it does not do."""
        reasons = list(self.why_not.values())
        return max(reasons, key=reasons.count, default="")


def prove_gpu(ffmpeg: Path) -> Abilities:
    """Encode and decode a little of everything on the GPU that this process sees.

    It takes a few seconds. What a GPU does is told by nothing else: cards for data
    centres have no encoder, and a driver may lack a part.
    """
    proofs = [*prove_gpu_encoders(ffmpeg), *prove_gpu_decoders(ffmpeg)]
    return Abilities(
        encoders=_working(proofs, "encode "),
        decoders=_working(proofs, "decode "),
        why_not={proof.encoder: proof.why_not for proof in proofs if not proof.works},
    )


def prove_gpu_encoders(ffmpeg: Path) -> Iterable[Proof]:
    """Yield a proof for each codec and depth of NVENC, named ``encode h264-8``."""
    for name, (encoder, pix_fmt) in _ENCODERS.items():
        proof = prove_encoding(
            encoder,
            ((), ("-pix_fmt", pix_fmt, "-gpu", "0")),
            ffmpeg=ffmpeg,
            explain=explain,
        )
        yield Proof(
            encoder=f"encode {name}",
            works=proof.works,
            seconds=proof.seconds,
            why_not=proof.why_not,
        )


def prove_gpu_decoders(
    ffmpeg: Path, *, index: int = 0, device: str | None = None, first: int | None = None
) -> Iterable[Proof]:
    """Yield a proof for each codec and depth of NVDEC, named ``decode h264-8``.

    Args:
        ffmpeg: the program.
        index: of the GPU among those that this process sees.
        device: what the GPU is called, for the proofs.
        first: how many are tried; ``None``: all.
    """
    samples = list(_SAMPLES.items())[:first]
    with tempfile.TemporaryDirectory(prefix="farm-proof-") as folder:
        for name, (encoder, pix_fmt, options) in samples:
            started = time.monotonic()
            sample = f"{name}.mkv"
            source = ("-f", "lavfi", "-i", _PICTURE, "-pix_fmt", pix_fmt)
            made = (*source, "-c:v", encoder, *options, sample)
            why_not = ""
            try:
                _run(ffmpeg, Path(folder), made, sample)
            except FFmpegFailed:
                why_not = f"this FFmpeg has no {encoder} to make a film for a trial"
            bits = 10 if name.endswith("-10") else 8
            yield Proof(
                encoder=f"decode {name}",
                device=device,
                works=not (
                    why_not := why_not
                    or _decode(ffmpeg, Path(folder), sample, bits=bits, index=index)
                ),
                seconds=time.monotonic() - started,
                why_not=why_not,
            )


def _decode(ffmpeg: Path, folder: Path, sample: str, *, bits: int, index: int) -> str:
    """Decode and halve a film on the GPU; return why it could not."""
    pix_fmt = surface_format(bits)
    # what was decoded by the CPU after all cannot be scaled or downloaded
    filters = (
        f"scale_cuda={_HALF[0]}:{_HALF[1]}:format={pix_fmt},hwdownload,format={pix_fmt}"
    )
    arguments = (
        *("-init_hw_device", f"cuda={DEVICE}:{index}"),
        *("-hwaccel", "cuda", "-hwaccel_device", DEVICE),
        *("-hwaccel_output_format", "cuda", "-i", sample),
        *("-vf", filters, "-c:v", "ffv1", "-y", _MADE),
    )
    try:
        _run(ffmpeg, folder, arguments, _MADE)
        found = scan_picture(folder / _MADE, decode=True)
        if (found.width, found.height, found.frames) != (*_HALF, _FRAMES):
            return f"{found.frames} frames of {found.width}x{found.height} came out"
    except (FFmpegFailed, OutputWrong) as error:
        log = error.facts.get("log")
        return (explain(log) if isinstance(log, str) else None) or error.message
    return ""


def _run(ffmpeg: Path, folder: Path, arguments: tuple[str, ...], output: str) -> None:
    run(
        Command(arguments=arguments, output=output),
        ffmpeg=ffmpeg,
        scratch=folder,
        stall_seconds=_LIMIT_SECONDS,
        limit_seconds=_LIMIT_SECONDS,
    )


def _working(proofs: list[Proof], kind: str) -> tuple[str, ...]:
    return tuple(
        sorted(
            proof.encoder.removeprefix(kind)
            for proof in proofs
            if proof.works and proof.encoder.startswith(kind)
        )
    )
