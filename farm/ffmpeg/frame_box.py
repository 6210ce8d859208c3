"""Where a picture lies in the frame: pure arithmetic, in whole pixels."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from farm.timeline.clip import Crop
    from farm.timeline.composition import FilmSource, Look
    from farm.timeline.media import VideoFacts


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """The scaled picture, the part of it that is kept, and where that lies."""

    scaled_width: int
    scaled_height: int
    width: int
    height: int
    """Kept of the scaled picture, around its centre."""
    x: int
    y: int
    """Left and top edge in the frame; may lie outside."""
    cut_left: int | None = None
    """Of the scaled picture, left of what is kept; ``None``: half of all."""
    cut_top: int | None = None

    def covers(self, width: int, height: int) -> bool:
        """Whether nothing of the frame is left free."""
        return (
            self.x <= 0
            and self.y <= 0
            and self.x + self.width >= width
            and self.y + self.height >= height
        )


def upright_size(video: VideoFacts) -> tuple[int, int]:
    """Return width and height in the stream's pixels, turned upright."""
    if video.rotation % 180:
        return video.height, video.width
    return video.width, video.height


def shown_size(source: FilmSource, crop: Crop) -> tuple[Fraction, Fraction]:
    """Return width and height in square pixels: upright, and cropped."""
    width, height = upright_size(source.video)
    width, height = width - crop.left - crop.right, height - crop.top - crop.bottom
    aspect = source.video.sample_aspect
    if source.video.rotation % 180:
        return Fraction(width), height * aspect
    return width * aspect, Fraction(height)


def fit_box(
    size: tuple[Fraction, Fraction],
    look: Look,
    *,
    frame: tuple[int, int],
    pixel_scale: Fraction,
) -> Box:
    """Lay a picture of a size into a frame.

    Args:
        size: of the picture, cropped, in square pixels.
        look: fit, scale and centre.
        frame: width and height of the output in pixels.
        pixel_scale: pixels of the output a pixel of the timeline.
    """
    wide, high = frame[0] / size[0], frame[1] / size[1]
    factors = {
        "fit": (min(wide, high),) * 2,
        "fill": (max(wide, high),) * 2,
        "stretch": (wide, high),
        "none": (pixel_scale, pixel_scale),
    }[look.fit]
    scale = look.transform.scale
    scaled = [
        _even(float(side * factor) * scale)
        for side, factor in zip(size, factors, strict=True)
    ]
    kept = scaled
    if look.fit == "fill":
        kept = [
            min(side, _even(limit * scale))
            for side, limit in zip(scaled, frame, strict=True)
        ]
    align_x, align_y = (
        (0.5, 0.5) if look.cell is None else (look.cell.align_x, look.cell.align_y)
    )
    off_x, off_y = align_x - 0.5, align_y - 0.5
    return Box(
        scaled_width=scaled[0],
        scaled_height=scaled[1],
        width=kept[0],
        height=kept[1],
        x=_even_place(
            frame[0] * look.transform.x - kept[0] / 2 + off_x * (frame[0] - kept[0])
        ),
        y=_even_place(
            frame[1] * look.transform.y - kept[1] / 2 + off_y * (frame[1] - kept[1])
        ),
        cut_left=_even_place((scaled[0] - kept[0]) * align_x) if off_x else None,
        cut_top=_even_place((scaled[1] - kept[1]) * align_y) if off_y else None,
    )


def _even(length: float) -> int:
    """Round to an even length: pictures in 4:2:0 have no other."""
    return max(2, 2 * round(length / 2))


def _even_place(place: float) -> int:
    return 2 * round(place / 2)
