"""Take single frames out of a film, by as few FFmpeg processes as it needs."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING

from farm.errors import FFmpegFailed, OutputWrong
from farm.ffmpeg.choose import Looks
from farm.ffmpeg.still_output import SERIES_SUFFIXES, build_convert_command
from farm.ffmpeg.stills import (
    build_stills_command,
    counts_keys,
    looks_name,
    plan_runs,
    share_out,
    still_name,
)
from farm.ffmpeg.verify import scan_picture

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from farm.ffmpeg.index import FrameIndex
    from farm.ffmpeg.stills import Run
    from farm.kinds.context import TaskContext
    from farm.timeline.composition import FilmSource

_FRAME = re.compile(r"frame:\d+\s+pts:(-?\d+)\s+pts_time:(\S+)")
_VALUE = re.compile(r"lavfi\.signalstats\.(\w+)=(\S+)")
#: What series of pictures are made as that are to be something else in the end.
_BETWEEN = ".png"
#: How far off the times of counted key frames may be.
_COUNTED_SECONDS = Fraction(1, 2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Still:
    """A frame that was decoded."""

    number: int
    """In the index of the film."""
    time: Fraction
    """When it is shown, in seconds on the file's own clock."""
    is_key: bool
    looks: Looks
    path: Path | None
    """The picture; ``None`` where it was only looked at."""


@dataclass(slots=True, kw_only=True)
class StillMaker:
    """Makes pictures of frames of one film."""

    context: TaskContext
    source: FilmSource
    index: FrameIndex
    size: tuple[int, int]
    suffix: str
    threads: int
    loose: bool
    """See `plan_runs`."""
    _runs: Iterator[int] = field(default_factory=itertools.count)

    def make(self, numbers: Iterable[int]) -> dict[int, Still]:
        """Make pictures of frames; those that cannot be decoded are missing."""
        suffix = self.suffix if self.suffix in SERIES_SUFFIXES else _BETWEEN
        return self._do(numbers, suffix=suffix)

    def look_at(self, numbers: Iterable[int]) -> dict[int, Still]:
        """Only say what frames look like."""
        return self._do(numbers, suffix=None)

    def finish(self, still: Still, name: str) -> Path:
        """Give a picture its name and format, and see that it is whole.

        Raises:
            OutputWrong: when it does not decode, or has another size.
        """
        assert still.path is not None  # noqa: S101  # it was made, not looked at
        if still.path.suffix == self.suffix:
            made = self.context.scratch / name
            made.unlink(missing_ok=True)
            made.hardlink_to(still.path)
        else:
            made = self.context.run(build_convert_command(still.path.name, name))
        check_still(made, self.size)
        return made

    def _do(self, numbers: Iterable[int], *, suffix: str | None) -> dict[int, Still]:
        wanted = set(numbers)
        runs = plan_runs(self.source, self.index, wanted, loose=self.loose)
        found = self._do_runs(runs, suffix=suffix)
        missing = wanted - found.keys()
        if missing and any(run.skip for run in runs):
            # some decoders lose a frame where they are to skip others
            whole = plan_runs(
                self.source, self.index, missing, loose=False, skips=False
            )
            found |= self._do_runs(whole, suffix=suffix)
        return found

    def _do_runs(self, runs: Sequence[Run], *, suffix: str | None) -> dict[int, Still]:
        found: dict[int, Still] = {}
        for group in share_out(runs):
            try:
                found |= self._run(group, suffix=suffix)
            except FFmpegFailed:
                if len(runs) == 1:
                    raise
                for run in group:  # one that is damaged spoils all of the group
                    found |= self._try(run, suffix=suffix)
        return found

    def _try(self, run: Run, *, suffix: str | None) -> dict[int, Still]:
        try:
            return self._run([run], suffix=suffix)
        except FFmpegFailed:
            return {}

    def _run(self, runs: Sequence[Run], *, suffix: str | None) -> dict[int, Still]:
        ids = [next(self._runs) for _ in runs]
        command = build_stills_command(
            self.source,
            self.index,
            runs,
            size=self.size,
            suffix=suffix,
            threads=self.threads,
            first=ids[0],
        )
        self.context.run(command)
        return {
            still.number: still
            for number, run in zip(ids, runs, strict=True)
            for still in self._read(number, run, suffix)
        }

    def _read(self, number: int, run: Run, suffix: str | None) -> Iterator[Still]:
        """Yield what a run made: frames in order, of which the last may be missing."""
        log = self.context.scratch / looks_name(number)
        text = log.read_text(encoding="utf-8") if log.exists() else ""
        tick = self.index.tick / (2 if self.source.video.interlaced else 1)
        parts = re.split(r"^(?=frame:)", text, flags=re.MULTILINE)[1:]
        for at, (wanted, part) in enumerate(zip(run.numbers, parts, strict=False)):
            path = None
            if suffix is not None:
                path = self.context.scratch / still_name(number, at, suffix)
                if not path.exists():
                    return
            head = _FRAME.match(part)
            time = self.index.time(wanted)
            if head is not None and self.index.is_timed:
                time = int(head[1]) * tick
            if counts_keys(self.source, run):
                if abs(time - self.index.time(wanted)) > _COUNTED_SECONDS:
                    return  # a key frame of them was not decoded: the rest is shifted
                time = self.index.time(wanted)
            yield Still(
                number=wanted,
                time=time,
                is_key=self.index.is_key(self.index.shown_at(time)),
                looks=_looks(part),
                path=path,
            )


def check_still(path: Path, size: tuple[int, int]) -> None:
    """Decode a picture; raise `OutputWrong` where it is not one of this size."""
    found = scan_picture(path, decode=True)
    if found.frames != 1 or (found.width, found.height) != size:
        message = (
            f"the picture {path.name} is {found.width}x{found.height}, "
            f"should be {size[0]}x{size[1]}"
        )
        raise OutputWrong(message)


def _looks(text: str) -> Looks:
    values = dict(_VALUE.findall(text))
    low, high = float(values.get("YLOW", 16)), float(values.get("YHIGH", 16))
    return Looks(mean=float(values.get("YAVG", 16)), spread=high - low)
