"""What a package for players holds: pictures in one or several sizes, sound once.

```
            segment 1     2           3
720p        |────────────|────────|──────────────|    the same frames in every rung
360p        |────────────|────────|──────────────|
audio       |────────────|────────|──────────────|    whole blocks, nearest to that
```
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from fractions import Fraction  # pydantic reads the annotations
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

INDEX = "index.m3u8"
"""The file that a player of HLS opens."""
MPD = "manifest.mpd"
"""The file that a player of DASH opens."""
SOUND = "audio"
#: The longest that a segment of sound may be longer than its picture: a block of AAC.
_BLOCK_SECONDS = Fraction(2048, 44100)


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Rung(_Record):
    """The picture in one size."""

    name: str
    size: tuple[int, int]
    tasks: tuple[str, ...]
    """Names of the tasks that make its segments, in order."""


class Package(_Record):
    """What is planned: it is known before anything of it is made."""

    rate: Fraction
    frames: tuple[int, ...]
    """Of each segment."""
    rungs: tuple[Rung, ...]
    """The largest first."""
    sound: str | None
    """Name of the task that makes the sound."""
    hls: bool = True
    dash: bool = False
    grows: bool = False
    """Whether a player may start before all of it is there."""

    @property
    def ends(self) -> tuple[Fraction, ...]:
        """When each segment ends, in seconds."""
        return tuple(total / self.rate for total in itertools.accumulate(self.frames))

    @property
    def target_seconds(self) -> int:
        """No segment is longer, neither of picture nor of sound."""
        return math.ceil(max(self.frames) / self.rate + _BLOCK_SECONDS)

    @property
    def tracks(self) -> tuple[str, ...]:
        """Names that the files of the picture and of the sound begin with."""
        rungs = [rung.name for rung in self.rungs]
        return (*rungs, SOUND) if self.sound else tuple(rungs)

    @property
    def lists(self) -> tuple[str, ...]:
        """Names of the files that point at others; those players open come last."""
        media = [f"{name}.m3u8" for name in self.tracks] if self.hls else []
        index = [INDEX] if self.hls else []
        return (*media, *index, *([MPD] if self.dash else []))


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A segment that was made."""

    file: str
    """Where it lies, relative to the storage."""
    size_bytes: int
    ticks: int
    """How long it is played, in ticks of its track."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Track:
    """What was made of a picture or a sound: its first segments, or all."""

    name: str
    codec: str
    """As RFC 6381 writes it, such as ``avc1.64001F``."""
    init: str
    """Where its first bytes lie, relative to the storage."""
    ticks_a_second: int
    pieces: tuple[Piece, ...]
    size: tuple[int, int] | None = None
    """Of a picture, in pixels."""
    rate: Fraction | None = None
    """Of a picture, in frames a second."""
    channels: int = 0
    """Of a sound."""

    @property
    def init_name(self) -> str:
        """Name of the file that a decoder starts with."""
        return f"{self.name}-init.mp4"

    @property
    def list_name(self) -> str:
        """Name of its HLS media playlist."""
        return f"{self.name}.m3u8"

    def piece_name(self, number: int) -> str:
        """Return the name of a segment, which count from 1."""
        return piece_name(self.name, number)

    @property
    def seconds(self) -> Fraction:
        """How long all of it is."""
        ticks = sum(piece.ticks for piece in self.pieces)
        return Fraction(ticks, self.ticks_a_second)

    @property
    def peak_bits(self) -> int:
        """Bits a second of the segment that has most."""
        return max(
            math.ceil(piece.size_bytes * 8 * self.ticks_a_second / piece.ticks)
            for piece in self.pieces
        )

    @property
    def mean_bits(self) -> int:
        """Bits a second of all of it."""
        size = sum(piece.size_bytes for piece in self.pieces)
        return math.ceil(size * 8 / self.seconds)


def piece_name(track: str, number: int) -> str:
    """Return the name of a segment, which count from 1."""
    return f"{track}-{number:05}.m4s"


def picture_track(
    package: Package, rung: Rung, results: Sequence[Mapping[str, Any]]
) -> Track:
    """Return the track of the first segments of a rung, by what their tasks told."""
    return Track(
        name=rung.name,
        codec=str(results[0]["codec"]),
        init=str(results[0]["init"]),
        ticks_a_second=package.rate.numerator,
        pieces=tuple(
            Piece(
                file=str(result["file"]),
                size_bytes=int(result["size_bytes"]),
                ticks=frames * package.rate.denominator,
            )
            for result, frames in zip(results, package.frames, strict=False)
        ),
        size=rung.size,
        rate=package.rate,
    )


def sound_track(result: Mapping[str, Any]) -> Track:
    """Return the track of all sound, by what its task told."""
    return Track(
        name=SOUND,
        codec=str(result["codec"]),
        init=str(result["file"]),
        ticks_a_second=int(result["sample_rate"]),
        pieces=tuple(Piece(**piece) for piece in result["pieces"]),
        channels=int(result["channels"]),
    )
