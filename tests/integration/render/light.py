"""What colours must become, reckoned from the recommendations alone.

Signals are R'G'B' of 0 to 1, light is in cd/m². Nothing here is of the code under test.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

Array: TypeAlias = "NDArray[Any]"

#: Chromaticities of red, green and blue: BT.709, BT.2020, SMPTE-C, EBU.
PRIMARIES = {
    "bt709": [(0.64, 0.33), (0.30, 0.60), (0.15, 0.06)],
    "bt2020": [(0.708, 0.292), (0.170, 0.797), (0.131, 0.046)],
    "smpte170m": [(0.63, 0.34), (0.31, 0.595), (0.155, 0.07)],
    "bt470bg": [(0.64, 0.33), (0.29, 0.60), (0.15, 0.06)],
}
#: Weights of red and blue in luma.
LUMA = {"bt601": (0.299, 0.114), "bt709": (0.2126, 0.0722), "bt2020": (0.2627, 0.0593)}


def to_xyz(name: str) -> Array:
    """Return the matrix of linear RGB to XYZ, with white D65."""
    columns = np.array([(x / y, 1, (1 - x - y) / y) for x, y in PRIMARIES[name]]).T
    white = np.array([0.3127 / 0.3290, 1, (1 - 0.3127 - 0.3290) / 0.3290])
    return np.asarray(columns * np.linalg.solve(columns, white))


def between(rgb: Array, source: str, target: str) -> Array:
    """Return linear light in other primaries."""
    return np.asarray(rgb @ (np.linalg.inv(to_xyz(target)) @ to_xyz(source)).T)


def from_pq(signal: Array) -> Array:
    """EOTF of PQ (BT.2100 table 4)."""
    power = np.asarray(signal) ** (1 / 78.84375)
    part = np.maximum(power - 0.8359375, 0) / (18.8515625 - 18.6875 * power)
    return np.asarray(10_000 * part ** (1 / 0.1593017578125))


def to_pq(light: Array) -> Array:
    """Inverse EOTF of PQ (BT.2100 table 4)."""
    y = (np.maximum(light, 0) / 10_000) ** 0.1593017578125
    return np.asarray(((0.8359375 + 18.8515625 * y) / (1 + 18.6875 * y)) ** 78.84375)


def from_hlg(signal: Array) -> Array:
    """EOTF of HLG at 1000 cd/m², gamma 1.2, black 0 (BT.2100 table 5)."""
    a, b = 0.17883277, 0.28466892
    c = 0.5 - a * np.log(4 * a)
    s = np.asarray(signal)
    scene = np.where(s <= 0.5, s**2 / 3, (np.exp((s - c) / a) + b) / 12)
    luminance = scene @ np.array([0.2627, 0.6780, 0.0593])
    return np.asarray(1000 * luminance[..., None] ** 0.2 * scene)


def to_hlg(light: Array) -> Array:
    """Inverse OOTF and OETF of HLG (BT.2100 table 5)."""
    a, b = 0.17883277, 0.28466892
    c = 0.5 - a * np.log(4 * a)
    display = np.maximum(light, 0) / 1000
    luminance = np.maximum(display @ np.array([0.2627, 0.6780, 0.0593]), 1e-15)
    scene = luminance[..., None] ** (-0.2 / 1.2) * display
    high = a * np.log(np.maximum(12 * scene - b, 1e-9)) + c
    return np.asarray(np.where(scene <= 1 / 12, np.sqrt(3 * scene), high))


def from_sdr(signal: Array) -> Array:
    """EOTF of BT.1886, with the white of BT.2408 in HDR: 203 cd/m²."""
    return np.asarray(203 * np.asarray(signal) ** 2.4)


def to_sdr(light: Array) -> Array:
    """Inverse EOTF of BT.1886."""
    return np.asarray(np.clip(light / 203, 0, 1) ** (1 / 2.4))


def roll_off(light: Array, peak: float, limit: float) -> Array:
    """EETF of BT.2390-10 section 5.4, on the largest component."""
    source = float(to_pq(np.array(peak)))
    largest = np.maximum(light.max(axis=-1), 1e-9)
    e1 = np.minimum(to_pq(largest) / source, 1)
    max_lum = float(to_pq(np.array(limit))) / source
    ks = 1.5 * max_lum - 0.5
    t = (e1 - ks) / (1 - ks)
    spline = (
        (2 * t**3 - 3 * t**2 + 1) * ks
        + (t**3 - 2 * t**2 + t) * (1 - ks)
        + (-2 * t**3 + 3 * t**2) * max_lum
    )
    e2 = np.where(e1 < ks, e1, spline)
    return np.asarray(light * (from_pq(e2 * source) / largest)[..., None])


def hdr_to_sdr(light: Array, peak: float) -> Array:
    """Return the SDR signal of light in BT.2020: cut off, rolled off, BT.1886."""
    return to_sdr(roll_off(np.maximum(between(light, "bt2020", "bt709"), 0), peak, 203))


def ycbcr(rgb: Array, matrix: str, *, bits: int, full: bool = False) -> Array:
    """Return Y'CbCr codes of a signal, not rounded (BT.601, BT.709, BT.2020)."""
    kr, kb = LUMA[matrix]
    y = rgb @ np.array([kr, 1 - kr - kb, kb])
    cb, cr = (rgb[..., 2] - y) / (2 - 2 * kb), (rgb[..., 0] - y) / (2 - 2 * kr)
    step = 2 ** (bits - 8)
    if full:
        top, middle = 2**bits - 1, 128 * step
        return np.stack([top * y, middle + top * cb, middle + top * cr], axis=-1)
    return np.stack(
        [step * (16 + 219 * y), step * (128 + 224 * cb), step * (128 + 224 * cr)],
        axis=-1,
    )


def rgb_of(codes: Array, matrix: str, *, bits: int) -> Array:
    """Return the signal of Y'CbCr codes of limited range."""
    kr, kb = LUMA[matrix]
    step = 2 ** (bits - 8)
    y = (codes[..., 0] / step - 16) / 219
    cb, cr = ((codes[..., at] / step - 128) / 224 for at in (1, 2))
    red, blue = y + (2 - 2 * kr) * cr, y + (2 - 2 * kb) * cb
    return np.stack([red, (y - kr * red - kb * blue) / (1 - kr - kb), blue], axis=-1)
