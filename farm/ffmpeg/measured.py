"""Read what the filters of an analysis noted (`farm.ffmpeg.analyse`)."""

from __future__ import annotations

import math
from collections import Counter
from typing import TYPE_CHECKING, Literal, TypeAlias

from farm.ffmpeg.analyse import CROP
from farm.ffmpeg.printed import Clock, mean_of, read_frames
from farm.timeline.analysis import Crop, Interlace, Keyframes, Motion, Scene, Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from fractions import Fraction
    from pathlib import Path

    from farm.timeline.media import VideoFacts

_Order: TypeAlias = Literal["progressive", "tff", "bff"]
_Weave: TypeAlias = Literal["progressive", "tff", "bff", "mixed", "unknown"]
_MOST_UNCLEAR = 0.1
"""Where fewer than one frame in ten shows how it is woven, nothing is said."""
_MIXED_PART = 0.2


def read_scenes(
    folder: Path, clock: Clock, *, threshold: float, end: Fraction, start: Fraction
) -> tuple[Scene, ...]:
    """Return the parts of a film between its cuts."""
    cuts: list[tuple[Fraction, float | None]] = [(start, None)]
    cuts += [
        (time, score)
        for time, score in _changes(folder, clock)
        if score >= threshold and time > start
    ]
    ends = [*(time for time, _ in cuts[1:]), end]
    return tuple(
        Scene(start=time, end=stop, score=score)
        for (time, score), stop in zip(cuts, ends, strict=True)
    )


def read_motion(folder: Path, clock: Clock, *, threshold: float) -> Motion:
    """Return how much the picture changes from frame to frame, but for cuts."""
    cuts = {time for time, score in _changes(folder, clock) if score >= threshold}
    seconds: dict[int, list[float]] = {}
    moved = read_frames(folder / "change.txt", clock)
    next(moved, None)  # the first frame follows none
    for time, values in moved:
        if time not in cuts:
            seconds.setdefault(max(0, math.floor(time)), []).append(
                float(values["lavfi.scd.mafd"])
            )
    every = [value for values in seconds.values() for value in values]
    means = [
        round(mean_of(seconds.get(second, [])), 3)
        for second in range(max(seconds, default=-1) + 1)
    ]
    return Motion(
        mean=round(mean_of(every), 3),
        highest=max(means, default=0.0),
        seconds=tuple(means),
    )


def _changes(folder: Path, clock: Clock) -> Iterator[tuple[Fraction, float]]:
    for time, values in read_frames(folder / "score.txt", clock):
        yield time, float(values["lavfi.scd.score"])


def read_spans(
    folder: Path, name: str, clock: Clock, *, end: Fraction, shortest: float
) -> tuple[Span, ...]:
    """Return the parts that a filter noted; one that is open ends with the stream."""
    starts = _noted(folder / f"{name}-start.txt", clock)
    ends = [*_noted(folder / f"{name}-end.txt", clock), end]
    spans = (
        Span(start=start, end=next((each for each in ends if each > start), end))
        for start in starts
    )
    return tuple(span for span in spans if span.end - span.start >= shortest)


def _noted(path: Path, clock: Clock) -> list[Fraction]:
    return [
        clock.at_seconds(value)
        for _, values in read_frames(path, clock)
        for value in values.values()
    ]


def read_interlace(folder: Path, video: VideoFacts) -> Interlace:
    """Return how frames are woven, as they show it."""
    seen = Counter(
        value
        for _, values in read_frames(folder / "interlace.txt", None)
        for value in values.values()
    )
    repeated = sum(
        value != "neither"
        for _, values in read_frames(folder / "repeated.txt", None)
        for value in values.values()
    )
    declared: _Order = "tff" if video.top_field_first else "bff"
    return Interlace(
        verdict=_verdict(seen),
        declared=declared if video.interlaced else "progressive",
        top_first=seen["tff"],
        bottom_first=seen["bff"],
        progressive=seen["progressive"],
        undetermined=seen["undetermined"],
        repeated_fields=repeated,
    )


def _verdict(seen: Counter[str]) -> _Weave:
    names: tuple[_Order, ...] = ("progressive", "tff", "bff")
    known = {name: seen[name] for name in names}
    total = sum(known.values())
    if total < _MOST_UNCLEAR * seen.total() or not total:
        return "unknown"
    most = max(known, key=known.__getitem__)
    return most if known[most] >= (1 - _MIXED_PART) * total else "mixed"


def read_crop(folder: Path, *, width: int, height: int) -> Crop | None:
    """Return the part inside the borders; ``None`` where there is nothing but black."""
    last: dict[str, str] = {}
    for _, values in read_frames(folder / CROP, None):
        last = values or last
    box = [
        int(last.get(f"lavfi.cropdetect.{name}", -1)) for name in ("x", "y", "w", "h")
    ]
    x, y, inner_width, inner_height = box
    if inner_width <= 0 or inner_height <= 0:
        return None
    return Crop(
        x=x,
        y=y,
        width=inner_width,
        height=inner_height,
        # sizes are rounded down to even ones
        has_borders=inner_width < width // 2 * 2 or inner_height < height // 2 * 2,
    )


def build_keyframes(times: Sequence[Fraction], *, longest: Fraction) -> Keyframes:
    """Return the key frames of a film and how far apart they are."""
    count = len(times) - 1
    return Keyframes(
        times=tuple(times),
        mean_seconds=(
            round(float((times[-1] - times[0]) / count), 6) if count > 0 else None
        ),
        longest=longest,
    )
