"""Films whose frames carry their number, so that any player can tell which it shows.

A bit is a column, from the left the lowest, black or white: it survives any encoder and
any scaling.
"""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING, Any

from farm.ffmpeg.locate import find_ffmpeg
from farm.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

    import numpy.typing as npt

BITS = 11
WIDTH, HEIGHT = BITS * 32, 192
TONE_HZ = 500


def make_numbered_film(
    path: Path, *, seconds: float, rate: str = "25", sound: bool = True
) -> Path:
    """Write a film of numbered frames with a tone, up to 2,047 frames."""
    luma = "if(mod(floor(N/pow(2,X)),2),235,16)"
    drawn = f"format=yuv444p,geq=lum='{luma}':cb=128:cr=128"
    scaled = f"scale={WIDTH}:{HEIGHT}:flags=neighbor,setsar=1,format=yuv420p"
    picture = f"color=s={BITS}x1:r={rate}:d={seconds}"
    tone = ["-f", "lavfi", "-i", f"sine=f={TONE_HZ}:r=48000:d={seconds}"]
    command = [
        *(str(find_ffmpeg(Settings())), "-v", "error", "-y"),
        *("-f", "lavfi", "-i", picture, *(tone if sound else [])),
        # computed for one pixel a column, then made large
        *("-vf", f"{drawn},{scaled}"),
        *("-c:v", "libx264", "-preset", "ultrafast", "-g", "25"),
        *(["-c:a", "aac"] if sound else []),
        str(path),
    ]
    subprocess.run(command, check=True)
    return path


def read_number(luma: npt.NDArray[Any]) -> int:
    """Return the number of a picture, of any size."""
    height, width = luma.shape
    middles = [(2 * bit + 1) * width // (2 * BITS) for bit in range(BITS)]
    return sum(
        (int(luma[height // 2, at]) > 127) << bit for bit, at in enumerate(middles)
    )
