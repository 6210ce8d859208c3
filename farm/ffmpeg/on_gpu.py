"""Whether the frames of a slice can stay on the GPU from decoder to encoder: pure."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from farm.ffmpeg.colors import knows_colors
from farm.ffmpeg.film import box_of
from farm.ffmpeg.gpu import decodes
from farm.ffmpeg.visible import BARE
from farm.timeline.clip import Crop, Transform
from farm.timeline.composition import FilmSource, Look

if TYPE_CHECKING:
    from collections.abc import Sequence

    from farm.ffmpeg.canvas import Canvas
    from farm.ffmpeg.visible import Element
    from farm.timeline.slice import PictureSlice, ShotSlice

_PLAIN = Look(fit="fit", transform=Transform(), crop=Crop(), opacity=1.0)
"""Nothing done to a film; whatever is added to looks later comes down, too."""


def stays_on_gpu(
    picture: PictureSlice, base: Sequence[Element], canvas: Canvas, *, is_alone: bool
) -> bool:
    """Tell whether one film alone is seen, scaled to the frame and nothing else.

    Args:
        picture: the slice.
        base: what is seen of it, without what lies above.
        canvas: the frame.
        is_alone: whether nothing is laid over the base.
    """
    if canvas.gpu is None or not canvas.gpu.encode or not is_alone or len(base) != 1:
        return False
    (element,) = base
    if element.layer == BARE or element.change is not None:
        return False
    (shot,) = element.shots
    return shot is not None and _fills_frame(
        picture.layers[element.layer].shots[shot], canvas
    )


def _fills_frame(shot: ShotSlice, canvas: Canvas) -> bool:
    source, look = shot.source, shot.look
    if not isinstance(source, FilmSource) or not decodes(canvas.gpu, source.video):
        return False
    if replace(look, fit=_PLAIN.fit) != _PLAIN or shot.speed <= 0 or shot.ramp:
        return False
    box = box_of(source, look, canvas)
    size = canvas.width, canvas.height
    return (
        (box.x, box.y) == (0, 0)
        and (box.scaled_width, box.scaled_height) == size == (box.width, box.height)
        and canvas.range == "sdr"
        and knows_colors(source.video)
    )
