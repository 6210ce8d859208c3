"""What the FFmpeg of this machine has, and what hardware encodes here."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from farm.ffmpeg.capabilities import Gpu, Proof, find_gpus
from farm.ffmpeg.discover import BuiltIn, discover
from farm.ffmpeg.hardware import Device, find_devices, prove_hardware
from farm.ffmpeg.locate import find_ffmpeg

if TYPE_CHECKING:
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

    def to_json(self) -> dict[str, JsonValue]:
        """Return it as plain data."""
        return {
            "ffmpeg": self.ffmpeg,
            **self.built_in.to_json(),
            "gpus": [asdict(gpu) for gpu in self.gpus],
            "devices": [device.to_json() for device in self.devices],
            "hardware_encoders": [asdict(proof) for proof in self.encoders],
        }


def read_hardware(settings: Settings, *, prove: bool) -> Hardware:
    """Ask FFmpeg and the machine; try every hardware encoder where that is asked."""
    ffmpeg = find_ffmpeg(settings)
    devices = find_devices()
    return Hardware(
        ffmpeg=str(ffmpeg),
        built_in=discover(ffmpeg),
        gpus=find_gpus(),
        devices=devices,
        encoders=tuple(prove_hardware(ffmpeg, devices=devices)) if prove else (),
    )
