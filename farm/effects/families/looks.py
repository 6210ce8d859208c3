"""Looks: a picture's whole mood by one name, as strong as is wanted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from farm.effects.matrix import (
    LUMA,
    Matrix,
    blend,
    diagonal,
    lut,
    mixer,
    multiply,
    saturate,
)
from farm.effects.model import Effect, Filter, Merge, Number, filter_of, mix, number
from farm.effects.shapes import shade_edges

if TYPE_CHECKING:
    from collections.abc import Callable

    from farm.effects.model import Scene, Steps

_AMOUNT = Number(unit="share", default=1, low=0, high=1)
#: Points of curves for film looks.
_S_CURVE = "0/0 0.25/0.18 0.75/0.84 1/1"
_FADED = "0/0.09 0.3/0.3 0.7/0.74 1/0.94"
#: Leaves shine, skies do not: green counts, blue counts against.
_INFRARED = ((0.2, 1.8, -1.0), (0.1, 1.8, -0.9), (0.0, 1.75, -0.75))
#: Luma, and how warm a colour is: of what is warm orange is made, of what is not teal.
_TEAL_ORANGE: Matrix = (
    (LUMA[0] + 0.9, LUMA[1] - 0.54, LUMA[2] - 0.36),
    LUMA,
    (LUMA[0] - 0.6, LUMA[1] + 0.36, LUMA[2] + 0.24),
)


def _curves(**points: str) -> Filter:
    return filter_of("curves", **points)


def _contrast(factor: float, gain: float = 1) -> Filter:
    return lut(f"({{v}}*{gain}-0.5)*{factor}+0.5")


def _balance(**parts: float) -> Filter:
    return filter_of("colorbalance", **parts)


def _soft(strength: float, radius: float, scene: Scene) -> Merge:
    """Lay a blurred copy over the picture, which only makes lighter."""
    blurred = filter_of("gblur", sigma=radius * scene.pixel_scale, steps=3)
    screen = filter_of("blend", all_mode="screen", all_opacity=strength)
    return Merge(branches=((), (blurred,)), filter=screen)


def _edges_alight(scene: Scene) -> Steps:
    """Show edges alone, as tubes that glow in the colours of what they bound."""
    return (
        mixer(saturate(1.8)),
        filter_of("sobel", scale=1.6),
        _soft(0.9, 6, scene),
    )


def _look(what: str, build: Callable[[Scene], Steps]) -> Effect:
    return Effect(
        what=what,
        parameters={"amount": _AMOUNT},
        neutral={"amount": 0},
        space="rgb",
        build=lambda given, scene: mix(build(scene), number(given, "amount")),
    )


EFFECTS: dict[str, Effect] = {
    "vintage": _look(
        "Faded, with blue shadows and yellow light.",
        lambda _: (
            mixer(saturate(0.8)),
            _curves(
                red="0/0.11 0.42/0.51 1/0.95",
                green="0/0 0.5/0.48 1/1",
                blue="0/0.22 0.49/0.44 1/0.8",
            ),
        ),
    ),
    "noir": _look(
        "Black and white, hard, with dark corners.",
        lambda scene: (
            mixer((LUMA, LUMA, LUMA)),
            _contrast(1.5, 0.95),
            shade_edges(0.5, scene),
        ),
    ),
    "cyberpunk": _look(
        "Magenta light and cyan shadows, hard and strong.",
        lambda _: (
            _contrast(1.2),
            _balance(
                rs=-0.25,
                gs=-0.05,
                bs=0.35,
                rm=0.15,
                gm=-0.15,
                bm=0.2,
                rh=0.2,
                gh=-0.2,
                bh=0.15,
            ),
            mixer(saturate(1.5)),
        ),
    ),
    "dreamy": _look(
        "Soft and light, with a veil of its own light.",
        lambda scene: (
            _soft(0.5, 10, scene),
            mixer(saturate(0.85)),
            lut("{v}*0.92+0.06"),
        ),
    ),
    "infrared": _look(
        "Leaves white and skies dark, as on infrared film.",
        lambda _: (mixer(_INFRARED), _contrast(1.15)),
    ),
    "matrix": _look(
        "Green on black, hard.",
        lambda _: (
            mixer(multiply(diagonal(0.45, 1.15, 0.5), saturate(0.35))),
            _contrast(1.35, 0.9),
        ),
    ),
    "arctic": _look(
        "Cold and pale.",
        lambda _: (
            mixer(multiply(diagonal(0.88, 1.0, 1.16), saturate(0.65))),
            lut("{v}*0.95+0.05"),
        ),
    ),
    "sunset": _look(
        "Orange light low over everything.",
        lambda _: (
            mixer(multiply(diagonal(1.16, 0.95, 0.7), saturate(1.25))),
            _balance(rm=0.15, bs=0.1, bh=-0.2),
        ),
    ),
    "lomo": _look(
        "A toy camera: hard, strong colours, dark corners.",
        lambda scene: (
            _curves(red=_S_CURVE, green=_S_CURVE, blue="0/0.08 0.5/0.5 1/0.9"),
            mixer(saturate(1.4)),
            shade_edges(0.65, scene),
        ),
    ),
    "twilight": _look(
        "The blue hour: dark and blue, with violet light.",
        lambda _: (
            mixer(multiply(diagonal(0.72, 0.72, 1.05), saturate(0.9))),
            _balance(rs=-0.05, bs=0.25, rh=0.1, bh=0.1),
        ),
    ),
    "neon": _look(
        "Edges glow in strong colours on black.",
        _edges_alight,
    ),
    "flat": _look(
        "Little contrast and colour, as a base for grading.",
        lambda _: (mixer(saturate(0.7)), lut("{v}*0.7+0.15")),
    ),
    "neutral": _look(
        "A touch softer than the source, in contrast and colour.",
        lambda _: (mixer(saturate(0.95)), _contrast(0.94)),
    ),
    "cinestyle": _look(
        "Lifted shadows, soft light, less colour.",
        lambda _: (mixer(saturate(0.85)), _curves(all=_FADED)),
    ),
    "dramatic_contrast": _look(
        "Deep shadows and bright light.",
        lambda _: (_curves(all="0/0 0.3/0.16 0.7/0.86 1/1"), mixer(saturate(1.1))),
    ),
    "portrait": _look(
        "Kind to skin: warm, soft, a little lighter in the middle.",
        lambda scene: (
            _curves(all="0/0.02 0.5/0.55 1/1"),
            mixer(diagonal(1.04, 1.0, 0.95)),
            _soft(0.18, 4, scene),
        ),
    ),
    "landscape": _look(
        "Deep skies and green leaves.",
        lambda _: (
            _balance(gm=0.06, bm=0.04, bh=0.1),
            mixer(saturate(1.3)),
            _contrast(1.1),
        ),
    ),
    "vintage_film": _look(
        "An old print: faded blacks, warm, little colour.",
        lambda scene: (
            _curves(all=_FADED),
            mixer(multiply(diagonal(1.07, 1.0, 0.86), saturate(0.7))),
            shade_edges(0.3, scene),
        ),
    ),
    "warm_sunset": _look(
        "Warm light, as an hour before evening.",
        lambda _: (mixer(diagonal(1.12, 1.0, 0.82)), mixer(saturate(1.12))),
    ),
    "cold_blue": _look(
        "Cold light, as on a dull winter day.",
        lambda _: (
            mixer(multiply(diagonal(0.84, 0.97, 1.15), saturate(0.9))),
            _contrast(1.06),
        ),
    ),
    "teal_orange": _look(
        "Skin towards orange, all else towards teal.",
        lambda _: (
            _balance(rs=-0.14, bs=0.13, rh=0.05, bh=-0.05),
            mixer(blend(_TEAL_ORANGE, 0.8)),
        ),
    ),
}
