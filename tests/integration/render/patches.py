"""Films of patches of known codes, and what is seen of them in a file.

The codes are written as they are: nothing converts colours when a film is made.
"""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING, Any

import av
import numpy as np

if TYPE_CHECKING:
    from pathlib import Path

    from tests.integration.render.light import Array

#: Side of a patch in pixels.
SIDE = 32


def write_patches(
    path: Path,
    codes: Array,
    *,
    ffmpeg: Path,
    tags: dict[str, str],
    bits: int = 10,
    frames: int = 2,
    before: tuple[str, ...] = (),
) -> Path:
    """Write a film of patches side by side, each of one Y'CbCr code, at 25 Hz."""
    deep = np.uint16 if bits > 8 else np.uint8
    row = np.clip(np.round(codes), 0, 2**bits - 1).astype(deep)
    planes = [
        np.repeat(np.repeat(row[None, :, at], side, axis=0), side, axis=1)
        for at, side in ((0, SIDE), (1, SIDE // 2), (2, SIDE // 2))
    ]
    frame = b"".join(plane.tobytes() for plane in planes)
    pix_fmt = "yuv420p10le" if bits > 8 else "yuv420p"
    said = ":".join(f"{key}={value}" for key, value in tags.items())
    subprocess.run(
        [
            *(str(ffmpeg), "-v", "error", "-y", *before),
            *("-f", "rawvideo", "-pix_fmt", pix_fmt, "-r", "25"),
            *("-s", f"{SIDE * len(codes)}x{SIDE}", "-i", "-"),
            *(("-vf", f"setparams={said}") if said else ()),
            *("-c:v", "libx264", "-qp", "0", "-threads", "1"),
            str(path),
        ],
        input=frame * frames,
        check=True,
    )
    return path


def read_patches(path: Path, count: int, frame: int = 0) -> Array:
    """Return the mean Y'CbCr code in the middle of each patch, in the file's bits."""
    with av.open(str(path)) as container:
        for number, each in enumerate(container.decode(video=0)):
            if number == frame:
                return _codes(each, count)
    message = f"{path} has no frame {frame}"
    raise AssertionError(message)


def _codes(frame: Any, count: int) -> Array:  # noqa: ANN401  # PyAV's frame
    found = []
    for plane in frame.planes:
        size = 2 if "10" in frame.format.name else 1
        deep = np.uint16 if size > 1 else np.uint8
        lines = np.frombuffer(plane, deep).reshape(plane.height, -1)
        lines = lines[:, : plane.width].astype(float)
        width, height = plane.width / count, plane.height
        found.append(
            [
                lines[
                    height // 2 - 2 : height // 2 + 2,
                    round((at + 0.5) * width) - 2 : round((at + 0.5) * width) + 2,
                ].mean()
                for at in range(count)
            ]
        )
    return np.array(found).T
