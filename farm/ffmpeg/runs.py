"""Black and frozen runs of a picture, and silent runs of sound, in a finished file.

They are looked for while a file is decoded anyway, in a few thousand points of each
frame. A run that is found is compared with the source that is seen or heard there: only
where that is surely not black, still or silent is the file wrong.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING

import av

from farm.ffmpeg.open import open_media

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from farm.ffmpeg.box import Box

_POINTS = 2000
"""Points of a frame that are looked at."""
_BLACK = 20
"""Luma (of 255) that no point of a black frame is above; black itself is 16."""
_LIT = 40
"""Mean luma of a frame that is surely not black."""
_STILL = 2
"""Luma by which no point differs between frames that are the same."""
_MOVED = 4.0
"""Mean difference of luma between frames that are surely not the same."""
_QUIET = 0.0004
"""Peak (of 1) of silence: -68 dB."""
_LOUD = 0.01
"""Peak (of 1) of sound that is surely there: -40 dB."""
_EACH = 4
"""Of so many samples one is looked at."""
BLACK_SECONDS = 1.0
FROZEN_SECONDS = 2.0
SILENT_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Run:
    """Frames, or samples, from the first up to the end (half-open)."""

    first: int
    end: int

    @property
    def length(self) -> int:
        """How many they are."""
        return self.end - self.first


@dataclass(slots=True)
class PictureWatch:
    """Sees all frames of a file, and notes which are black, or as the one before."""

    is_black: list[bool] = field(default_factory=list)
    is_still: list[bool] = field(default_factory=list)
    last: Sequence[int] = ()

    def see(self, frame: av.VideoFrame) -> None:
        """Look at a frame."""
        luma = read_luma(frame)
        self.is_black.append(max(luma, default=255) <= _BLACK)
        self.is_still.append(_is_same(luma, self.last))
        self.last = luma

    def black(self, rate: Fraction) -> list[Run]:
        """Return the black runs that are long enough to be looked into."""
        return _runs(self.is_black, at_least=round(BLACK_SECONDS * rate))

    def frozen(self, rate: Fraction) -> list[Run]:
        """Return the runs in which nothing moves, each with the frame before."""
        found = _runs(self.is_still, at_least=round(FROZEN_SECONDS * rate))
        return [Run(max(0, run.first - 1), run.end) for run in found]


def read_luma(frame: av.VideoFrame) -> Sequence[int]:
    """Return the luma (0 to 255) of some points of a frame, of planar YUV or gray."""
    plane = frame.planes[0]
    depth = frame.format.components[0].bits
    if depth > 8:  # noqa: PLR2004  # bits of a byte
        wide = memoryview(plane).cast("B").cast("H")
        step = _step(len(wide))
        return [value >> (depth - 8) for value in wide[::step]]
    narrow = memoryview(plane).cast("B")
    return bytes(narrow[:: _step(len(narrow))])


def _step(points: int) -> int:
    # an odd step meets all columns of a picture, not some of them again and again
    return max(1, points // _POINTS) | 1


def _is_same(luma: Sequence[int], other: Sequence[int]) -> bool:
    return len(luma) == len(other) and all(
        abs(a - b) <= _STILL for a, b in zip(luma, other, strict=True)
    )


def _runs(flags: Sequence[bool], *, at_least: int) -> list[Run]:
    runs, first = [], None
    for number, flag in enumerate([*flags, False]):
        if flag and first is None:
            first = number
        elif not flag and first is not None:
            runs.append(Run(first, number))
            first = None
    return [run for run in runs if run.length >= max(2, at_least)]


def is_all_black(path: Path, run: Run) -> bool:
    """Whether every pixel of the frames of a run is black."""
    for number, frame in _frames(path):
        if number >= run.end:
            break
        if number >= run.first:
            gray = frame.reformat(format="gray")
            if max(bytes(gray.planes[0])) > _BLACK:
                return False
    return True


def _frames(path: Path) -> Iterator[tuple[int, av.VideoFrame]]:
    with open_media(path) as container:
        yield from enumerate(container.decode(container.streams.video[0]))


def look_at_source(
    path: str, stream: int, times: Sequence[Fraction], *, box: Box
) -> list[Sequence[int]]:
    """Return the luma of a film at some times (seconds on its own clock).

    What cannot be decoded is left out.
    """
    seen: list[Sequence[int]] = []
    try:
        with open_media(path, box=box) as container:
            video = container.streams[stream]
            for time in times:
                container.seek(
                    round(time / (video.time_base or Fraction(1))),
                    stream=video,
                    backward=True,
                )
                for frame in container.decode(video):
                    assert isinstance(frame, av.VideoFrame)  # noqa: S101  # of a video
                    if frame.time >= float(time) - 1e-3:
                        seen.append(read_luma(frame.reformat(format="gray")))
                        break
    except (av.FFmpegError, IndexError, OSError):
        return []
    return seen


def is_lit(seen: Sequence[Sequence[int]]) -> bool:
    """Whether all of these frames are surely not black."""
    return bool(seen) and all(sum(luma) / len(luma) > _LIT for luma in seen)


def moves(seen: Sequence[Sequence[int]]) -> bool:
    """Whether all of these frames surely differ, each from the one before."""
    if len(seen) < 2:  # noqa: PLR2004  # a difference takes two
        return False
    return all(
        len(one) == len(two)
        and sum(abs(a - b) for a, b in zip(one, two, strict=True)) / len(one) > _MOVED
        for one, two in pairwise(seen)
    )


def silent_runs(path: Path, *, sample_rate: int) -> list[Run]:
    """Return the runs of silence in a sound, in samples of its own rate."""
    block = 1024
    with open_media(path) as container:
        stream = container.streams.audio[0]
        rate = stream.codec_context.sample_rate or sample_rate
        flags = [peak <= _QUIET for peak in _peaks(container, block=block)]
    found = _runs(flags, at_least=round(SILENT_SECONDS * rate / block) + 1)
    scale = sample_rate / rate
    return [
        Run(round(run.first * block * scale), round(run.end * block * scale))
        for run in found
    ]


def is_heard(
    path: str, stream: int, start: Fraction, end: Fraction, *, box: Box
) -> bool:
    """Whether a file is surely not silent anywhere between two times of its clock."""
    peaks: list[float] = []
    try:
        with open_media(path, box=box) as container:
            audio = container.streams[stream]
            container.seek(
                round(start / (audio.time_base or Fraction(1))),
                stream=audio,
                backward=True,
            )
            resampler = av.AudioResampler(format="flt", layout="mono")
            for frame in container.decode(audio):
                assert isinstance(frame, av.AudioFrame)  # noqa: S101  # of a sound
                if frame.time is None or frame.time < float(start):
                    continue
                if frame.time >= float(end):
                    break
                peaks += [_peak(each) for each in resampler.resample(frame)]
    except (av.FFmpegError, IndexError, OSError):
        return False
    return bool(peaks) and min(peaks) > _LOUD


def _peaks(container: av.container.InputContainer, *, block: int) -> Iterator[float]:
    resampler = av.AudioResampler(format="flt", layout="mono", frame_size=block)
    for frame in container.decode(container.streams.audio[0]):
        for each in resampler.resample(frame):
            yield _peak(each)


def _peak(frame: av.AudioFrame) -> float:
    samples = memoryview(frame.planes[0]).cast("B").cast("f")[: frame.samples : _EACH]
    return max(max(samples, default=0.0), -min(samples, default=0.0))
