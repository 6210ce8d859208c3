"""How bare FFmpeg commands encode: as the farm's preset ``source`` does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from farm.presets.catalog import find_preset

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


def encoding(output: Path, *, more: Sequence[str] = ()) -> list[str]:
    """Return the options that encode the streams [picture] and [sound] into a file.

    Args:
        output: an .mp4 file.
        more: options of the picture's encoder.
    """
    preset = find_preset("source")
    options = [
        part
        for key, value in preset.video.options.items()
        for part in (f"-{key}", value)
    ]
    return [
        *("-map", "[picture]", "-map", "[sound]"),
        *("-c:v", preset.video.encoder, *more, *options),
        *("-pix_fmt", preset.video.pix_fmt),
        *("-c:a", preset.audio.encoder, "-b:a", f"{preset.audio.bitrate_kbps}k"),
        *("-movflags", "+faststart", str(output)),
    ]
