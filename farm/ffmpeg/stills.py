"""Commands that take single frames out of a film, many at once.

A *run* decodes from one place, and keeps the frames that are wanted:

```
frames  K . . . K . . . K . . . K       K: key frame
run 1   █───────────────█               key frames only: nothing else is decoded
run 2           █ ─ ─ █                 from the key frame before, up to the last
```
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

import ffmpeg

from farm.ffmpeg.command import Command
from farm.ffmpeg.encode import graph_threads, make_canvas
from farm.ffmpeg.film import lay_film
from farm.ffmpeg.graph import compile_apart, seek_options
from farm.ffmpeg.picture import tag_colors
from farm.ffmpeg.sample import decoding_head, has_no_seek, open_film
from farm.ffmpeg.still_output import still_output
from farm.timeline.clip import Crop, Transform
from farm.timeline.composition import Look
from farm.timeline.slice import PictureSlice

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from farm.ffmpeg.graph import Stream
    from farm.ffmpeg.index import FrameIndex
    from farm.timeline.composition import FilmSource

#: Opening a file once more costs as much as decoding so many key frames in passing.
_KEYS_IN_PASSING = 6
#: The list of wanted times is looked through for each decoded frame.
_MOST_IN_A_RUN = 200
#: Of key frames, fewer: several decoders work side by side.
_MOST_KEYS = 40
#: Inputs that are open at once, each with a decoder of its own.
_MOST_RUNS = 16
#: Containers with an index, in which a seek to a key frame ends there.
_EXACT_SEEK = ("mov", "matroska")
#: A seek aims a little behind the key frame, whose time was rounded to microseconds.
_BEHIND = Fraction(1, 5000)

#: Decoders that leave out what no other frame refers to, and nothing else.
_SKIP_NONREF = ("h264", "hevc", "mpeg2video")

_WHOLE = Look(fit="stretch", transform=Transform(), crop=Crop(), opacity=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """Frames that one decoder gives, in order."""

    numbers: tuple[int, ...]
    seek: Fraction
    """Seconds from the start of the container."""
    skip: str | None = None
    """Which frames need not be decoded: ``nokey`` or ``noref``."""


def plan_runs(
    source: FilmSource,
    index: FrameIndex,
    numbers: Iterable[int],
    *,
    loose: bool,
    skips: bool = True,
) -> list[Run]:
    """Share frames out among runs.

    Args:
        source: the film.
        index: its frames.
        numbers: those that are wanted.
        loose: whether one that is no key frame may be replaced by the next that others
            refer to, which comes soon after it and is had for less.
        skips: whether decoders may leave out frames.
    """
    wanted = sorted(set(numbers))
    if not index.is_timed or has_no_seek(source):
        return [Run(numbers=tuple(part), seek=Fraction(0)) for part in _parts(wanted)]
    # of two fields, one may be no key
    by_key = skips and not source.video.interlaced
    by_ref = loose and by_key and source.video.codec in _SKIP_NONREF
    keys = [number for number in wanted if by_key and index.is_key(number)]
    others = [number for number in wanted if not by_key or not index.is_key(number)]
    return [
        *(
            Run(numbers=part, seek=seek_to(source, index, part[0]), skip="nokey")
            for part in _in_passing(index, keys)
        ),
        *(
            Run(
                numbers=part,
                seek=seek_to(source, index, part[0]),
                skip="noref" if by_ref else None,
            )
            for part in _by_key(index, others)
        ),
    ]


def _in_passing(index: FrameIndex, keys: Sequence[int]) -> Iterator[tuple[int, ...]]:
    """Put key frames together between which there are few others."""
    part: list[int] = []
    for number in keys:
        passed = len(index.keys_between(part[-1], number)) if part else 0
        if part and (passed > _KEYS_IN_PASSING or len(part) == _MOST_KEYS):
            yield tuple(part)
            part = []
        part.append(number)
    if part:
        yield tuple(part)


def _by_key(index: FrameIndex, numbers: Sequence[int]) -> Iterator[tuple[int, ...]]:
    """Put frames together for which decoding starts at the same key frame."""
    groups: dict[int, list[int]] = {}
    for number in numbers:
        groups.setdefault(index.key_before(number), []).append(number)
    for group in groups.values():
        yield from (tuple(part) for part in _parts(group))


def _parts(numbers: Sequence[int]) -> Iterator[Sequence[int]]:
    for at in range(0, len(numbers), _MOST_IN_A_RUN):
        yield numbers[at : at + _MOST_IN_A_RUN]


def seek_to(source: FilmSource, index: FrameIndex, number: int) -> Fraction:
    """Return where to seek to have a frame, from the start of the container."""
    key = index.time(index.key_before(number)) - source.container_start
    head = decoding_head(source)
    if source.container.split(",")[0] in _EXACT_SEEK:
        return key + _BEHIND if key > 0 else Fraction(0)
    return min(key, index.time(number) - source.container_start - head)


def share_out(runs: Sequence[Run]) -> Iterator[Sequence[Run]]:
    """Yield runs that one command does."""
    for at in range(0, len(runs), _MOST_RUNS):
        yield runs[at : at + _MOST_RUNS]


def build_stills_command(
    source: FilmSource,
    index: FrameIndex,
    runs: Sequence[Run],
    *,
    size: tuple[int, int],
    suffix: str | None,
    threads: int,
    first: int = 0,
) -> Command:
    """Write the frames of some runs as pictures, and what they look like.

    Args:
        source: the film.
        index: its frames.
        runs: what to decode.
        size: of the pictures; even.
        suffix: of the pictures; ``None``: only look at them.
        threads: of each decoder.
        first: number of the first run, for the names of the files.
    """
    outputs = []
    files: dict[str, str] = {}
    for number, run in enumerate(runs, start=first):
        stream = _select(source, index, run, files, size=size, threads=threads)
        looked = stream.filter("signalstats").filter(
            "metadata", mode="print", file=looks_name(number)
        )
        if suffix is None:
            outputs.append(
                ffmpeg.output(
                    looked,
                    "-",
                    f="null",
                    fps_mode="passthrough",
                    **{"frames:v": len(run.numbers)},
                )
            )
            continue
        name = f"run-{number:03}-%04d{suffix}"
        outputs.append(
            still_output(looked, name, suffix=suffix, series=len(run.numbers))
        )
    return Command(
        arguments=(*graph_threads(threads), *compile_apart(outputs)),
        output=looks_name(first),
        files=files,
        sources=(source.path,),
    )


def looks_name(run: int) -> str:
    """Return the name of the file that says what the pictures of a run look like."""
    return f"run-{run:03}.txt"


def still_name(run: int, at: int, suffix: str) -> str:
    """Return the name of a picture of a run."""
    return f"run-{run:03}-{at:04}{suffix}"


def _select(
    source: FilmSource,
    index: FrameIndex,
    run: Run,
    files: dict[str, str],
    *,
    size: tuple[int, int],
    threads: int,
) -> Stream:
    video = source.video
    options = seek_options(run.seek)
    if run.skip:
        options["skip_frame"] = run.skip
    if counts_keys(source, run):
        options["discard"] = "nokey"  # what lies in between is not even read
    stream = open_film(source, options, threads=threads)
    if video.interlaced:
        stream = stream.filter("bwdif", mode="send_frame", deint="interlaced")
    wanted = (
        _by_order(index, run.numbers)
        if counts_keys(source, run)
        else first_from(index, run.numbers)
    )
    stream = stream.filter("select", wanted)
    picture = PictureSlice(
        frames=1,
        rate=Fraction(25),
        width=size[0],
        height=size[1],
        background="#000000",
        layers=(),
    )
    canvas = make_canvas(picture, width=size[0], height=size[1], pix_fmt="yuv420p")
    laid = lay_film(stream, source, _WHOLE, canvas, files=files).stream
    if video.has_alpha:  # over black
        laid = (
            laid.filter("format", "gbrap")
            .filter("premultiply", inplace=1)
            .filter("format", "gbrp")
            .filter("scale", out_color_matrix="bt709", out_range="tv")
        )
    return tag_colors(laid.filter("format", canvas.pix_fmt))


def counts_keys(source: FilmSource, run: Run) -> bool:
    """Whether frames of a run are found by counting key frames, not by their times.

    FFmpeg's reader of MP4 can leave out what is no key frame, but then gives times
    that are a few frames off (seen in 9.0).
    """
    return run.skip == "nokey" and source.container.split(",")[0] == "mov"


def _by_order(index: FrameIndex, numbers: Sequence[int]) -> str:
    """Return an expression that is true for some of the key frames, counted."""
    first = numbers[0]
    return "+".join(
        f"eq(n,{len(index.keys_between(first, number))})" for number in numbers
    )


def first_from(index: FrameIndex, numbers: Sequence[int]) -> str:
    """Return an expression that is true for the first frame from each time on."""
    half = index.tick / 2
    if not index.is_timed:  # FFmpeg counts these itself, with a clock of its own
        half = index.tick / 4
    passed = "+".join(
        f"gte(t,{float(index.time(number) - half):.9f})" for number in numbers
    )
    return f"gt({passed},selected_n)"
