"""What all scenes are drawn with: twice as large, and then brought down."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageDraw

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

Color = tuple[int, int, int]

WIDTH, HEIGHT = 1280, 720
SCALE = 2
SEED = 7


def larger(length: float) -> int:
    """Return a length in the pixels that are drawn."""
    return round(length * SCALE)


def place(x: float, y: float) -> tuple[int, int]:
    """Return a point in the pixels that are drawn."""
    return larger(x), larger(y)


def corners(left: float, top: float, right: float, bottom: float) -> list[int]:
    """Return a box in the pixels that are drawn."""
    return [*place(left, top), *place(right, bottom)]


def draw_polygon(
    draw: ImageDraw.ImageDraw,
    points: Sequence[tuple[float, float]],
    fill: tuple[int, ...],
) -> None:
    """Fill a polygon."""
    draw.polygon([place(*point) for point in points], fill=fill)


def gradient(stops: Sequence[tuple[float, Color]]) -> Image.Image:
    """Return a column of colours that run from one stop to the next."""
    rows = np.linspace(0, 1, 512)
    places = [place for place, _ in stops]
    colors = [np.interp(rows, places, [c[at] for _, c in stops]) for at in range(3)]
    column = np.stack(colors, axis=1)[:, None, :]
    return Image.fromarray(column.round().astype(np.uint8))


def to_image(pixels: NDArray[np.float64]) -> Image.Image:
    """Return pixels as a picture."""
    return Image.fromarray(np.clip(pixels.round(), 0, 255).astype(np.uint8))


def draw_hills(
    draw: ImageDraw.ImageDraw, base: float, color: Color, height: float, phase: float
) -> None:
    """Draw a ridge of hills down to the horizon."""
    ridge = [
        (
            x,
            base
            - height * (0.6 + 0.5 * math.sin(x / 170 + phase))
            - height * 0.3 * math.sin(x / 47 + phase * 2),
        )
        for x in range(0, WIDTH + 8, 8)
    ]
    draw_polygon(draw, [(0, 440), *ridge, (WIDTH, 440)], color)


def finish(whole: Image.Image, *, grain: bool = True) -> Image.Image:
    """Bring a drawing to its size, with a touch of grain."""
    small = whole.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS)
    if not grain:
        return small
    random = np.random.default_rng(SEED + 5)
    pixels = np.asarray(small, dtype=np.float64)
    return to_image(pixels + random.normal(0, 1.2, pixels.shape[:2])[..., None])
