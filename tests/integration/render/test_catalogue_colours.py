"""Effects on colours do to a plain colour what they say, and no more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from farm.effects.catalog import EFFECTS, FAMILIES
from farm.effects.model import Number
from tests.integration.render.cube import needed
from tests.integration.render.timelines import plain, timeline, video

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.integration.render.conftest import Render
    from tests.integration.render.media import MediaFolder

    Color = tuple[float, float, float]

A_FRAME = "0.04"


def lit(signal: float) -> float:
    """Return linear light of a BT.709 signal (BT.709-6, item 1.2)."""
    return signal / 4.5 if signal < 0.081 else ((signal + 0.099) / 1.099) ** (1 / 0.45)


def shown(light: float) -> float:
    light = min(max(light, 0), 1)
    return 4.5 * light if light < 0.018 else 1.099 * light**0.45 - 0.099


def grey(level: float) -> Color:
    return (level * 255,) * 3


def coded(code: float) -> str:
    """Return the grey whose 10-bit luma is a code value (64 black, 940 white)."""
    return "#" + f"{round((code - 64) / 876 * 255):02x}" * 3


#: What a white sheet of 90 % shows, bent softly above 60 %, and grey of 18 %.
SHEET, MIDDLE = grey(shown(0.8110)), grey(shown(0.18))

EXACT: list[tuple[str, dict[str, Any], str, Color]] = [
    ("brightness", {"amount": 1.5}, "#404040", grey(0.376)),
    ("contrast", {"amount": 2}, "#606060", grey(0.251)),
    ("gamma", {"amount": 2}, "#404040", grey(0.501)),
    ("gamma", {"amount": 0.5}, "#808080", grey(0.252)),
    ("exposure", {"stops": 1}, "#404040", grey(shown(2 * lit(64 / 255)))),
    ("exposure", {"stops": -2}, "#c0c0c0", grey(shown(lit(192 / 255) / 4))),
    ("shadows_highlights", {"shadows": 1}, "#555555", grey(1 / 3 + 0.25)),
    (
        "shadows_highlights",
        {"shadows": 0, "highlights": -1},
        "#aaaaaa",
        grey(2 / 3 - 0.25),
    ),
    ("shadows_highlights", {"shadows": 0, "blacks": 1}, "#000000", grey(0.15)),
    ("shadows_highlights", {"shadows": 0, "whites": -1}, "#ffffff", grey(0.85)),
    ("levels", {"in_black": 0.2, "in_white": 0.8}, "#666666", grey(1 / 3)),
    ("levels", {"in_black": 0, "in_white": 1, "out_black": 0.5}, "#000000", grey(0.5)),
    ("curves", {"all": "0/0 0.5/0.75 1/1"}, "#808080", grey(0.752)),
    ("curves", {"all": "0/0 1/1", "red": "0/1 1/0"}, "#ff0000", (0, 0, 0)),
    ("fade_to_color", {"amount": 0.5, "red": 1}, "#000000", (128, 0, 0)),
    ("saturation", {"amount": 0}, "#ff0000", grey(0.2126)),
    ("saturation", {"amount": 2}, "#606070", (95, 95, 127)),
    ("grayscale", {}, "#00ff00", grey(0.7152)),
    ("grayscale", {"amount": 0.5}, "#00ff00", (91, 219, 91)),
    ("hue_rotate", {"degrees": 180}, "#804040", (27, 91, 91)),
    ("sepia", {}, "#808080", (173, 154, 120)),
    ("sepia", {"amount": 0.5}, "#808080", (150, 141, 124)),
    ("duotone", {"dark": "#000080", "light": "#ffff00"}, "#808080", (128, 128, 64)),
    ("invert", {}, "#204060", (223, 191, 159)),
    ("invert", {"amount": 0.5}, "#204060", (128, 128, 128)),
    ("solarize", {}, "#c0c0c0", grey(63 / 255)),
    ("solarize", {}, "#404040", grey(64 / 255)),
    ("color_correction", {"contrast": 1, "saturation": 1}, "#808080", grey(0.552)),
    ("posterize", {"levels": 3}, "#909090", grey(0.5)),
    ("threshold", {"level": 0.3}, "#604080", (255, 0, 255)),
    # code values of 0, 18 and 90 % that the makers publish
    ("s_log", {}, coded(95), grey(0)),
    ("s_log", {}, coded(420), MIDDLE),
    ("s_log", {"gamut": "s-gamut3"}, coded(598), SHEET),
    ("s_log", {"stops": 1}, coded(420), grey(shown(0.36))),
    ("v_log", {}, coded(128), grey(0)),
    ("v_log", {}, coded(433), MIDDLE),
    ("v_log", {}, coded(602), SHEET),
    ("d_log", {}, coded(95), grey(0)),
    ("d_log", {}, coded(408), MIDDLE),
    # 75 % of HLG is a white sheet (BT.2408)
    ("hlg", {}, "#bfbfbf", grey(shown(0.6 + 0.4 * (1 - 2.71828**-1)))),
    ("hlg", {}, "#616161", MIDDLE),
    ("rec709", {"transfer": "linear"}, "#808080", grey(shown(128 / 255))),
    ("rec709", {}, "#808080", grey(shown(0.2158))),
    ("lut", {}, "#ff8040", (64, 128, 255)),
    ("lut", {"amount": 0.5}, "#ff8040", (160, 128, 160)),
    ("flat", {}, "#000000", grey(0.15)),
    ("flat", {}, "#ffffff", grey(0.85)),
    ("flat", {"amount": 0.5}, "#000000", grey(0.075)),
    ("neutral", {}, "#ffffff", grey(0.97)),
    ("cinestyle", {}, "#000000", grey(0.09)),
    ("dramatic_contrast", {}, "#4d4d4d", grey(0.16)),
    ("noir", {}, "#00ff00", grey((0.7152 * 0.95 - 0.5) * 1.5 + 0.5)),
    ("neon", {}, "#20a0ff", grey(0)),
    ("sketch", {}, "#20a0ff", grey(1)),
]


def rec2020_grey_red() -> Color:
    """Return BT.2020's linear (0.4, 0.2, 0.2) in BT.709, by the matrix of BT.2087."""
    rows = (
        (1.6605, -0.5876, -0.0728),
        (-0.1246, 1.1329, -0.0083),
        (-0.0182, -0.1006, 1.1187),
    )
    color = (0.4, 0.2, 0.2)
    red, green, blue = (
        shown(sum(a * b for a, b in zip(row, color, strict=True))) * 255 for row in rows
    )
    return red, green, blue


