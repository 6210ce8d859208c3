"""Where to cut a composition into segments."""

from __future__ import annotations

import itertools
from bisect import bisect_left
from typing import TYPE_CHECKING, Literal

from farm.plan.cuts import cut_by_content
from farm.timeline.time import round_half_up

if TYPE_CHECKING:
    from fractions import Fraction

    from farm.plan.cuts import KeyTimes
    from farm.timeline.composition import Composition

#: A cut may move by this share of the aimed length to fall on the edge of a clip.
_REACH = 0.4
#: However long the timeline and however short the segments that were asked for.
_MOST_SEGMENTS = 10_000
#: FFmpeg opens everything that a segment shows at once, each with a decoder of its own
#: (25 MB for 1080p) and two threads.
_MOST_SHOTS = 32
#: Where fewer than these begin within a segment, most are shown at once anyway.
_FEW_STARTS = 8


def cut_segments(
    composition: Composition,
    start: int,
    end: int,
    *,
    wanted: Literal["auto", "off"] | Fraction,
    mean_seconds: Fraction,
    key_times: KeyTimes,
) -> list[tuple[int, int]]:
    """Return the frames of each segment in order.

    Args:
        composition: what is seen.
        start: the first frame.
        end: the frame after the last.
        wanted: by content, none, or of so many seconds each.
        mean_seconds: length of segments that are cut by content.
        key_times: of sources in which key frames are far apart.

    Segments that show too many clips are cut further, also where there should be but
    one.
    """
    shots = [
        (shot.shown_start, shot.shown_end)
        for layer in composition.layers
        for shot in layer.shots
    ]
    match wanted:
        case "auto":
            cut = cut_by_content(
                composition, start, end, seconds=mean_seconds, key_times=key_times
            )
        case "off":
            cut = [(start, end)]
        case _:
            cut = _cut_evenly(composition, start, end, wanted)
    return _cut_crowded(cut, shots)


def _cut_evenly(
    composition: Composition, start: int, end: int, seconds: Fraction
) -> list[tuple[int, int]]:
    """Cut into segments of about one length, at edges of clips where they are near."""
    aimed = max(1, round_half_up(seconds * composition.rate))
    count = min(max(1, round((end - start) / aimed)), _MOST_SEGMENTS)
    length = (end - start) / count
    edges = _clip_edges(composition)
    cuts = [start]
    for number in range(1, count):
        target = start + number * length
        cut = _edge_near(edges, target, reach=_REACH * length)
        if cuts[-1] < cut < end:
            cuts.append(cut)
    cuts.append(end)
    return list(itertools.pairwise(cuts))


def _cut_crowded(
    segments: list[tuple[int, int]], shots: list[tuple[int, int]]
) -> list[tuple[int, int]]:
    """Cut segments at starts of clips until each shows few of them."""
    start, end = segments[0][0], segments[-1][1]
    shown = [shot for shot in shots if shot[0] < end and shot[1] > start]
    if len(shown) <= _MOST_SHOTS:
        return segments
    half = len(segments) // 2
    if half:
        return [
            *_cut_crowded(segments[:half], shown),
            *_cut_crowded(segments[half:], shown),
        ]
    inside = sorted(first for first, _ in shown if start < first)
    if len(inside) < _FEW_STARTS:
        return segments
    cut = inside[len(inside) // 2]
    return [*_cut_crowded([(start, cut)], shown), *_cut_crowded([(cut, end)], shown)]


def _edge_near(edges: list[int], target: float, *, reach: float) -> int:
    """Return the edge nearest to a frame, or the frame where none is in reach."""
    after = bisect_left(edges, target)
    near = [
        edge
        for edge in edges[max(0, after - 1) : after + 1]
        if abs(edge - target) <= reach
    ]
    return min(near, key=lambda edge: abs(edge - target), default=round(target))


def _clip_edges(composition: Composition) -> list[int]:
    edges: set[int] = set()
    for layer in composition.layers:
        for shot in layer.shots:
            edges |= {shot.shown_start, shot.start, shot.end, shot.shown_end}
    return sorted(edges)
