"""Where a composition may be cut, and where it is: by what is seen, not by the clock.

A frame may be cut at where a clip begins or ends, and inside a clip at fixed distances
of its source: where a segment begins does not hang on where the clip lies, or on how
much of its start is cut off. Where such frames lie close together, the one of the
highest rank is taken, then that of the highest hash of what is seen there: a cut is
made where no other within reach is higher.

```
rank   3  .  .  1  .  .  1  2  .  1  .  3  3     3: edge of a film, 2: of a drawing
hash   7  .  .  2  .  .  5  1  .  8  .  4  9     1: inside a film
cut    |              |                    |
```
An edit changes what is seen at some frames, and so cuts within reach of it, but none
beyond: there, segments stay what they were, however far they have moved.
"""

from __future__ import annotations

import hashlib
import itertools
import math
from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from farm.ffmpeg.sample import decoding_head
from farm.timeline.composition import FilmSource

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from fractions import Fraction

    from farm.timeline.composition import Change, Composition, Layer, Shot

#: A stretch in which nothing ever changes is cut into pieces of so many mean lengths.
_STILL_LENGTHS = 10
#: The edge of a film needs no seek; that of a drawing changes little.
_EDGE_OF_FILM, _EDGE_OF_DRAWING, _INSIDE = 3, 2, 1


class Place(NamedTuple):
    """A frame that may be cut at; the higher of two is cut at."""

    rank: int
    digest: bytes
    frame: int


KeyTimes: TypeAlias = "Mapping[tuple[str, int], Sequence[Fraction]]"
"""Times of key frames by path and stream, of sources in which they are far apart."""


def cut_by_content(
    composition: Composition,
    start: int,
    end: int,
    *,
    seconds: Fraction,
    key_times: KeyTimes,
) -> list[tuple[int, int]]:
    """Return the frames of each segment between two frames, in order.

    Args:
        composition: what is seen.
        start: the first frame.
        end: the frame after the last.
        seconds: mean length; few segments are shorter than half of it, or longer than
            twice.
        key_times: where decoding can start; cuts lie near them where it matters.
    """
    mean = max(2, round(seconds * composition.rate))
    places = find_places(composition, seconds=seconds, key_times=key_times)
    cuts = _highest(places, composition.frames, reach=mean // 2)
    edges = [start, *(cut for cut in cuts if start < cut < end), end]
    return [
        segment
        for first, last in itertools.pairwise(edges)
        for segment in _cut_long(places, first, last, mean=mean)
    ]


def find_places(
    composition: Composition, *, seconds: Fraction, key_times: KeyTimes
) -> list[Place]:
    """Return the frames that may be cut at, in order; none within a transition.

    Inside clips they are so many seconds apart.
    """
    found: dict[int, Place] = {}
    for layer in composition.layers:
        for place in _places_of(layer, composition.rate, seconds, key_times):
            found[place.frame] = max(place, found.get(place.frame, place))
    within = _spans(
        [change for layer in composition.layers for change in layer.changes]
    )
    starts = [start for start, _ in within]
    return [
        found[frame]
        for frame in sorted(found)
        if 0 < frame < composition.frames and not _is_within(frame, within, starts)
    ]


def _places_of(
    layer: Layer, rate: Fraction, seconds: Fraction, key_times: KeyTimes
) -> Iterator[Place]:
    for shot in layer.shots:
        is_film = isinstance(shot.source, FilmSource)
        rank = _EDGE_OF_FILM if is_film else _EDGE_OF_DRAWING
        identity = _identity(shot)
        for frame, edge in ((shot.shown_start, "start"), (shot.shown_end, "end")):
            time = _source_time(shot, frame, rate)
            yield _place(rank, frame, identity, time if is_film else edge)
        if isinstance(shot.source, FilmSource) and not shot.source.video.is_image:
            source = shot.source
            keys = key_times.get((source.path, source.video.index), ())
            starts = [key + decoding_head(source) for key in keys]
            for time, frame in _grid(shot, rate, seconds, starts):
                yield _place(_INSIDE, frame, identity, time)


def _place(rank: int, frame: int, *what: object) -> Place:
    text = "\0".join(str(each) for each in what)
    digest = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8)
    return Place(rank, digest.digest(), frame)


