"""Refuse a quality that cannot be searched for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from farm.errors import InvalidOption
from farm.ffmpeg.capabilities import list_filters
from farm.ffmpeg.crf import find_crf_scale
from farm.ffmpeg.locate import find_ffmpeg

if TYPE_CHECKING:
    from farm.presets.preset import Preset
    from farm.settings import Settings

_FILTER = "libvmaf"


def check_crf(preset: Preset, option: str) -> None:
    """Refuse a preset whose encoder has no constant quality to be searched.

    Raises:
        InvalidOption: when it has none.
    """
    if find_crf_scale(preset.video) is not None:
        return
    message = (
        f"{option} cannot be used with the preset {preset.name}: its encoder "
        f"{preset.video.encoder} is not set to a constant quality (crf)"
    )
    raise InvalidOption(message, preset=preset.name)


def check_vmaf(preset: Preset, settings: Settings) -> None:
    """Refuse a target of VMAF that cannot be searched for or measured here.

    Raises:
        InvalidOption: when it cannot.
    """
    check_crf(preset, "--vmaf")
    if preset.video.range != "sdr":
        message = (
            f"--vmaf cannot be used with the preset {preset.name}: the model of VMAF "
            "was not made for HDR"
        )
        raise InvalidOption(message, preset=preset.name)
    ffmpeg = find_ffmpeg(settings)
    if _FILTER not in list_filters(ffmpeg):
        message = (
            f"--vmaf cannot be used: {ffmpeg} was built without {_FILTER}; "
            "set ffmpeg_path to one that has it"
        )
        raise InvalidOption(message)
