"""Effects that move pixels."""

from __future__ import annotations

from farm.effects.model import Effect, Number, Switch, filter_of, number
from farm.effects.steady import MOST_SMOOTHING, SMOOTHING, steady_steps
from farm.timeline.steady import SHAKINESS

EFFECTS: dict[str, Effect] = {
    "mirror": Effect(
        what="Swaps left and right.",
        shapes=True,
        gpu="hflip_vulkan",
        build=lambda _, __: (filter_of("hflip"),),
    ),
    "flip": Effect(
        what="Swaps top and bottom.",
        shapes=True,
        gpu="vflip_vulkan",
        build=lambda _, __: (filter_of("vflip"),),
    ),
    "stabilise": Effect(
        what="Steadies a camera that was held in the hand.",
        parameters={
            "smoothing": Number(
                unit="frames",
                default=SMOOTHING,
                low=0,
                high=MOST_SMOOTHING,
                is_fixed=True,
            ),
            "zoom": Number(unit="%", default=0, low=0, high=50, is_fixed=True),
            "fill": Switch(default=True),
            "shakiness": Number(
                unit="steps", default=SHAKINESS, low=1, high=10, is_fixed=True
            ),
        },
        neutral={"smoothing": 0},
        shapes=True,
        build=steady_steps,
    ),
    "lens_correction": Effect(
        what="Bends lines that a wide lens bent: below 0 barrels, above 0 cushions.",
        parameters={
            "curve": Number(unit="share", default=-0.2, low=-1, high=1),
            "edge": Number(unit="share", default=0, low=-1, high=1),
        },
        neutral={"curve": 0, "edge": 0},
        space="rgb",
        build=lambda given, _: (
            filter_of(
                "lenscorrection",
                k1=number(given, "curve"),
                k2=number(given, "edge"),
                i="bilinear",
            ),
        ),
    ),
    "shear": Effect(
        what="Slants the picture.",
        parameters={
            "x": Number(unit="share", default=0.2, low=-2, high=2),
            "y": Number(unit="share", default=0, low=-2, high=2),
        },
        neutral={"x": 0, "y": 0},
        space="rgb",
        build=lambda given, _: (
            filter_of(
                "shear",
                shx=number(given, "x"),
                shy=number(given, "y"),
                fillcolor="black",
            ),
        ),
    ),
}
