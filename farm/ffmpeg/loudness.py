"""Measure how loud a sound is, and choose how to bring it to a target.

```
sum ─ measure ─ gain ─ limiter, where peaks would pass the ceiling ─ encode ─ measure
                 ↑                                                              │
                 └───────── corrected until what was encoded is right ──────────┘
```
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import ffmpeg

from farm.ffmpeg.analyse import LOG, LOUDNESS
from farm.ffmpeg.command import Command
from farm.ffmpeg.graph import compile_graph, open_media
from farm.ffmpeg.measured_sound import read_loudness, read_true_peak

if TYPE_CHECKING:
    from pathlib import Path

    from farm.timeline.loudness import LoudnessTarget

#: How often a sound is encoded at most; once or twice are usual.
MOST_TRIES = 8
#: What is nearer to the target is right, in LU; what is farther than the last is told.
NEAR_LU, FAR_LU = 0.2, 0.5
#: A ceiling is lowered by this more than it was passed, in dB.
_MARGIN_DB = 0.05
#: Of the limiter, in dB of full scale.
_LOWEST_LIMIT_DB = -18.0
_MOST_GAIN_DB = 80.0
#: A limiter that lets go sooner is louder, and heard sooner.
_RELEASES_MS = (50, 20, 10, 5)
#: From so far below the target on, in LU, it is to let go sooner.
_TOO_QUIET_LU = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """How loud a sound was measured to be."""

    integrated: float | None
    """In LUFS; ``None`` where it is silent or shorter than 0.4 s."""
    true_peak: float
    """In dBTP; −inf where it is silent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """What is done to a sound before it is encoded."""

    gain_db: float
    limit_db: float | None
    """Ceiling of a limiter that sees between samples; ``None``: none is needed."""
    release_ms: int = _RELEASES_MS[0]
    """How long the limiter takes to let go."""


def build_loudness_command(path: str, *, seconds: float) -> Command:
    """Measure the first sound of a file."""
    heard = (
        open_media(path)["a:0"]
        .filter("ebur128", peak="true+sample", metadata=1)
        .filter("ametadata", mode="print", file=LOUDNESS)
    )
    arguments, files = compile_graph(ffmpeg.output(heard, "-", format="null"))
    return Command(
        arguments=arguments, output=LOG, files=files, seconds=seconds, log=LOG
    )


def read_heard(folder: Path) -> Heard:
    """Read what was measured."""
    found = read_loudness(folder, stream=0)
    return Heard(integrated=found.integrated, true_peak=read_true_peak(folder))


def first_level(heard: Heard, target: LoudnessTarget) -> Level:
    """Return a plain gain, with a limiter where peaks would pass the ceiling."""
    assert heard.integrated is not None  # noqa: S101  # the caller looks
    gain = target.integrated - heard.integrated
    is_over = heard.true_peak + gain > target.true_peak
    return Level(gain_db=gain, limit_db=target.true_peak if is_over else None)


def next_level(level: Level, heard: Heard, target: LoudnessTarget) -> Level:
    """Return a level that is nearer to the target, by what came out of the last."""
    gain, limit, release = level.gain_db, level.limit_db, level.release_ms
    if heard.integrated is not None:
        quiet = target.integrated - heard.integrated
        gain = min(gain + quiet, _MOST_GAIN_DB)
        if limit is not None and quiet > _TOO_QUIET_LU:
            sooner = [each for each in _RELEASES_MS if each < release]
            release = next(iter(sooner), release)
    over = heard.true_peak - target.true_peak
    if over > 0:
        limit = (target.true_peak if limit is None else limit) - over - _MARGIN_DB
        limit = max(limit, _LOWEST_LIMIT_DB)
    return Level(gain_db=gain, limit_db=limit, release_ms=release)


def how_wrong(heard: Heard, target: LoudnessTarget) -> tuple[float, float]:
    """Return by how much a peak passes the ceiling, and how far the loudness is off.

    The ceiling comes first: of two sounds the one with the smaller pair is better.
    """
    off = math.inf
    if heard.integrated is not None:
        off = abs(heard.integrated - target.integrated)
    return max(0.0, heard.true_peak - target.true_peak), off
