"""What the FFmpeg of this machine has, and what hardware encodes here."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from farm.ffmpeg.capabilities import Gpu, Proof, find_gpus
from farm.ffmpeg.discover import BuiltIn, discover
from farm.ffmpeg.hardware import Device, find_devices, prove_hardware
from farm.ffmpeg.locate import find_ffmpeg
from farm.ffmpeg.prove_gpu import prove_gpu_decoders

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from pydantic import JsonValue

    from farm.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Hardware:
    """What was built in, what is there, and what was proved."""

    ffmpeg: str
    """Path of the program."""
    built_in: BuiltIn
    gpus: tuple[Gpu, ...]
    """GPUs of NVIDIA that have a driver."""
    devices: tuple[Device, ...]
    """What encoders were tried on."""
    encoders: tuple[Proof, ...]
    """Of each hardware encoder and device, whether it works, or why not."""
    decoders: tuple[Proof, ...] = ()
    """Of each GPU of NVIDIA and what it may decode, likewise; where there is none, one
    try for the reason."""

    def to_json(self) -> dict[str, JsonValue]:
        """Return it as plain data."""
        return {
            "ffmpeg": self.ffmpeg,
            **self.built_in.to_json(),
            "gpus": [asdict(gpu) for gpu in self.gpus],
            "devices": [device.to_json() for device in self.devices],
            "hardware_encoders": [asdict(proof) for proof in self.encoders],
            "hardware_decoders": [asdict(proof) for proof in self.decoders],
        }


def read_hardware(settings: Settings, *, prove: bool) -> Hardware:
    """Ask FFmpeg and the machine; try every hardware encoder where that is asked."""
    ffmpeg = find_ffmpeg(settings)
    devices, gpus = find_devices(), find_gpus()
    return Hardware(
        ffmpeg=str(ffmpeg),
        built_in=discover(ffmpeg),
        gpus=gpus,
        devices=devices,
        encoders=tuple(prove_hardware(ffmpeg, devices=devices)) if prove else (),
        decoders=tuple(_prove_decoders(ffmpeg, gpus)) if prove else (),
    )


def _prove_decoders(ffmpeg: Path, gpus: Sequence[Gpu]) -> Iterator[Proof]:
    if not gpus:
        yield from prove_gpu_decoders(ffmpeg, first=1)
    for gpu in gpus:
        name = f"GPU {gpu.index}: {gpu.name}"
        yield from prove_gpu_decoders(ffmpeg, index=gpu.index, device=name)
