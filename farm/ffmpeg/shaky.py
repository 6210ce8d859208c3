"""Find how the camera of a film moved: FFmpeg finds that of parts, we of the whole."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

import ffmpeg
import numpy as np

from farm.errors import OutputWrong
from farm.ffmpeg.command import Command
from farm.ffmpeg.encode import make_canvas
from farm.ffmpeg.frame_box import shown_size
from farm.ffmpeg.graph import compile_graph
from farm.ffmpeg.sample import cut_off, play_film
from farm.timeline.clip import Transform
from farm.timeline.composition import Look
from farm.timeline.slice import PictureSlice, ShotSlice

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    from farm.timeline.steady import Motion, ShakyFilm

_FOUND = "motions.trf"
_FRAME = re.compile(r"^Frame \d+ \(List \d+ \[(.*)\]\)$", re.MULTILINE)
_PART = re.compile(r"\(LM (-?\d+) (-?\d+) (\d+) (\d+) ")
#: Fewer parts, or a smaller share of those that agree, tell nothing: nothing moved.
_FEWEST = 4
_AGREE = 0.3
#: Pixels by which parts may differ and still agree.
_NEAR = 1.5


def build_shaky_command(film: ShakyFilm, *, threads: int) -> Command:
    """Look at all frames that a clip shows, in the size of their source."""
    width, height = _size(film)
    look = Look(fit="stretch", transform=Transform(), crop=film.crop, opacity=1)
    shot = ShotSlice(
        label="",
        source=film.source,
        source_start=film.source_start,
        speed=film.speed,
        start=0,
        end=film.frames,
        alone_start=0,
        alone_end=film.frames,
        look=look,
        age=film.age,
        ramp=film.ramp,
    )
    picture = PictureSlice(
        frames=film.frames,
        rate=film.rate,
        width=width,
        height=height,
        background="#000000",
        layers=(),
    )
    canvas = make_canvas(picture, width=width, height=height, pix_fmt="yuv420p")
    stream = play_film(film.source, shot, 0, film.frames, canvas, threads)
    stream = (
        cut_off(stream, film.crop)
        .filter("scale", width, height)
        .filter("format", "yuv420p")
        .filter(
            "vidstabdetect",
            result=_FOUND,
            fileformat="ascii",
            shakiness=film.shakiness,
        )
    )
    arguments, files = compile_graph(ffmpeg.output(stream, "-", format="null"))
    return Command(
        arguments=arguments,
        output=_FOUND,
        files=files,
        sources=(film.source.path,),
        frames=film.frames,
    )


def read_motions(path: Path, film: ShakyFilm) -> tuple[Motion, ...]:
    """Return the motion of each frame.

    Raises:
        OutputWrong: when there are not as many as frames.
    """
    width, height = _size(film)
    text = path.read_text(encoding="ascii")
    found = tuple(_motions(text, width, height))
    if len(found) != film.frames:
        message = f"{len(found)} frames were looked at, not {film.frames}"
        raise OutputWrong(message)
    return found


def _motions(text: str, width: int, height: int) -> Iterator[Motion]:
    for frame in _FRAME.finditer(text):
        parts = np.array(
            [[int(each) for each in part] for part in _PART.findall(frame[1])],
            dtype=np.float64,
        ).reshape(-1, 4)
        parts[:, 2] -= width / 2
        parts[:, 3] -= height / 2
        right, down, turn = find_motion(parts)
        yield round(right / width, 7), round(down / height, 7), round(turn, 7)


def find_motion(parts: NDArray[np.float64]) -> tuple[float, float, float]:
    """Return the shift in pixels and the turn in radians that most parts agree on.

    Args:
        parts: a line each: how far right and down it came, and where it lies, in pixels
            from the middle of the picture.
    """
    if len(parts) < _FEWEST:
        return 0.0, 0.0, 0.0
    middle = np.median(parts[:, :2], axis=0)
    away = np.hypot(*(parts[:, :2] - middle).T)
    # a turn moves the parts unlike each other, the more the farther out they are
    near = away <= max(3 * float(np.median(away)), 2 * _NEAR)
    motion = _fit(parts[near])
    for _ in range(2):
        off = _off(parts, motion)
        near = off <= _NEAR
        if np.count_nonzero(near) < max(_FEWEST, _AGREE * len(parts)):
            return 0.0, 0.0, 0.0
        motion = _fit(parts[near])
    return motion


def _fit(parts: NDArray[np.float64]) -> tuple[float, float, float]:
    """Return the shift and turn that are nearest to all parts (least squares)."""
    right, down, x, y = parts.T
    about_x, about_y = x - x.mean(), y - y.mean()
    size = float((about_x**2 + about_y**2).sum())
    turn = float((about_y * right - about_x * down).sum()) / size if size else 0.0
    return (
        float(right.mean() - turn * y.mean()),
        float(down.mean() + turn * x.mean()),
        turn,
    )


def _off(
    parts: NDArray[np.float64], motion: tuple[float, float, float]
) -> NDArray[np.float64]:
    right, down, x, y = parts.T
    moved: NDArray[np.float64] = np.hypot(
        right - motion[0] - motion[2] * y, down - motion[1] + motion[2] * x
    )
    return moved


def _size(film: ShakyFilm) -> tuple[int, int]:
    """Return width and height of what is shown of the source, in square pixels."""
    width, height = shown_size(film.source, film.crop)
    return max(2, 2 * math.ceil(width / 2)), max(2, 2 * math.ceil(height / 2))
