"""Conversions of cameras' log curves, and of other signals, to BT.709.

Sources of the curves and primaries:
- S-Log3, S-Gamut3 and S-Gamut3.Cine: Sony, Technical Summary for S-Gamut3.Cine/S-Log3
  and S-Gamut3/S-Log3 (2014);
- V-Log, V-Gamut: Panasonic, V-Log/V-Gamut Reference Manual, rev. 1.0 (2014);
- D-Log, D-Gamut: DJI, White Paper on D-Log and D-Gamut of DJI Cinema Color System;
- HLG: Recommendation ITU-R BT.2100-2, table 5; reference white of 75 %: BT.2408;
- BT.709 and BT.2020: Recommendations ITU-R BT.709-6 and BT.2020-2.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from farm.effects.matrix import (
    BT709,
    BT2020,
    D65,
    FROM_LINEAR,
    TO_LINEAR,
    invert,
    lut,
    mixer,
    multiply,
    to_xyz,
)
from farm.effects.model import Choice, Effect, Number, mix, number, text

if TYPE_CHECKING:
    from farm.effects.model import Given, Parameter, Steps

#: Linear light is kept divided by this: 1 is a white sheet, a lamp is more.
_HEADROOM = 8
#: Below, tones are as the camera saw them; above, they bend towards full scale.
_KNEE = 0.6
#: HLG's scene light of a white sheet (75 % of the signal, BT.2408).
_HLG_WHITE = 0.26496

_PRIMARIES = {
    "s-gamut3.cine": ((0.766, 0.275), (0.225, 0.800), (0.089, -0.087)),
    "s-gamut3": ((0.730, 0.280), (0.140, 0.855), (0.100, -0.050)),
    "v-gamut": ((0.730, 0.280), (0.165, 0.840), (0.100, -0.030)),
    "d-gamut": ((0.71, 0.31), (0.21, 0.88), (0.09, -0.08)),
    "rec2020": BT2020,
    "rec709": BT709,
}
_CURVES = {
    "s-log3": "if(gte({v},0.1673609920),"
    "pow(10,({v}*1023-420)/261.5)*0.19-0.01,"
    "({v}*1023-95)*0.01125/76.2102946929)",
    "v-log": "if(lt({v},0.181),({v}-0.125)/5.6,"
    "pow(10,({v}-0.598206)/0.241514)-0.00873)",
    "d-log": "if(lte({v},0.14),({v}-0.0929)/6.025,"
    "(pow(10,3.89616*{v}-2.27752)-0.0108)/0.9892)",
    "hlg": "if(lte({v},0.5),{v}*{v}/3,(exp(({v}-0.55991073)/0.17883277)"
    f"+0.28466892)/12)/{_HLG_WHITE}",
}
#: Makers of cameras give their curves over 10-bit code values from 0 to 1023; the
#: signal has black at 64 and white at 940.
_CODE = "({v}*876+64)/1023"
_TRANSFERS = {
    "linear": "{v}",
    "srgb": "if(lte({v},0.04045),{v}/12.92,pow(({v}+0.055)/1.055,2.4))",
    "gamma22": "pow({v},2.2)",
    "gamma24": "pow({v},2.4)",
    "gamma26": "pow({v},2.6)",
}


def _to_709(primaries: str) -> Steps:
    matrix = multiply(invert(to_xyz(BT709, D65)), to_xyz(_PRIMARIES[primaries], D65))
    return (mixer(matrix),)


def _convert(curve: str, primaries: str, given: Given, *, coded: bool) -> Steps:
    value = f"({_CODE})" if coded else "{v}"
    linear = _CURVES[curve].replace("{v}", value)
    factor = 2 ** number(given, "stops") / _HEADROOM
    lit = f"({{v}}*{_HEADROOM})"
    bent = f"{_KNEE}+{1 - _KNEE}*(1-exp(-({lit}-{_KNEE})/{1 - _KNEE}))"
    toned = f"if(lt({lit},{_KNEE}),{lit},{bent})"
    return (
        lut(f"({linear})*{factor:.8g}"),
        *_to_709(primaries),
        lut(FROM_LINEAR.replace("{v}", f"({toned})")),
    )


_STOPS = Number(unit="stops", default=0, low=-6, high=6)
_LEVELS = Choice(default="data", among=("data", "video"))


def _log(what: str, curve: str, *gamuts: str) -> Effect:
    parameters: dict[str, Parameter] = {"stops": _STOPS, "levels": _LEVELS}
    if len(gamuts) > 1:
        parameters["gamut"] = Choice(default=gamuts[0], among=gamuts)
    return Effect(
        what=what,
        parameters=parameters,
        space="rgb16",
        build=lambda given, _: _convert(
            curve,
            text(given, "gamut") if "gamut" in given else gamuts[0],
            given,
            coded=given["levels"] == "data",
        ),
    )


EFFECTS: dict[str, Effect] = {
    "s_log": _log(
        "Sony S-Log3 to BT.709; highlights bend softly.",
        "s-log3",
        "s-gamut3.cine",
        "s-gamut3",
    ),
    "d_log": _log("DJI D-Log to BT.709; highlights bend softly.", "d-log", "d-gamut"),
    "v_log": _log(
        "Panasonic V-Log to BT.709; highlights bend softly.", "v-log", "v-gamut"
    ),
    "hlg": Effect(
        what="Hybrid log-gamma of a file that does not say so, to BT.709.",
        parameters={
            "stops": _STOPS,
            "gamut": Choice(default="rec2020", among=("rec2020", "rec709")),
        },
        space="rgb16",
        build=lambda given, _: _convert(
            "hlg", text(given, "gamut"), given, coded=False
        ),
    ),
    "rec2020": Effect(
        what="Colours of BT.2020 (wide gamut, not HDR) to those of BT.709.",
        parameters={"amount": Number(unit="share", default=1, low=0, high=1)},
        neutral={"amount": 0},
        space="rgb16",
        build=lambda given, _: mix(
            (lut(TO_LINEAR), *_to_709("rec2020"), lut(FROM_LINEAR)),
            number(given, "amount"),
        ),
    ),
    "rec709": Effect(
        what="A signal of another transfer curve to that of BT.709.",
        parameters={"transfer": Choice(default="srgb", among=tuple(_TRANSFERS))},
        space="rgb16",
        build=lambda given, _: (
            lut(_TRANSFERS[text(given, "transfer")]),
            lut(FROM_LINEAR),
        ),
    ),
}
