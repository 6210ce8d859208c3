"""Effects on colour."""

from __future__ import annotations

from typing import TYPE_CHECKING

from farm.effects.matrix import (
    D65,
    LUMA,
    adapt,
    blend,
    lut,
    mix_in_linear_light,
    mixer,
    multiply,
    saturate,
)
from farm.effects.model import (
    Colour,
    Effect,
    Filter,
    Number,
    Steps,
    filter_of,
    mix,
    number,
    rgb_of,
    text,
)

if TYPE_CHECKING:
    from farm.effects.matrix import Matrix
    from farm.effects.model import Given

AMOUNT = Number(unit="share", default=1, low=0, high=1)
#: A usual sepia: the tones of a toned silver print.
_SEPIA: Matrix = (
    (0.393, 0.769, 0.189),
    (0.349, 0.686, 0.168),
    (0.272, 0.534, 0.131),
)
#: Parts of the range, and how much of a change each level takes.
_WEIGHTS = {
    "shadows": "pow(1-{v},3)",
    "midtones": "4*{v}*(1-{v})",
    "highlights": "pow({v},3)",
}
_COLORS = ("red", "green", "blue")
_BALANCE = [f"{part}_{color}" for part in _WEIGHTS for color in _COLORS]
#: Share of the range by which a change of 1 moves a level.
_MOST_BALANCE = 0.3


def _hue(given: Given) -> Steps:
    return (filter_of("hue", h=number(given, "degrees")),)


def daylight(kelvin: float) -> tuple[float, float]:
    """Return the chromaticity of a black body (Kim et al., 2002; 1667 to 25000 K)."""
    if kelvin <= 4000:  # noqa: PLR2004
        x = (
            -0.2661239e9 / kelvin**3 - 0.2343589e6 / kelvin**2
            + 0.8776956e3 / kelvin + 0.179910
        )  # fmt: skip
    else:
        x = (
            -3.0258469e9 / kelvin**3 + 2.1070379e6 / kelvin**2
            + 0.2226347e3 / kelvin + 0.240390
        )  # fmt: skip
    if kelvin <= 2222:  # noqa: PLR2004
        y = -1.1063814 * x**3 - 1.34811020 * x**2 + 2.18555832 * x - 0.20219683
    elif kelvin <= 4000:  # noqa: PLR2004
        y = -0.9549476 * x**3 - 1.37418593 * x**2 + 2.09137015 * x - 0.16748867
    else:
        y = 3.0817580 * x**3 - 5.87338670 * x**2 + 3.75112997 * x - 0.37001483
    return x, y


def _greener(white: tuple[float, float], tint: float) -> tuple[float, float]:
    """Move a white along y: towards green (below 0) or magenta."""
    return white[0], white[1] - tint / 100 * 0.04


def _white_balance(given: Given) -> Steps:
    """Make the light of a temperature neutral."""
    light = _greener(daylight(number(given, "kelvin")), -number(given, "tint"))
    return mix_in_linear_light(adapt(light, D65))


def _warm(given: Given) -> Steps:
    """Move the white by mireds: a hundred parts are 100 mired."""
    mired = 1e6 / 6504 + number(given, "amount")
    white = daylight(1e6 / max(mired, 40.1))
    return mix_in_linear_light(adapt(daylight(6504), white))


def _tint(given: Given) -> Steps:
    white = _greener(D65, number(given, "amount"))
    return mix_in_linear_light(adapt(D65, white))


def _duotone(given: Given) -> Steps:
    dark, light = rgb_of(text(given, "dark")), rgb_of(text(given, "light"))
    toned: list[Filter] = [mixer((LUMA, LUMA, LUMA))]
    toned.append(
        lut(*(f"{a:.5f}+{{v}}*{b - a:.5f}" for a, b in zip(dark, light, strict=True)))
    )
    return mix(tuple(toned), number(given, "amount"))


def _correct(given: Given) -> Steps:
    """Correct in one go, in the order of a camera's own controls."""
    value = "((val-minval)/(maxval-minval))"
    contrast, offset = number(given, "contrast"), number(given, "brightness")
    bent = f"pow(clip({value},0,1),{1 / number(given, 'gamma'):.6g})"
    luma = f"(({bent}-0.5)*{contrast:.6g}+0.5+{offset:.6g})"
    return (
        filter_of("lutyuv", y=f"clip({luma}*(maxval-minval)+minval,minval,maxval)"),
        filter_of("hue", h=number(given, "hue"), s=number(given, "saturation")),
    )


def _balanced(given: Given, color: str) -> str:
    """Return what one colour becomes.

    FFmpeg's colorbalance takes a third of the range for its middle.
    """
    changes = [
        f"{_MOST_BALANCE * number(given, f'{part}_{color}'):.6f}*{weight}"
        for part, weight in _WEIGHTS.items()
    ]
    return "+".join(["{v}", *changes])


def _inverted(given: Given) -> Steps:
    amount = number(given, "amount")
    return (lut(f"{{v}}*{1 - 2 * amount:.6f}+{amount:.6f}"),)


