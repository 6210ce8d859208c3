"""Where one film is all that is seen of a timeline, as it is."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING

from farm.ffmpeg.film import is_shown_whole
from farm.timeline.composition import FilmSource

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from farm.ffmpeg.canvas import Canvas
    from farm.timeline.composition import Composition, Shot


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """Frames of the timeline in which a shot is all that is seen."""

    start: int
    end: int
    shot: Shot
    source: FilmSource


def find_stretches(
    composition: Composition, start: int, end: int, canvas: Canvas
) -> Iterator[Stretch]:
    """Yield where one film is all that is seen, untouched, in order."""
    found: list[Stretch] = []
    above: list[tuple[int, int]] = []
    for layer in reversed(composition.layers):
        for shot in layer.shots:
            source = shot.source
            if not isinstance(source, FilmSource) or source.video.is_image:
                continue
            if shot.speed != 1 or not is_shown_whole(source, shot.look, canvas):
                continue
            first, last = max(shot.start, start), min(shot.end, end)
            found += [
                Stretch(start=free, end=busy, shot=shot, source=source)
                for free, busy in _free(above, first, last)
            ]
        above = _join(
            [*above, *((shot.shown_start, shot.shown_end) for shot in layer.shots)]
        )
    yield from sorted(found, key=lambda stretch: stretch.start)


def _join(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined


def _free(
    busy: Sequence[tuple[int, int]], start: int, end: int
) -> Iterator[tuple[int, int]]:
    """Yield what lies between busy spans, which are in order and apart."""
    at = start
    low = bisect_right(busy, start, key=lambda span: span[1])
    for first, last in busy[low:]:
        if first >= end:
            break
        if first > at:
            yield at, first
        at = max(at, last)
    if at < end:
        yield at, end
