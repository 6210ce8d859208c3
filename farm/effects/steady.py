"""From the motions of a camera to where each frame is laid so that it looks steady.

The camera's path is the sum of its motions, made smooth by two moving means, which
reach as many frames as the smoothing says together. All is reckoned from the motions
of the whole clip: each piece of it gets the same numbers.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING

from farm.effects.model import Filter, filter_of, number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from farm.effects.model import Given, Scene, Steps
    from farm.timeline.steady import Motion

SMOOTHING = 15
"""Usual value of the parameter, in frames."""
MOST_SMOOTHING = 100
#: A frame is moved by this share of the picture at most, and turned by these radians.
_MOST_SHIFT = 0.12
_MOST_TURN = 0.15
#: Pixels at the edges that are mixed with what lies outside.
_EDGE = 2
#: Frames of which the filter knows the planes, of what is like them.
_WORK_FORMATS = ("yuv420p", "yuv422p", "yuv444p", "yuva420p")


def steady_steps(given: Given, scene: Scene) -> Steps:
    """Lay each frame where a steady camera would have seen it."""
    if not scene.motions:
        return ()  # no film: nothing shakes
    shifts = find_shifts(scene.motions, round(number(given, "smoothing")))
    width, height = scene.whole
    pixels = [(x * width, y * height, turn) for x, y, turn in shifts]
    kept = find_kept(pixels, scene.width, scene.height) if given["fill"] else 1.0
    kept /= 1 + number(given, "zoom") / 100
    first, last = scene.motions_at
    lines = [
        # number, right, down, turn, zoom in per cent, and a field that is not used
        f"{at} {x:.5f} {y:.5f} {turn:.7f} {100 * (1 - kept):.6f} 0"
        for at, (x, y, turn) in enumerate(pixels[first:last], start=1)
    ]
    laid = filter_of(
        "vidstabtransform",
        relative=0,
        smoothing=0,
        optzoom=0,
        crop="black",
        interpol="bicubic",
    )
    laid = Filter(
        name=laid.name, options=laid.options, files={"input": "\n".join(lines) + "\n"}
    )
    work = work_format(scene.pix_fmt)
    if work == scene.pix_fmt:
        return (laid,)
    return (
        filter_of("format", pix_fmts=work),
        laid,
        filter_of("format", pix_fmts=scene.pix_fmt),
    )


def work_format(pix_fmt: str) -> str:
    """Return the format, of eight bits, in which frames are moved."""
    plain = pix_fmt.removesuffix("10le")
    if plain in _WORK_FORMATS:
        return plain
    return "yuva420p" if plain.startswith("yuva") else "yuv444p"


@lru_cache(maxsize=8)
def find_shifts(motions: tuple[Motion, ...], smoothing: int) -> tuple[Motion, ...]:
    """Return how each frame is moved: right, down, and turned against the clock.

    Args:
        motions: what brings each frame onto the one before it.
        smoothing: frames before and after that a frame follows.
    """
    limits = (_MOST_SHIFT, _MOST_SHIFT, _MOST_TURN)
    sides = []
    for values, limit in zip(zip(*motions, strict=True), limits, strict=True):
        path: list[float] = []
        for value in (0.0, *values[1:]):
            path.append((path[-1] if path else 0.0) + value)
        smooth = smooth_path(path, smoothing)
        sides.append(
            [
                min(max(was - now, -limit), limit)
                for was, now in zip(path, smooth, strict=True)
            ]
        )
    return tuple(zip(*sides, strict=True))


def smooth_path(path: Sequence[float], reach: int) -> list[float]:
    """Return a path made smooth; it goes on beyond its ends as before them, turned."""
    last = len(path) - 1
    reach = min(reach, last)
    before = [2 * path[0] - path[at] for at in range(reach, 0, -1)]
    after = [2 * path[last] - path[last - at] for at in range(1, reach + 1)]
    half = reach // 2
    return _means(_means([*before, *path, *after], half), reach - half)


def _means(values: Sequence[float], half: int) -> list[float]:
    """Return the mean of each value and `half` on each side, where they are there."""
    sums = [0.0]
    for value in values:
        sums.append(sums[-1] + value)
    wide = 2 * half + 1
    return [(sums[at + wide] - sums[at]) / wide for at in range(len(values) - 2 * half)]


def find_kept(shifts: Sequence[Motion], width: int, height: int) -> float:
    """Return which share of width and height every moved frame fills, 0 to 1.

    Args:
        shifts: in pixels and radians.
        width: of the picture in pixels; likewise the height.
    """
    kept = 1.0
    for x, y, turn in shifts:
        if not (x or y or turn):
            continue
        sine, cosine = abs(math.sin(turn)), math.cos(turn)
        wide = (width / 2 - _EDGE - abs(x)) / (width / 2 * cosine + height / 2 * sine)
        high = (height / 2 - _EDGE - abs(y)) / (width / 2 * sine + height / 2 * cosine)
        kept = min(kept, wide, high)
    return max(kept, 0.25)
