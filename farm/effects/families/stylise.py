"""Effects that make something else of the picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

from farm.effects.families.blur import gaussian
from farm.effects.matrix import diagonal, lut, mixer, multiply, saturate
from farm.effects.model import (
    Choice,
    Colour,
    Effect,
    Merge,
    Number,
    Still,
    dice,
    filter_of,
    mix,
    number,
    rgb_of,
    text,
)
from farm.effects.shapes import NOISE, over, shade_edges, top_value

if TYPE_CHECKING:
    from farm.effects.model import Filter, Given, Scene, Step, Steps

#: Pixels by which a field of noise is larger than the frame, each way.
_GRAIN_ROOM = 128
_BANDS = 4


def _share(default: float) -> Number:
    return Number(unit="share", default=default, low=0, high=1)


def _fixed_share(default: float) -> Number:
    return Number(unit="share", default=default, low=0, high=1, is_fixed=True)


def _pixels(default: float, high: float, low: float = 0) -> Number:
    return Number(unit="px", default=default, low=low, high=high)


def _vignette(given: Given, scene: Scene) -> Steps:
    radius, softness = number(given, "radius"), number(given, "softness")
    return (shade_edges(number(given, "amount"), scene, radius, softness),)


def _glow(given: Given, scene: Scene) -> Steps:
    """Add the light of what is lighter than a threshold, spread out."""
    low = number(given, "threshold")
    light = lut(f"max({{v}}-{low:.5f},0)/{max(1 - low, 0.01):.5f}")
    spread = gaussian(number(given, "radius"), scene)
    return (over("screen", number(given, "strength"), light, spread),)


def _grain(given: Given, scene: Scene) -> Steps:
    """Add noise of mean 0, drawn once and shown at another place in each frame."""
    size = number(given, "size")
    high = top_value(scene.pix_fmt)
    sum_of = "+".join(NOISE.format(seed=seed) for seed in (17, 131, 523))
    field = f"({sum_of})/3*{high}"
    wide, tall = scene.width + _GRAIN_ROOM, scene.height + _GRAIN_ROOM
    small = max(1.0, size * scene.pixel_scale)
    steps: list[Step] = [
        filter_of("scale", w=round(wide / small), h=round(tall / small)),
        filter_of("geq", r=field, g=field, b=field),
    ]
    steps.append(filter_of("scale", w=wide, h=tall, flags="bicubic"))
    x, y = (int(dice(scene.frame, seed) * (_GRAIN_ROOM - 1)) for seed in (11, 29))
    move = filter_of("crop", w=scene.width, h=scene.height, x=x, y=y)
    return (
        over("grainmerge", number(given, "amount"), Still(steps=tuple(steps)), move),
    )


def _aberration(given: Given, scene: Scene) -> Steps:
    shift = round(number(given, "shift") * scene.pixel_scale)
    return (filter_of("rgbashift", rh=-shift, bh=shift, edge="smear"),)


def _flare(given: Given, scene: Scene) -> Steps:
    """Lay a light with its halo, rays and reflections over the picture.

    It is drawn twice as large, with the light in the middle, and cut out where the
    light should stand.
    """
    red, green, blue = rgb_of(text(given, "color"))
    size = number(given, "size")
    unit = f"({size:.5f}*H/2)"
    away = f"(hypot(X-W/2,Y-H/2)/{unit})"
    core = f"exp(-pow({away}*5,2))+0.55*exp(-{away}*4)"
    halo = f"0.16*exp(-pow(({away}-0.55)*22,2))"
    streak = f"0.45*exp(-abs(Y-H/2)/({unit}*0.012))*exp(-abs(X-W/2)/({unit}*1.1))"
    light = f"({core}+{halo}+{streak})"
    wide, tall = 2 * scene.width, 2 * scene.height
    top = top_value(scene.pix_fmt)
    picture = Still(
        steps=(
            filter_of("scale", w=wide, h=tall),
            filter_of(
                "geq",
                r=f"clip({light}*{red:.4f}+{core}*0.3,0,1)*{top}",
                g=f"clip({light}*{green:.4f}+{core}*0.3,0,1)*{top}",
                b=f"clip({light}*{blue:.4f}+{core}*0.3,0,1)*{top}",
            ),
        )
    )
    x = round(scene.width * (1 - number(given, "x")))
    y = round(scene.height * (1 - number(given, "y")))
    cut = filter_of("crop", w=scene.width, h=scene.height, x=x, y=y)
    return (over("screen", number(given, "strength"), picture, cut),)


def _pixelate(given: Given, scene: Scene) -> Steps:
    side = max(1, round(number(given, "size") * scene.pixel_scale))
    return (filter_of("pixelize", w=side, h=side),)


def _glitch(given: Given, scene: Scene) -> Steps:
    """Tear bands of the picture aside and its colours apart, anew in each frame."""
    amount = number(given, "amount")
    reach = scene.width * 0.12 * amount

    def throw(seed: int) -> float:
        return dice(scene.frame // 2, seed) * 2 - 1

    tall = max(2, scene.height // 10)
    steps: list[Step] = []
    for band in range(_BANDS):
        y = int(dice(scene.frame // 2, band + 40) * (scene.height - tall))
        cut = filter_of("crop", w=scene.width, h=tall, x=0, y=y)
        x = round(throw(band + 80) * reach)
        paste = filter_of("overlay", x=x, y=y, format="gbrp", eof_action="pass")
        if "10" in scene.pix_fmt:
            paste = filter_of("overlay", x=x, y=y, format="auto", eof_action="pass")
        steps.append(Merge(branches=((), (cut,)), filter=paste))
    red, blue = (round(throw(seed) * reach * 0.4) for seed in (1, 2))
    steps.append(filter_of("rgbashift", rh=red, bh=blue, edge="wrap"))
    return tuple(steps)


def _hologram(given: Given, scene: Scene) -> Steps:
    """Show the picture as light in the air: cyan, in lines, with a ghost."""
    ghost = max(1, round(4 * scene.pixel_scale))
    period = max(2, round(4 * scene.pixel_scale))
    lines = f"0.62+0.38*gte(mod(Y,{period}),{period}/2)"
    field = Still(
        steps=(
            filter_of("scale", w=scene.width, h=scene.height + period),
            filter_of(
                "geq",
                **{each: f"({lines})*{top_value(scene.pix_fmt)}" for each in "rgb"},
            ),
        )
    )
    moving = filter_of(
        "crop", w=scene.width, h=scene.height, x=0, y=scene.frame % period
    )
    light: Steps = (
        mixer(multiply(diagonal(0.3, 1.0, 1.15), saturate(0.25))),
        filter_of("rgbashift", gh=-ghost, bh=ghost, edge="smear"),
        over("screen", 0.5, gaussian(5, scene)),
        over("multiply", 1, field, moving),
    )
    return mix(light, number(given, "amount"))


def _posterize(given: Given, _: Scene) -> Steps:
    steps = max(1, round(number(given, "levels")) - 1)
    return (lut(f"round({{v}}*{steps})/{steps}"),)


def _threshold(given: Given) -> Filter:
    return lut(f"gte({{v}},{number(given, 'level'):.5f})")


def _sketch(given: Given, _: Scene) -> Steps:
    """Draw edges dark on white."""
    kind = text(given, "edges")
    pencil: Steps = (
        mixer(((0.2126, 0.7152, 0.0722),) * 3),
        filter_of(kind, scale=1.2),
        lut("1-{v}"),
    )
    return mix(pencil, number(given, "amount"))


def _shake(given: Given, scene: Scene) -> Steps:
    """Move the picture about, as a camera in the hand; it is enlarged for it."""
    room = round(number(given, "distance") * scene.pixel_scale)
    offsets = []
    for seed in (5, 7):
        at, part = divmod(scene.frame, 3)
        one, other = dice(at, seed), dice(at + 1, seed)
        share = part / 3
        smooth = share * share * (3 - 2 * share)
        offsets.append(round((one + (other - one) * smooth) * 2 * room))
    return (
        filter_of(
            "scale",
            w=scene.width + 2 * room,
            h=scene.height + 2 * room,
            flags="bicubic",
        ),
        filter_of("crop", w=scene.width, h=scene.height, x=offsets[0], y=offsets[1]),
    )


EFFECTS: dict[str, Effect] = {
    "vignette": Effect(
        what="Darkens the corners.",
        parameters={
            "amount": _share(0.6),
            "radius": _fixed_share(0.4),
            "softness": _fixed_share(0.7),
        },
        neutral={"amount": 0},
        space="rgb",
        build=_vignette,
    ),
    "glow": Effect(
        what="Lets light parts shine over what is beside them.",
        parameters={
            "strength": _share(0.7),
            "radius": _pixels(15, 200, 0.1),
            "threshold": _share(0.5),
        },
        neutral={"strength": 0},
        space="rgb",
        build=_glow,
    ),
    "film_grain": Effect(
        what="Adds grain, other in each frame.",
        parameters={
            "amount": _share(0.2),
            "size": Number(unit="px", default=1.5, low=1, high=20, is_fixed=True),
        },
        neutral={"amount": 0},
        space="rgb",
        moves=True,
        build=_grain,
    ),
    "chromatic_aberration": Effect(
        what="Moves red to the left and blue to the right.",
        parameters={"shift": _pixels(4, 200)},
        neutral={"shift": 0},
        space="rgb",
        gpu="chromaber_vulkan",
        build=_aberration,
    ),
    "lens_flare": Effect(
        what="A light in the picture, with halo and rays.",
        parameters={
            "x": _share(0.7),
            "y": _share(0.3),
            "strength": _share(0.9),
            "size": Number(unit="share", default=0.6, low=0.05, high=2, is_fixed=True),
            "color": Colour(default="#ffd9a0"),
        },
        neutral={"strength": 0},
        space="rgb",
        build=_flare,
    ),
    "pixelate": Effect(
        what="Shows the picture in large squares.",
        parameters={"size": _pixels(12, 500, 1)},
        neutral={"size": 1},
        space="rgb",
        build=_pixelate,
    ),
    "glitch": Effect(
        what="Tears bands aside and colours apart, anew every other frame.",
        parameters={"amount": _share(0.5)},
        neutral={"amount": 0},
        space="rgb",
        moves=True,
        build=_glitch,
    ),
    "hologram": Effect(
        what="Light in the air: cyan, in lines, with a ghost.",
        parameters={"amount": _share(1)},
        neutral={"amount": 0},
        space="rgb",
        moves=True,
        build=_hologram,
    ),
    "posterize": Effect(
        what="Keeps a few steps of each colour.",
        parameters={"levels": Number(unit="steps", default=5, low=2, high=64)},
        space="rgb",
        build=_posterize,
    ),
    "threshold": Effect(
        what="Each colour is all or nothing.",
        parameters={"level": _share(0.5)},
        space="rgb",
        build=lambda given, _: (_threshold(given),),
    ),
    "sketch": Effect(
        what="Draws edges dark on white.",
        parameters={
            "amount": _share(1),
            "edges": Choice(default="sobel", among=("sobel", "prewitt", "kirsch")),
        },
        neutral={"amount": 0},
        space="rgb",
        build=_sketch,
    ),
    "camera_shake": Effect(
        what="Moves the picture about, as a camera in the hand.",
        parameters={
            "distance": Number(unit="px", default=8, low=0, high=200, is_fixed=True)
        },
        neutral={"distance": 0},
        space="rgb",
        moves=True,
        build=_shake,
    ),
}
