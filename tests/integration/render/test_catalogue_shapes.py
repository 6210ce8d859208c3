"""Effects on shapes do to a picture what they say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import pytest

from farm.effects.catalog import FAMILIES
from tests.integration.render.timelines import still, timeline, video

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.integration.render.conftest import Render
    from tests.integration.render.media import MediaFolder

    Array = np.ndarray[Any, Any]

#: Pictures of 160 by 96 pixels, each with one thing to see.
PICTURES = {
    "edge": "lum='96+64*gte(X,80)'",
    "dot": "lum='255*lt(hypot(X-120,Y-48),4)'",
    "hot": "lum='if(lt(hypot(X-80,Y-48),10),255,40)'",
    "flat": "lum='128'",
    "noise": "lum='96+64*gte(X,80)"
    "+24*(mod(abs(sin(X*12.9898+Y*78.233)*43758.5),1)-0.5)'",
    "ramp": "lum='X*255/159'",
    "stripes": "lum='255*lt(mod(X,8),4)'",
}
_FRAMES = 3


def _is_sharper(before: Array, after: Array) -> bool:
    """Beside an edge, the dark is darker and the light lighter; flat parts stay."""
    row, old = after[48, :, 1], before[48, :, 1]
    return bool(
        row[76:80].min() < old[76:80].min() - 8
        and row[80:84].max() > old[80:84].max() + 8
        and abs(row[20] - old[20]) < 4
    )


def _width(row: Array) -> int:
    """Return over how many pixels an edge rises from 16 to 84 %."""
    low, high = row.min(), row.max()
    share = (row - low) / (high - low)
    return int(np.argmax(share > 0.84) - np.argmax(share > 0.16))


def _middle(channel: Array) -> tuple[float, float]:
    """Return where the light of a picture is, on average."""
    weight = np.clip(channel - 60, 0, None)
    y, x = np.mgrid[0 : channel.shape[0], 0 : channel.shape[1]]
    return float((x * weight).sum() / weight.sum()), float(
        (y * weight).sum() / weight.sum()
    )


def _edge(channel: Array) -> float:
    """Return where a row rises to the middle."""
    row = channel[48].astype(float)
    return float(np.argmax(row > (row.min() + row.max()) / 2))


def _spread(after: Array) -> tuple[float, float]:
    """Return how wide and how high a dot has become (standard deviations)."""
    weight = np.clip(after[..., 1], 0, None)
    y, x = np.mgrid[0 : weight.shape[0], 0 : weight.shape[1]]
    total = weight.sum()
    mid_x, mid_y = (x * weight).sum() / total, (y * weight).sum() / total
    return (
        float(np.sqrt((((x - mid_x) ** 2) * weight).sum() / total)),
        float(np.sqrt((((y - mid_y) ** 2) * weight).sum() / total)),
    )


Check: TypeAlias = "Callable[[Array, Array], bool]"
#: Effect, parameters, picture, and what is true of it before and after.
CASES: list[tuple[str, dict[str, Any], str, Check]] = [
    ("blur", {"sigma": 4}, "edge", lambda _, a: abs(_width(a[48, :, 1]) - 8) <= 2),
    ("blur", {"sigma": 2}, "stripes", lambda _, a: 0.2 < _swing(a) / 255 < 0.6),
    (
        "directional_blur",
        {"angle": 0, "radius": 12},
        "dot",
        lambda b, a: (
            _spread(a)[0] > 2 * _spread(b)[0] and _spread(a)[1] < 1.3 * _spread(b)[1]
        ),
    ),
    (
        "directional_blur",
        {"angle": 90, "radius": 12},
        "dot",
        lambda b, a: _spread(a)[1] > 2 * _spread(b)[1],
    ),
    (
        # a dot at 40 pixels from the middle is drawn out to 48
        "zoom_blur",
        {"amount": 0.2},
        "dot",
        lambda b, a: 1.5 < _middle(a[..., 1])[0] - _middle(b[..., 1])[0] < 6,
    ),
    ("motion_blur", {"frames": 4}, "edge", lambda b, a: np.abs(b - a).max() < 4),
    ("sharpen", {"amount": 1}, "edge", _is_sharper),
    ("clarity", {"amount": 0.6}, "edge", lambda b, a: _swing(a) > _swing(b) + 12),
    ("edge_enhance", {"amount": 1}, "edge", _is_sharper),
    (
        "emboss",
        {"amount": 1},
        "edge",
        lambda _, a: a[48, 79:81, 1].max() > 240 and abs(a[48, 20, 1] - 96) < 12,
    ),
    (
        "noise_reduction",
        {"strength": 8},
        "noise",
        lambda b, a: (
            a[20:70, 10:60].std() < 0.5 * b[20:70, 10:60].std()
            and _width(a[20:70, :, 1].mean(axis=0)) <= 2
        ),
    ),
    (
        "vignette",
        {"amount": 0.5, "radius": 0.2, "softness": 0.6},
        "flat",
        lambda _, a: abs(a[48, 80, 1] - 128) < 4 and abs(a[1, 1, 1] - 64) < 6,
    ),
    (
        "glow",
        {"strength": 1, "radius": 8, "threshold": 0.5},
        "hot",
        lambda b, a: (
            a[48, 94, 1] > b[48, 94, 1] + 15
            and abs(a[4, 4, 1] - b[4, 4, 1]) < 4
            and a[48, 94, 1] > a[48, 104, 1] > a[48, 120, 1]
        ),
    ),
    (
        "film_grain",
        {"amount": 0.5, "size": 1},
        "flat",
        lambda b, a: abs(a.mean() - b.mean()) < 4 and 12 < a[..., 1].std() < 40,
    ),
    (
        "chromatic_aberration",
        {"shift": 6},
        "edge",
        lambda _, a: abs(_edge(a[..., 2]) - _edge(a[..., 0]) - 12) <= 2,
    ),
    (
        "lens_flare",
        {"x": 0.25, "y": 0.5, "strength": 1, "size": 0.3},
        "hot",
        lambda b, a: a[48, 40, 1] > 240 and abs(a[4, 150, 1] - b[4, 150, 1]) < 25,
    ),
    (
        "pixelate",
        {"size": 16},
        "ramp",
        lambda _, a: len(np.unique(np.round(a[48, :, 1] / 3))) <= 11,
    ),
    (
        "glitch",
        {"amount": 1},
        "edge",
        lambda b, a: (np.abs(a - b).max(axis=(1, 2)) > 20).mean() > 0.2,
    ),
    (
        "hologram",
        {},
        "flat",
        lambda _, a: np.abs(np.diff(a[:, 80, 1])).max() > 25,
    ),
    (
        "posterize",
        {"levels": 4},
        "ramp",
        lambda _, a: len(np.unique(np.round(a[48, 4:-4, 1] / 8))) <= 5,
    ),
    (
        "threshold",
        {"level": 0.25},
        "ramp",
        lambda _, a: abs(_edge(a[..., 1]) - 40) <= 2 and a.min() < 3 and a.max() > 252,
    ),
    ("sketch", {}, "edge", lambda _, a: a[48, 79:82, 1].min() < 60 < a[48, 20, 1]),
    (
        "camera_shake",
        {"distance": 10},
        "dot",
        lambda b, a: (
            0.5 < np.hypot(*np.subtract(_middle(a[..., 1]), _middle(b[..., 1]))) < 20
        ),
    ),
    ("mirror", {}, "dot", lambda _, a: abs(_middle(a[..., 1])[0] - 39) < 1),
    ("flip", {}, "hot", lambda b, a: np.abs(a[::-1] - b).max() < 4),
    (
        # seen through a lens that bends outwards, a point moves along its radius
        "lens_correction",
        {"curve": -0.3},
        "dot",
        lambda b, a: (
            abs(_middle(a[..., 1])[0] - _middle(b[..., 1])[0]) > 2
            and abs(_middle(a[..., 1])[1] - _middle(b[..., 1])[1]) < 1
        ),
    ),
    (
        "shear",
        {"x": 0.5},
        "stripes",
        lambda b, a: (
            abs(_phase(a[20]) - _phase(a[24])) > 0.2
            and abs(_phase(b[20]) - _phase(b[24])) < 0.01
        ),
    ),
    ("neon", {}, "edge", lambda _, a: a[48, 79:82].max() > 120 > a[48, 20].max() + 60),
    ("noir", {}, "flat", lambda _, a: a[1, 1, 1] < 0.8 * a[48, 80, 1]),
    ("lomo", {}, "flat", lambda _, a: a[1, 1, 1] < 0.8 * a[48, 80, 1]),
    ("dreamy", {}, "hot", lambda _, a: a[48, 94, 1] > a[4, 4, 1] + 8),
]


def _swing(after: Array) -> float:
    row = after[48, 16:-16, 1]
    return float(row.max() - row.min())


def _phase(row: Array) -> float:
    """Return the phase of stripes of 8 pixels."""
    x = np.arange(160)
    wave = (row[:, 1] * np.exp(2j * np.pi * x / 8))[40:120].sum()
    return float(np.angle(wave))


@pytest.fixture(scope="module")
def seen(
    shared_render: Render, media: MediaFolder
) -> Mapping[int, tuple[Array, Array]]:
    """Return the picture of each case, before and after."""
    files = {
        name: media.still(
            f"{name}.png", f"color=white:s=160x96,format=gray,geq={graph}"
        )
        for name, graph in PICTURES.items()
    }
    length = str(_FRAMES / 25)
    found = {}
    for start in range(0, len(CASES), 10):
        part = CASES[start : start + 10]
        items = []
        for name, given, picture, _ in part:
            uses = [{"name": name, "parameters": given}]
            items += [
                still(files[picture], "0.04"),
                still(files[picture], length, effects=uses),
            ]
        film = shared_render(timeline(video(*items)))
        for at in range(len(part)):
            first = at * (_FRAMES + 1)
            found[start + at] = film.rgb(first), film.rgb(first + _FRAMES)
    return found


@pytest.mark.parametrize("at", range(len(CASES)), ids=[each[0] for each in CASES])
def test_a_picture_changes_as_the_effect_says(
    at: int, seen: Mapping[int, tuple[Array, Array]]
) -> None:
    before, after = seen[at]

    assert CASES[at][3](before, after)


def test_every_effect_on_shapes_has_a_case() -> None:
    cases = {each[0] for each in CASES}

    for family in ("blur", "stylise", "distort"):
        # a camera is steadied over time: tests/integration/render/test_stabilise.py
        assert set(FAMILIES[family]) - {"stabilise"} <= cases