def hexed(*light: float) -> str:
    return "#" + "".join(f"{round(shown(each) * 255):02x}" for each in light)


EXACT.append(("rec2020", {}, hexed(0.4, 0.2, 0.2), rec2020_grey_red()))
# CIE illuminant A, 2856 K: x 0.4476, y 0.4074; in linear BT.709 (1.845, 0.826, 0.233)
EXACT.append(
    (
        "white_balance",
        {"kelvin": 2856},
        hexed(*(0.25 * each for each in (1.845, 0.826, 0.233))),
        grey(shown(0.25)),
    )
)

#: Name, parameters, colour before, and what is true of red, green and blue after.
TENDING: list[tuple[str, dict[str, Any], str, Callable[[Color], bool]]] = [
    ("vibrance", {"amount": 1}, "#808090", lambda c: c[2] - c[0] > 29),
    ("vibrance", {"amount": 1}, "#6060c0", lambda c: 100 < c[2] - c[0] < 174),
    ("temperature", {}, "#808080", lambda c: c[0] > 136 > c[1] > c[2] + 15),
    ("temperature", {"amount": -50}, "#808080", lambda c: c[2] > c[0] + 15),
    ("tint", {}, "#808080", lambda c: c[1] < c[0] - 8 and c[1] < c[2] - 8),
    ("tint", {"amount": -40}, "#808080", lambda c: c[1] > c[0] + 8),
    (
        "color_balance",
        {"midtones_red": 0.5, "shadows_blue": 0, "highlights_red": 0},
        "#808080",
        lambda c: c[0] > 160 and abs(c[1] - 128) < 4 and abs(c[2] - 128) < 4,
    ),
    ("bleach_bypass", {}, "#804040", lambda c: 25 < c[0] - c[1] < 45),
    ("despill", {"amount": 1}, "#60c060", lambda c: abs(c[1] - c[0]) < 12),
    ("vintage", {}, "#808080", lambda c: c[0] > c[1] > c[2]),
    ("vintage", {}, "#000000", lambda c: c[2] > 40 and c[1] < 20),
    ("cyberpunk", {}, "#808080", lambda c: c[2] > c[1] + 20 and c[0] > c[1] + 20),
    ("dreamy", {}, "#404040", lambda c: c[1] > 90),
    ("infrared", {}, "#5a8c40", lambda c: min(c) > 170 and max(c) - min(c) < 40),
    ("infrared", {}, "#4d8cd8", lambda c: max(c) < 90),
    ("infrared", {}, "#ffffff", lambda c: min(c) > 240),
    ("matrix", {}, "#808080", lambda c: c[1] > 120 and c[0] < 60 and c[2] < 60),
    ("arctic", {}, "#808080", lambda c: c[2] > c[1] > c[0]),
    ("sunset", {}, "#808080", lambda c: c[0] > c[1] > c[2] + 30),
    ("lomo", {}, "#404040", lambda c: c[0] < 55 and c[1] < 55 and c[2] > c[1]),
    ("twilight", {}, "#808080", lambda c: c[1] < 105 and c[2] > c[0] + 25),
    ("portrait", {}, "#808080", lambda c: c[1] > 140 and c[0] > c[2] + 8),
    ("landscape", {}, "#40a040", lambda c: c[1] - c[0] > 110),
    ("vintage_film", {}, "#808080", lambda c: c[0] > c[2] + 15),
    ("warm_sunset", {}, "#808080", lambda c: c[0] > c[1] + 10 > c[2] + 20),
    ("cold_blue", {}, "#808080", lambda c: c[2] > c[1] + 10 and c[1] > c[0] + 5),
    ("teal_orange", {}, "#303030", lambda c: c[2] > c[0] + 15),
    ("teal_orange", {}, "#d0d0d0", lambda c: c[0] > c[2] + 15),
    ("teal_orange", {}, "#5a8c40", lambda c: c[0] < c[2] < c[1]),
    ("teal_orange", {}, "#4d8cd8", lambda c: c[0] < 0x4D and c[2] > c[0] + 60),
    ("teal_orange", {}, "#cc9e80", lambda c: c[0] > c[1] + 30 > c[2] + 50),
    ("hologram", {}, "#808080", lambda c: c[1] > c[0] + 40 and c[2] > c[0] + 40),
    ("chroma_key", {}, "#00ff00", lambda c: max(c[0], c[1]) < 8 and c[2] > 245),
    ("chroma_key", {}, "#ff0000", lambda c: c[0] > 245 and c[2] < 8),
    ("color_key", {}, "#000000", lambda c: c[2] > 245),
    ("color_key", {}, "#ff0000", lambda c: c[0] > 245 and c[2] < 8),
]


