"""Lay copies into the segments of a timeline."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from farm.timeline.copy import CopyRange


def lay_copies(
    segments: Sequence[tuple[int, int]], copies: Sequence[CopyRange], *, least: int
) -> list[tuple[int, int, CopyRange | None]]:
    """Return segments cut at copies; what lies between two copies is cut as before.

    Args:
        segments: frames from and to, in order, without a hole.
        copies: in order, apart from each other.
        least: no cut lies nearer to a copy than so many frames.
    """
    if not copies:
        return [(start, end, None) for start, end in segments]
    laid: list[tuple[int, int, CopyRange | None]] = []
    cuts = [start for start, _ in segments]
    at, last = segments[0][0], segments[-1][1]
    for copy in [*copies, None]:
        until = last if copy is None else copy.start
        near = least if laid else 0
        inner = [
            cut
            for cut in cuts
            if at + max(near, 1) <= cut <= until - (least if copy else 1)
        ]
        laid += [
            (first, end, None)
            for first, end in pairwise([at, *inner, until])
            if first < end
        ]
        if copy is not None:
            laid.append((copy.start, copy.end, copy))
            at = copy.end
    return laid


def move(copy: CopyRange, frames: int) -> CopyRange:
    """Return a copy with its place on the timeline counted from another frame."""
    return replace(copy, start=copy.start - frames, end=copy.end - frames)
