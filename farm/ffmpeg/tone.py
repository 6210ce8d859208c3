"""Tables that roll off light which is brighter than the target can show: pure.

The curve is the EETF of BT.2390, on the largest of red, green and blue, so that hues
stay. See docs/decisions/0028-colours-and-light.md.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

Array: TypeAlias = "NDArray[Any]"

#: Luminance of SDR white in HDR, cd/m² (ITU-R BT.2408).
WHITE = 203
#: Of the display that HLG is made for, cd/m² (ITU-R BT.2100).
HLG_PEAK = 1000
#: Both sides of a table are light to the power of 1 through this, 1 for the brightest
#: (the EOTF of ITU-R BT.1886 with a black of 0).
_GAMMA = 2.4
_SIZE = 49
#: SMPTE ST 2084.
_M1, _M2 = 2610 / 16384, 2523 / 4096 * 128
_C1, _C2, _C3 = 3424 / 4096, 2413 / 4096 * 32, 2392 / 4096 * 32
_PQ_PEAK = 10_000
_LEAST = 1e-6


def table_name(peak: int, limit: int) -> str:
    """Return what the file of a table is called."""
    return f"light-{peak}-{limit}.cube"


@lru_cache(maxsize=8)
def write_table(peak: int, limit: int) -> str:
    """Return a table for FFmpeg's filter lut3d, from R'G'B' of full range to the same.

    Args:
        peak: the brightest that comes in, cd/m².
        limit: the brightest that goes out, cd/m².
    """
    steps = np.linspace(0.0, 1.0, _SIZE)
    grid = np.meshgrid(steps, steps, steps, indexing="ij")  # red changes fastest
    signal = np.stack([part.ravel() for part in reversed(grid)], axis=-1)
    light = roll_off(peak * signal**_GAMMA, peak, limit)
    made = np.clip(light / limit, 0.0, 1.0) ** (1 / _GAMMA)
    rows = [f"{red:.6f} {green:.6f} {blue:.6f}" for red, green, blue in made.tolist()]
    return "\n".join([f"LUT_3D_SIZE {_SIZE}", *rows]) + "\n"


def roll_off(light: Array, peak: int, limit: int) -> Array:
    """Bring light of a peak below a limit, in cd/m²; what is dark stays as it is."""
    if peak <= limit:
        return light
    largest = np.maximum(light.max(axis=-1, keepdims=True), _LEAST)
    top = float(_to_pq(np.array(float(peak))))
    most = float(_to_pq(np.array(float(limit)))) / top
    knee = 1.5 * most - 0.5
    given = np.minimum(_to_pq(largest) / top, 1.0)
    t = np.clip((given - knee) / (1 - knee), 0.0, 1.0)
    curve = (
        (2 * t**3 - 3 * t**2 + 1) * knee
        + (t**3 - 2 * t**2 + t) * (1 - knee)
        + (-2 * t**3 + 3 * t**2) * most
    )
    rolled = _from_pq(np.where(given < knee, given, curve) * top)
    return np.asarray(light * rolled / largest)


def _from_pq(signal: Array) -> Array:
    power = signal ** (1 / _M2)
    part = np.maximum(power - _C1, 0) / (_C2 - _C3 * power)
    return np.asarray(_PQ_PEAK * part ** (1 / _M1))


def _to_pq(light: Array) -> Array:
    power = (light / _PQ_PEAK) ** _M1
    return np.asarray(((_C1 + _C2 * power) / (1 + _C3 * power)) ** _M2)