def _neutral() -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield uses that are so near to nothing that no level may differ by more."""
    for family in ("light", "colour", "looks", "stylise", "distort"):
        for name, effect in FAMILIES[family].items():
            if not effect.neutral:
                continue
            near: dict[str, Any] = {}
            for key, value in effect.neutral.items():
                parameter = effect.parameters[key]
                if isinstance(parameter, Number) and not parameter.is_fixed:
                    step = (parameter.high - parameter.low) * 1e-5
                    up = 1 if value != parameter.high else -1
                    near[key] = float(value) + up * step
                else:
                    near[key] = value
            if any(isinstance(effect.parameters[key], Number) for key in near):
                yield name, near


NEAR_NEUTRAL = list(_neutral())
COLOR = "#c08050"


@pytest.fixture(scope="module")
def seen(shared_render: Render, media: MediaFolder) -> list[tuple[int, int, int]]:
    """Return the colour of each case, out of one film over blue."""
    uses = [
        *((name, given, before) for name, given, before, _ in (*EXACT, *TENDING)),
        *((name, given, COLOR) for name, given in NEAR_NEUTRAL),
    ]
    found: list[tuple[int, int, int]] = []
    for start in range(0, len(uses), 30):
        items = [
            plain(
                before,
                A_FRAME,
                effects=[
                    {
                        "name": name,
                        "parameters": {**needed(name, media.folder), **given},
                    }
                ],
            )
            for name, given, before in uses[start : start + 30]
        ]
        length = str(len(items) / 25)
        film = shared_render(timeline(video(plain("#0000ff", length)), video(*items)))
        found += [film.color(at) for at in range(len(items))]
    return found


@pytest.mark.parametrize("at", range(len(EXACT)), ids=[each[0] for each in EXACT])
def test_a_colour_becomes_what_the_effect_says(
    at: int, seen: list[tuple[int, int, int]]
) -> None:
    assert seen[at] == pytest.approx(EXACT[at][3], abs=4)


@pytest.mark.parametrize("at", range(len(TENDING)), ids=[each[0] for each in TENDING])
def test_a_colour_tends_where_the_effect_says(
    at: int, seen: list[tuple[int, int, int]]
) -> None:
    found = seen[len(EXACT) + at]

    assert TENDING[at][3](found), found


@pytest.mark.parametrize(
    "at", range(len(NEAR_NEUTRAL)), ids=[each[0] for each in NEAR_NEUTRAL]
)
def test_a_colour_stays_where_the_effect_is_next_to_nothing(
    at: int, seen: list[tuple[int, int, int]]
) -> None:
    """The graph itself is neutral there, not only left out at the value itself."""
    found = seen[len(EXACT) + len(TENDING) + at]

    assert found == pytest.approx((192, 128, 80), abs=3)


def test_every_effect_on_colours_has_a_case() -> None:
    cases = {each[0] for each in (*EXACT, *TENDING)}
    families = ("light", "colour", "log", "lut", "looks", "key")

    assert {name for family in families for name in FAMILIES[family]} <= cases
    assert cases <= set(EFFECTS)
