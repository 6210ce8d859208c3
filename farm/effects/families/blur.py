"""Effects that blur and sharpen."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from farm.effects.model import (
    Effect,
    Merge,
    Number,
    Reach,
    filter_of,
    mix,
    number,
)

if TYPE_CHECKING:
    from farm.effects.model import Filter, Given, Scene, Steps

#: Copies of which a zoom blur is the mean.
_ZOOM_COPIES = 12


def gaussian(sigma: float, scene: Scene) -> Filter:
    """Return a blur of pixels of the timeline; one step would not be Gaussian.

    FFmpeg's filter keeps its first vertical sigma where only the other is changed.
    """
    pixels = sigma * scene.pixel_scale
    return filter_of("gblur", sigma=pixels, sigmaV=pixels, steps=3)


def unsharp(amount: float, radius: float, scene: Scene) -> Merge:
    """Return what adds the difference to a blurred copy."""
    weights = f"{1 + amount:.6f} {-amount:.6f}"
    return Merge(
        branches=((), (gaussian(radius, scene),)),
        filter=filter_of("mix", inputs=2, weights=weights, scale=1),
    )


def _pixels(default: float, high: float, low: float = 0) -> Number:
    return Number(unit="px", default=default, low=low, high=high)


def _strength(default: float, high: float) -> Number:
    return Number(unit="factor", default=default, low=0, high=high)


def _zoomed(given: Given, scene: Scene) -> Steps:
    """Return the mean of copies that are larger and larger."""
    amount = number(given, "amount")

    def copy(at: int) -> Steps:
        factor = 1 + amount * at / (_ZOOM_COPIES - 1)
        if factor == 1:
            return ()
        width, height = (
            2 * math.ceil(side * factor / 2) for side in (scene.width, scene.height)
        )
        return (
            filter_of("scale", w=width, h=height, flags="bilinear"),
            filter_of("crop", w=scene.width, h=scene.height),
        )

    mean = filter_of("mix", inputs=_ZOOM_COPIES)
    return (Merge(branches=tuple(copy(at) for at in range(_ZOOM_COPIES)), filter=mean),)


def _along(given: Given, scene: Scene) -> Steps:
    radius = number(given, "radius") * scene.pixel_scale
    return (filter_of("dblur", angle=number(given, "angle"), radius=radius),)


def _denoised(given: Given, _: Scene) -> Steps:
    return (filter_of("nlmeans", s=number(given, "strength"), p=5, r=11),)


EFFECTS: dict[str, Effect] = {
    "blur": Effect(
        what="Gaussian blur.",
        parameters={"sigma": _pixels(5, 200)},
        neutral={"sigma": 0},
        shapes=True,
        gpu="gblur_vulkan",
        build=lambda given, scene: (gaussian(number(given, "sigma"), scene),),
    ),
    "directional_blur": Effect(
        what="Blurs along a line, as a camera that is moved.",
        parameters={
            "angle": Number(unit="°", default=0, low=0, high=360),
            "radius": _pixels(10, 500),
        },
        neutral={"radius": 0},
        build=_along,
    ),
    "zoom_blur": Effect(
        what="Blurs away from the middle, as a lens that is zoomed.",
        parameters={
            "amount": Number(unit="share", default=0.2, low=0, high=1, is_fixed=True)
        },
        neutral={"amount": 0},
        build=_zoomed,
    ),
    "motion_blur": Effect(
        what="Mixes each frame with those before it.",
        parameters={
            "frames": Number(unit="frames", default=5, low=1, high=32, is_fixed=True)
        },
        neutral={"frames": 1},
        shapes=True,
        build=lambda given, _: (
            filter_of("tmix", frames=round(number(given, "frames"))),
        ),
        reach=lambda given: Reach(before=round(number(given, "frames")) - 1),
    ),
    "sharpen": Effect(
        what="Strengthens what differs from a blurred copy (unsharp mask).",
        parameters={"amount": _strength(1, 5), "radius": _pixels(1.5, 20, 0.2)},
        neutral={"amount": 0},
        build=lambda given, scene: (
            unsharp(number(given, "amount"), number(given, "radius"), scene),
        ),
    ),
    "clarity": Effect(
        what="Strengthens contrast between neighbouring areas, not edges.",
        parameters={"amount": Number(unit="factor", default=0.4, low=-1, high=2)},
        neutral={"amount": 0},
        build=lambda given, scene: (unsharp(number(given, "amount"), 30, scene),),
    ),
    "edge_enhance": Effect(
        what="Draws every fine edge harder (Laplacian of 3 by 3 pixels).",
        parameters={"amount": Number(unit="share", default=0.5, low=0, high=1)},
        neutral={"amount": 0},
        space="rgb",
        build=lambda given, _: mix(
            (_convolve("0 -1 0 -1 5 -1 0 -1 0"),), number(given, "amount")
        ),
    ),
    "emboss": Effect(
        what="Shows edges as if lit from the upper left, in relief.",
        parameters={"amount": Number(unit="share", default=0.8, low=0, high=1)},
        neutral={"amount": 0},
        space="rgb",
        build=lambda given, _: mix(
            (_convolve("-2 -1 0 -1 1 1 0 1 2"),), number(given, "amount")
        ),
    ),
    "noise_reduction": Effect(
        what="Takes noise away, and keeps edges (non-local means).",
        parameters={
            "strength": Number(unit="levels", default=3, low=1, high=30, is_fixed=True)
        },
        gpu="nlmeans_vulkan",
        build=_denoised,
    ),
}


def _convolve(matrix: str) -> Filter:
    planes = {f"{at}m": matrix for at in range(3)}
    return filter_of("convolution", **planes)