EFFECTS: dict[str, Effect] = {
    "saturation": Effect(
        what="Multiplies the strength of the colours; 1 changes nothing.",
        parameters={"amount": Number(unit="factor", default=1.5, low=0, high=10)},
        neutral={"amount": 1},
        build=lambda given, _: (filter_of("hue", s=number(given, "amount")),),
    ),
    "vibrance": Effect(
        what="Strengthens pale colours more than strong ones.",
        parameters={"amount": Number(unit="factor", default=0.5, low=-2, high=2)},
        neutral={"amount": 0},
        space="rgb",
        build=lambda given, _: (
            filter_of("vibrance", intensity=number(given, "amount")),
        ),
    ),
    "grayscale": Effect(
        what="Takes the colour away.",
        parameters={"amount": AMOUNT},
        neutral={"amount": 0},
        build=lambda given, _: (filter_of("hue", s=1 - number(given, "amount")),),
    ),
    "hue_rotate": Effect(
        what="Turns all hues around the colour circle.",
        parameters={"degrees": Number(unit="°", default=90, low=-360, high=360)},
        neutral={"degrees": 0},
        build=lambda given, _: _hue(given),
    ),
    "sepia": Effect(
        what="Tones the picture brown, as an old print.",
        parameters={"amount": AMOUNT},
        neutral={"amount": 0},
        space="rgb",
        build=lambda given, _: (mixer(blend(_SEPIA, number(given, "amount"))),),
    ),
    "duotone": Effect(
        what="Shows luma as a way from one colour to another.",
        parameters={
            "dark": Colour(default="#1b1464"),
            "light": Colour(default="#ffd166"),
            "amount": AMOUNT,
        },
        neutral={"amount": 0},
        space="rgb",
        build=lambda given, _: _duotone(given),
    ),
    "invert": Effect(
        what="Turns every colour into its opposite.",
        parameters={"amount": AMOUNT},
        neutral={"amount": 0},
        space="rgb",
        build=lambda given, _: _inverted(given),
    ),
    "solarize": Effect(
        what="Inverts what is lighter than a threshold.",
        parameters={"threshold": Number(unit="share", default=0.5, low=0, high=1)},
        neutral={"threshold": 1},
        space="rgb",
        build=lambda given, _: (
            lut(f"if(gt({{v}},{number(given, 'threshold'):.6f}),1-{{v}},{{v}})"),
        ),
    ),
    "temperature": Effect(
        what="Makes the light warmer (above 0) or cooler, by the mired of a filter.",
        parameters={"amount": Number(unit="mired", default=50, low=-100, high=100)},
        neutral={"amount": 0},
        space="rgb16",
        build=lambda given, _: _warm(given),
    ),
    "tint": Effect(
        what="Moves the white towards magenta (above 0) or green.",
        parameters={"amount": Number(unit="parts", default=40, low=-100, high=100)},
        neutral={"amount": 0},
        space="rgb16",
        build=lambda given, _: _tint(given),
    ),
    "white_balance": Effect(
        what="Makes white what was white in a light of a temperature.",
        parameters={
            "kelvin": Number(unit="K", default=3200, low=1700, high=25000),
            "tint": Number(unit="parts", default=0, low=-100, high=100),
        },
        space="rgb16",
        build=lambda given, _: _white_balance(given),
    ),
    "color_balance": Effect(
        what="Adds and takes red, green and blue in the dark, the middle and the "
        "light parts.",
        parameters={
            name: Number(
                unit="share",
                default={"shadows_blue": 0.2, "highlights_red": 0.2}.get(name, 0),
                low=-1,
                high=1,
            )
            for name in _BALANCE
        },
        neutral=dict.fromkeys(_BALANCE, 0.0),
        space="rgb",
        build=lambda given, _: (lut(*(_balanced(given, color) for color in _COLORS)),),
    ),
    "color_correction": Effect(
        what="Gamma, contrast, an offset of lightness, saturation and hue in one go.",
        parameters={
            "brightness": Number(unit="share", default=0.05, low=-1, high=1),
            "contrast": Number(unit="factor", default=1.1, low=0, high=4),
            "saturation": Number(unit="factor", default=1.1, low=0, high=10),
            "gamma": Number(unit="factor", default=1, low=0.1, high=10),
            "hue": Number(unit="°", default=0, low=-360, high=360),
        },
        neutral={
            "brightness": 0,
            "contrast": 1,
            "saturation": 1,
            "gamma": 1,
            "hue": 0,
        },
        build=lambda given, _: _correct(given),
    ),
    "bleach_bypass": Effect(
        what="Leaves the silver in: less colour, more contrast.",
        parameters={"amount": AMOUNT},
        neutral={"amount": 0},
        space="rgb",
        build=lambda given, _: mix(
            (
                mixer(multiply(saturate(0.4))),
                lut("({v}-0.5)*1.4+0.5"),
            ),
            number(given, "amount"),
        ),
    ),
}
