"""The scene as cameras would write it: what the effects on logs turn back.

The curves are the inverse of those in `farm.effects.families.log`, from the same
papers, written here by themselves.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from farm.effects.families.colour import daylight
from farm.effects.matrix import BT709, BT2020, D65, adapt, invert, multiply, to_xyz

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from farm.effects.matrix import Matrix

    Pixels = NDArray[np.float64]

_S_GAMUT3_CINE = ((0.766, 0.275), (0.225, 0.800), (0.089, -0.087))
_V_GAMUT = ((0.730, 0.280), (0.165, 0.840), (0.100, -0.030))
_D_GAMUT = ((0.71, 0.31), (0.21, 0.88), (0.09, -0.08))


def _s_log3(light: Pixels) -> Pixels:
    high = (420 + np.log10((np.maximum(light, 0) + 0.01) / 0.19) * 261.5) / 1023
    low = (light * (171.2102946929 - 95) / 0.01125 + 95) / 1023
    return _from_code(np.where(light >= 0.01125, high, low))


def _v_log(light: Pixels) -> Pixels:
    high = 0.241514 * np.log10(np.maximum(light, 0.01) + 0.00873) + 0.598206
    return _from_code(np.where(light >= 0.01, high, 5.6 * light + 0.125))


def _d_log(light: Pixels) -> Pixels:
    high = np.log10(np.maximum(light, 0.0078) * 0.9892 + 0.0108) * 0.256663 + 0.584555
    return _from_code(np.where(light > 0.0078, high, 6.025 * light + 0.0929))


def _hlg(light: Pixels) -> Pixels:
    scene = np.maximum(light, 0) * 0.26496
    high = 0.17883277 * np.log(np.maximum(12 * scene - 0.28466892, 1e-9)) + 0.55991073
    return np.where(scene <= 1 / 12, np.sqrt(3 * scene), high)


def _from_code(value: Pixels) -> Pixels:
    """Return the signal of code values from 0 to 1023, with black at 64."""
    return (value * 1023 - 64) / 876


def to_signal(light: Pixels) -> Pixels:
    """Return the signal of BT.709 of linear light."""
    bent = 1.099 * np.power(np.maximum(light, 0.018), 0.45) - 0.099
    return np.where(light < 0.018, 4.5 * light, bent)


def _to_light(signal: Pixels) -> Pixels:
    bent = np.power((np.maximum(signal, 0.081) + 0.099) / 1.099, 1 / 0.45)
    return np.where(signal < 0.081, signal / 4.5, bent)


def _into(primaries: tuple[tuple[float, float], ...]) -> Matrix:
    return multiply(invert(to_xyz(primaries, D65)), to_xyz(BT709, D65))


SIGNALS: dict[str, tuple[Matrix, Callable[[Pixels], Pixels]]] = {
    "s_log": (_into(_S_GAMUT3_CINE), _s_log3),
    "v_log": (_into(_V_GAMUT), _v_log),
    "d_log": (_into(_D_GAMUT), _d_log),
    "hlg": (_into(BT2020), _hlg),
    "rec2020": (_into(BT2020), to_signal),
    "linear": (_into(BT709), lambda light: light),
    "tungsten": (adapt(D65, daylight(3200)), to_signal),
}

#: What would be lighter than white otherwise, and cut off.
_DARKER = {"tungsten": 0.5}


def encode(picture: Pixels, name: str) -> Pixels:
    """Return a picture of BT.709 as another signal; both from 0 to 1."""
    matrix, curve = SIGNALS[name]
    light = _to_light(picture) @ np.array(matrix).T
    return curve(light * _DARKER.get(name, 1))
