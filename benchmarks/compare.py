"""See that two files show the same: as many frames, and nearly equal ones."""

from __future__ import annotations

import re
import subprocess
from typing import TYPE_CHECKING

from farm.ffmpeg.verify import scan_picture, scan_sound

if TYPE_CHECKING:
    from pathlib import Path

_AVERAGE = re.compile(r"PSNR .*average:(\S+) min:(\S+)")


def count_frames(path: Path) -> int:
    """Return how many frames a file has."""
    return scan_picture(path, decode=False).frames


def count_samples(path: Path) -> int:
    """Return how many samples of sound a file has."""
    return scan_sound(path).samples


def compare_pictures(ffmpeg: Path, one: Path, other: Path) -> tuple[float, float]:
    """Return the mean PSNR of two files, and that of the frame that differs most."""
    done = subprocess.run(
        [
            *(str(ffmpeg), "-nostdin", "-hide_banner"),
            *("-i", str(one), "-i", str(other)),
            *("-filter_complex", "[0:v][1:v]psnr", "-an", "-f", "null", "-"),
        ],
        check=True,
        capture_output=True,
        text=True,
    )
    found = _AVERAGE.search(done.stderr)
    assert found, done.stderr
    return float(found[1]), float(found[2])