def _identity(shot: Shot) -> str:
    source = shot.source
    if isinstance(source, FilmSource):
        return f"{source.content or source.path}\0{source.video.index}"
    return str(source)


def _source_time(shot: Shot, frame: int, rate: Fraction) -> Fraction:
    return shot.time_at(frame, rate)


def _grid(
    shot: Shot, rate: Fraction, seconds: Fraction, starts: Sequence[Fraction]
) -> Iterator[tuple[Fraction, int]]:
    """Yield times of the source, and the first frame that shows each.

    Where the source has times near them from which little is decoded in vain, those
    are taken instead.
    """
    if shot.speed == 0:  # one frame is held
        return
    first = _source_time(shot, shot.shown_start, rate)
    last = _source_time(shot, shot.shown_end, rate)
    step = seconds * shot.speed
    for number in range(math.floor(first / step), math.ceil(last / step) + 1):
        time = _near(starts, number * step, reach=step / 2)
        frame = shot.start + math.ceil((time - shot.source_start) / shot.speed * rate)
        if shot.shown_start < frame < shot.shown_end:
            yield time, frame


def _near(times: Sequence[Fraction], wanted: Fraction, *, reach: Fraction) -> Fraction:
    """Return the time nearest to another, or that one where none is in reach."""
    after = bisect_left(times, wanted)
    near = [
        time
        for time in times[max(0, after - 1) : after + 1]
        if -reach < time - wanted <= reach
    ]
    return min(near, key=lambda time: abs(time - wanted), default=wanted)


def _spans(changes: list[Change]) -> list[tuple[int, int]]:
    """Return the spans of transitions, those that touch joined, in order."""
    spans: list[tuple[int, int]] = []
    for change in sorted(changes, key=lambda change: change.start):
        if spans and change.start < spans[-1][1]:
            spans[-1] = (spans[-1][0], max(spans[-1][1], change.end))
        else:
            spans.append((change.start, change.end))
    return spans


def _is_within(frame: int, spans: list[tuple[int, int]], starts: list[int]) -> bool:
    at = bisect_left(starts, frame) - 1
    return at >= 0 and spans[at][0] < frame < spans[at][1]


def _highest(places: list[Place], frames: int, *, reach: int) -> list[int]:
    """Return the frames that no other within reach is higher than.

    Of equal ones, such as those of a clip that is shown again and again, the first is
    taken. Start and end of the timeline are higher than all.
    """
    at = [place.frame for place in places]
    cuts = []
    for number, place in enumerate(places):
        if place.frame < reach or place.frame > frames - reach:
            continue
        low = bisect_left(at, place.frame - reach)
        high = bisect_right(at, place.frame + reach)
        height = place[:2]
        if all(other[:2] < height for other in places[low:number]) and all(
            other[:2] <= height for other in places[number + 1 : high]
        ):
            cuts.append(place.frame)
    return cuts


def _cut_long(
    places: list[Place], start: int, end: int, *, mean: int
) -> list[tuple[int, int]]:
    """Cut a segment that is much longer than the mean, by what is seen in it."""
    if end - start <= 2 * mean:
        return [(start, end)]
    low = bisect_left(places, start + mean // 2, key=lambda place: place.frame)
    high = bisect_right(places, end - mean // 2, key=lambda place: place.frame)
    inside = places[low:high]
    if inside:
        cut = max(inside, key=lambda place: (place.rank, place.digest)).frame
    elif end - start > _STILL_LENGTHS * mean:
        cut = start + _STILL_LENGTHS * mean
    else:
        return [(start, end)]
    return [
        *_cut_long(places, start, cut, mean=mean),
        *_cut_long(places, cut, end, mean=mean),
    ]
