"""Effects on lightness."""

from __future__ import annotations

from typing import TYPE_CHECKING

from farm.effects.matrix import in_linear_light, lut
from farm.effects.model import Curve, Effect, Number, filter_of, number, text

if TYPE_CHECKING:
    from farm.effects.model import Filter, Given


def _luma(expression: str) -> tuple[Filter, ...]:
    """Map luma; in the expression, `{v}` is its value from 0 (black) to 1 (white)."""
    value = "((val-minval)/(maxval-minval))"
    mapped = f"({expression.replace('{v}', value)})*(maxval-minval)+minval"
    return (filter_of("lutyuv", y=f"clip({mapped},minval,maxval)"),)


def _factor(default: float, high: float, low: float = 0) -> Number:
    return Number(unit="factor", default=default, low=low, high=high)


def _share(default: float, low: float = -1, high: float = 1) -> Number:
    return Number(unit="share", default=default, low=low, high=high)


def _tones(given: Given) -> str:
    """Lift or lower parts of the range, each most where its name says."""
    return (
        f"{{v}}+{number(given, 'shadows'):.5f}*1.6875*{{v}}*pow(1-{{v}},2)"
        f"+{number(given, 'highlights'):.5f}*1.6875*pow({{v}},2)*(1-{{v}})"
        f"+{number(given, 'blacks'):.5f}*0.15*pow(1-{{v}},4)"
        f"+{number(given, 'whites'):.5f}*0.15*pow({{v}},4)"
    )


_RGB = ("red", "green", "blue")
_TONES = ("shadows", "highlights", "blacks", "whites")

EFFECTS: dict[str, Effect] = {
    "brightness": Effect(
        what="Multiplies the lightness; 1 changes nothing.",
        parameters={"amount": _factor(1.2, 4)},
        neutral={"amount": 1},
        build=lambda given, _: _luma(f"{{v}}*{number(given, 'amount'):.6g}"),
    ),
    "contrast": Effect(
        what="Spreads the lightness around middle grey; 1 changes nothing.",
        parameters={"amount": _factor(1.2, 4)},
        neutral={"amount": 1},
        build=lambda given, _: _luma(f"({{v}}-0.5)*{number(given, 'amount'):.6g}+0.5"),
    ),
    "gamma": Effect(
        what="Lifts (above 1) or lowers the middle tones; black and white stay.",
        parameters={"amount": _factor(1.2, 10, 0.1)},
        neutral={"amount": 1},
        build=lambda given, _: _luma(
            f"pow(max({{v}},0),{1 / number(given, 'amount'):.6g})"
        ),
    ),
    "exposure": Effect(
        what="Opens or closes the iris: multiplies linear light by 2 to the power.",
        parameters={"stops": Number(unit="stops", default=1, low=-10, high=10)},
        neutral={"stops": 0},
        space="rgb16",
        build=lambda given, _: in_linear_light(
            lut(f"{{v}}*{2 ** number(given, 'stops'):.8g}")
        ),
    ),
    "shadows_highlights": Effect(
        what="Lifts or lowers the dark, the light, the darkest and the lightest parts.",
        parameters={name: _share(0.4 if name == "shadows" else 0) for name in _TONES},
        neutral=dict.fromkeys(_TONES, 0.0),
        build=lambda given, _: _luma(_tones(given)),
    ),
    "levels": Effect(
        what="Stretches what lies between two levels, bends it, and fits it between "
        "two others.",
        parameters={
            "in_black": _share(0.1, 0, 0.99),
            "in_white": _share(0.9, 0.01, 1),
            "gamma": _factor(1, 10, 0.1),
            "out_black": _share(0, 0),
            "out_white": _share(1, 0),
        },
        neutral={
            "in_black": 0,
            "in_white": 1,
            "gamma": 1,
            "out_black": 0,
            "out_white": 1,
        },
        space="rgb",
        build=lambda given, _: (lut(_levels(given)),),
    ),
    "curves": Effect(
        what="Maps each colour along a smooth curve through points, and all of them "
        "along another.",
        parameters={
            "all": Curve(default="0/0 0.25/0.18 0.75/0.82 1/1"),
            "red": Curve(),
            "green": Curve(),
            "blue": Curve(),
        },
        neutral=dict.fromkeys(("all", "red", "green", "blue"), "0/0 1/1"),
        space="rgb",
        build=lambda given, _: (
            filter_of(
                "curves",
                master=text(given, "all"),
                red=text(given, "red"),
                green=text(given, "green"),
                blue=text(given, "blue"),
            ),
        ),
    ),
    "fade_to_color": Effect(
        what="Lays an even colour over the picture; by keyframes, a fade.",
        parameters={
            "amount": _share(0.5, 0),
            "red": _share(0, 0),
            "green": _share(0, 0),
            "blue": _share(0, 0),
        },
        neutral={"amount": 0},
        space="rgb",
        build=lambda given, _: (lut(*(_toward(given, name) for name in _RGB)),),
    ),
}


def _toward(given: Given, name: str) -> str:
    amount = number(given, "amount")
    return f"{{v}}*{1 - amount:.6f}+{amount * number(given, name):.6f}"


def _levels(given: Given) -> str:
    black, white = number(given, "in_black"), number(given, "in_white")
    low, high = number(given, "out_black"), number(given, "out_white")
    inside = f"clip(({{v}}-{black:.6f})/{max(white - black, 0.001):.6f},0,1)"
    bent = f"pow({inside},{1 / number(given, 'gamma'):.6f})"
    return f"{bent}*{high - low:.6f}+{low:.6f}"
