"""Keyframes as an expression of FFmpeg, for what is reckoned sample by sample."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from farm.timeline.ramp import parts_of
from farm.timeline.time import round_half_up

if TYPE_CHECKING:
    from collections.abc import Sequence
    from fractions import Fraction

    from farm.timeline.keyframe import Keyframe

#: Easing -> the share of the way, where `{s}` is the share of the time.
_SHARES = {
    "linear": "{s}",
    "hold": "0",
    "ease_in": "{s}*{s}",
    "ease_out": "{s}*(2-{s})",
    "ease_in_out": "{s}*{s}*(3-2*{s})",
}


def write_curve(keys: Sequence[Keyframe], *, rate: int, edge: int) -> str:
    """Return the value at sample `n`.

    Args:
        keys: in order of time.
        rate: samples a second.
        edge: the sample at which the times start.
    """
    at = [edge + round_half_up(key.time * rate) for key in keys]
    terms = [
        f"{keys[0].value:.9g}*lt(n,{at[0]})",
        f"{keys[-1].value:.9g}*gte(n,{at[-1]})",
    ]
    # a sum, not a nest: FFmpeg reads a hundred brackets within each other at most
    for (before, after), (first, last) in zip(
        pairwise(keys), pairwise(at), strict=True
    ):
        share = f"((n-{first})/{max(last - first, 1)})"
        way = _SHARES[before.easing].replace("{s}", share)
        value = f"({before.value:.9g}+{after.value - before.value:.9g}*({way}))"
        terms.append(f"{value}*gte(n,{first})*lt(n,{last})")
    return "+".join(terms)


def write_inverse(keys: Sequence[Keyframe], edge: Fraction) -> str:
    """Return the time of a clip at which a frame of its file is seen, in seconds.

    Args:
        keys: the speeds of the clip.
        edge: time on the file's own clock at which the clip starts.
    """
    parts = list(parts_of(keys))
    terms = []
    for at, part in enumerate(parts):
        since = f"(T-{float(edge + part.passed):.9f})"
        # where speed grows by a in each second: v t + a t^2 / 2 = s, solved for t
        root = (
            f"sqrt(max({float(part.speed**2):.12g}"
            f"+{float(2 * part.growth):.12g}*{since},0))"
        )
        time = f"({float(part.time):.9f}+2*{since}/({float(part.speed):.12g}+{root}))"
        low = "1" if at == 0 else f"gte(T,{float(edge + part.passed):.9f})"
        high = "1"
        if at + 1 < len(parts):
            high = f"lt(T,{float(edge + parts[at + 1].passed):.9f})"
        terms.append(f"{time}*{low}*{high}")
    return "+".join(terms)
