"""Prove encoders that run on hardware: one test encode for each and each device."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from farm.ffmpeg.capabilities import Gpu, Proof, find_gpus, prove_encoding
from farm.ffmpeg.discover import find_coders, way_of

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from pydantic import JsonValue

_RENDER_NODES = Path("/dev/dri")
_VIDEO_NODES = Path("/dev")


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """Something that may encode."""

    way: str
    name: str
    """How FFmpeg is told of it: a number or a path; empty: the one it finds itself."""
    what: str
    """What a person calls it."""

    def to_json(self) -> dict[str, JsonValue]:
        """Return it as plain data."""
        return {**asdict(self)}


#: What FFmpeg says where there is no hardware or driver, and what that means.
_REASONS = (
    (
        r"Cannot load libcuda\.so|Could not dynamically load CUDA",
        "there is no NVIDIA driver: libcuda.so.1 cannot be loaded",
    ),
    (
        r"Cannot load libnvidia-encode",
        "the NVIDIA driver lacks its encoder: libnvidia-encode.so.1 cannot be loaded",
    ),
    (
        r"Codec not supported|No capable devices found|unsupported device",
        "this GPU has no encoder for it",
    ),
    (
        r"hwaccel initialisation returned error|Impossible to convert between the form",
        "this GPU does not decode it",
    ),
    (
        r"CUDA_ERROR_NO_DEVICE|no CUDA-capable device",
        "there is no GPU of NVIDIA that this process may use",
    ),
    (
        r"Driver does not support the required nvenc API",
        "the NVIDIA driver is older than this FFmpeg needs",
    ),
    (
        r"libamfrt64\.so\S* failed to open",
        "there is no AMD driver with AMF: libamfrt64.so.1 cannot be loaded",
    ),
    (
        r"Error creating a MFX session",
        "there is no Intel GPU with its runtime (oneVPL): no session can be opened",
    ),
    (
        r"failed to load library '(?P<library>libva\S*)'",
        "VA-API is not installed: {library} cannot be loaded",
    ),
    (r"No VA display found", "there is no VA-API driver for the device"),
    (
        r"No usable encoding (?:profile|entrypoint)|Encoding entrypoint not found",
        "this GPU has no encoder for it",
    ),
    (
        r"Unable to open the libvulkan library",
        "Vulkan is not installed: libvulkan.so.1 cannot be loaded",
    ),
    (
        r"Could not find a valid device",
        "there is no device of Video4Linux that encodes it",
    ),
)
#: What a machine lacks where there is no device for a way.
_NOWHERE = {
    "nvenc": "there is no GPU of NVIDIA",
    "vaapi": "there is no render node (/dev/dri/renderD*)",
    "qsv": "there is no render node (/dev/dri/renderD*)",
    "amf": "there is no render node (/dev/dri/renderD*)",
    "vulkan": "there is no render node (/dev/dri/renderD*)",
    "v4l2m2m": "there is no video device (/dev/video*)",
}


def find_devices() -> tuple[Device, ...]:
    """Return what may encode here; drivers may be missing all the same."""
    gpus = find_gpus()
    nodes = sorted(str(path) for path in _RENDER_NODES.glob("renderD*"))
    videos = sorted(str(path) for path in _VIDEO_NODES.glob("video[0-9]*"))
    return (
        *(_nvidia(gpu) for gpu in gpus),
        *(Device(way=way, name=n, what=n) for way in ("vaapi", "qsv") for n in nodes),
        *(Device(way="amf", name="", what=nodes[0]) for _ in nodes[:1]),
        *(
            Device(way="vulkan", name=str(number), what=f"Vulkan device {number}")
            for number in range(max(len(nodes), len(gpus)))
        ),
        *(
            Device(way="v4l2m2m", name="", what=", ".join(videos))
            for _ in videos[:1]  # FFmpeg finds the one that can
        ),
    )


def _nvidia(gpu: Gpu) -> Device:
    return Device(way="nvenc", name=str(gpu.index), what=f"GPU {gpu.index}: {gpu.name}")


def prove_hardware(
    ffmpeg: Path,
    *,
    devices: Sequence[Device] | None = None,
    only: Collection[str] | None = None,
) -> list[Proof]:
    """Encode a little with every hardware encoder, on every device it may run on.

    Where there is no device, the encoder is tried all the same, for the reason.

    Args:
        ffmpeg: the program.
        devices: to be tried; ``None``: those of this machine.
        only: names of encoders; ``None``: all that were built in.
    """
    found = find_devices() if devices is None else devices
    proofs = []
    for coder in find_coders(ffmpeg, "encoders"):
        if coder.way is None or (only is not None and coder.name not in only):
            continue
        mine: list[Device | None] = [each for each in found if each.way == coder.way]
        proofs += [_prove(coder.name, device, ffmpeg) for device in mine or [None]]
    return proofs


def _prove(encoder: str, device: Device | None, ffmpeg: Path) -> Proof:
    proof = prove_encoding(
        encoder,
        _arguments(encoder, device.name if device else ""),
        ffmpeg=ffmpeg,
        device=device.what if device else None,
        explain=explain,
    )
    return proof if proof.works or device else _without_device(proof)


def _without_device(proof: Proof) -> Proof:
    nowhere = _NOWHERE.get(way_of(proof.encoder) or "")
    if nowhere is None or nowhere in proof.why_not:
        return proof
    return Proof(
        encoder=proof.encoder,
        works=False,
        seconds=proof.seconds,
        why_not=f"{nowhere}; {proof.why_not}",
    )


def explain(log: str) -> str | None:
    """Return what the log of a failed encode says of hardware and drivers."""
    for pattern, sentence in _REASONS:
        if found := re.search(pattern, log):
            return sentence.format(**found.groupdict())
    return None


def _arguments(encoder: str, device: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return options before the input, and those of the encoder."""
    at = f":{device}" if device else ""
    match way_of(encoder):
        case "vaapi":
            return _uploaded(f"vaapi=gpu{at}", "format=nv12,hwupload")
        case "vulkan":
            return _uploaded(f"vulkan=gpu{at}", "format=nv12,hwupload")
        case "qsv" if device:
            upload = "hwupload=extra_hw_frames=64,format=qsv"
            return _uploaded(f"qsv=gpu,child_device={device}", f"format=nv12,{upload}")
        case "nvenc" if device:
            return (), ("-gpu", device)
    return (), ("-pix_fmt", "nv12") if way_of(encoder) == "qsv" else ()


def _uploaded(device: str, filters: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    before = ("-init_hw_device", device, "-filter_hw_device", "gpu")
    return before, ("-vf", filters)
