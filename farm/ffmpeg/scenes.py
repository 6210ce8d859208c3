"""How much each frame of a film differs from the one before."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import ffmpeg

from farm.ffmpeg.command import Command
from farm.ffmpeg.graph import compile_apart, compile_graph, seek_options
from farm.ffmpeg.sample import has_no_seek, open_film
from farm.ffmpeg.stills import first_from, seek_to

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from farm.ffmpeg.graph import Stream
    from farm.ffmpeg.index import FrameIndex
    from farm.timeline.composition import FilmSource

_SCORES = "scores.txt"
_SCORE = re.compile(r"frame:\d+\s+pts:(-?\d+)\s.*\nlavfi\.scene_score=(\S+)")
_WIDTH = 320
#: The score of a frame is told by how it and the one before differ from those before.
_BEFORE = 2
#: Frames that one run is asked for: it looks through the list for each that it decodes.
_MOST_IN_A_RUN = 60
_MOST_RUNS = 16
#: Part of a film that is decoded in one go rather than in pieces.
_NEARLY_ALL = 0.7


def build_scores_command(source: FilmSource, *, threads: int) -> Command:
    """Decode all of a film, and write the score of each frame.

    The score is that of FFmpeg's filter select, from 0 (the same) to 1.
    """
    stream = open_film(source, {"copyts": None}, threads=threads)
    output = ffmpeg.output(
        _score(stream, _SCORES), "-", f="null", fps_mode="passthrough", an=None
    )
    arguments, files = compile_graph(output)
    return Command(
        arguments=arguments,
        output=_SCORES,
        files=files,
        sources=(source.path,),
        frames=source.video.frames,
    )


def build_some_scores_commands(
    source: FilmSource, index: FrameIndex, numbers: Sequence[int], *, threads: int
) -> list[tuple[Command, list[str]]]:
    """Write the scores of some frames; return each command with the files it writes.

    Each frame needs the two before it, and they what they are decoded from.
    """
    runs = list(_runs(index, numbers))
    decoded = sum(run[-1] - index.key_before(run[0]) for run in runs)
    if not index.is_timed or has_no_seek(source) or decoded > _NEARLY_ALL * len(index):
        return [(build_scores_command(source, threads=threads), [_SCORES])]
    commands = []
    for at in range(0, len(runs), _MOST_RUNS):
        group = runs[at : at + _MOST_RUNS]
        names = [f"scores-{at + number:04}.txt" for number in range(len(group))]
        outputs = []
        for run, name in zip(group, names, strict=True):
            options = seek_options(seek_to(source, index, run[0]))
            stream = open_film(source, options, threads=threads)
            picked = stream.filter("select", first_from(index, run))
            outputs.append(
                ffmpeg.output(
                    _score(picked, name),
                    "-",
                    f="null",
                    fps_mode="passthrough",
                    **{"frames:v": len(run)},
                )
            )
        command = Command(
            arguments=compile_apart(outputs), output=names[0], sources=(source.path,)
        )
        commands.append((command, names))
    return commands


def _runs(index: FrameIndex, numbers: Sequence[int]) -> Iterator[list[int]]:
    """Yield frames, with those before them, for which decoding starts at one key."""
    groups: dict[int, list[int]] = {}
    for number in sorted(numbers):
        first = max(0, number - _BEFORE)
        groups.setdefault(index.key_before(first), []).append(number)
    for group in groups.values():
        for at in range(0, len(group), _MOST_IN_A_RUN):
            part = group[at : at + _MOST_IN_A_RUN]
            yield sorted(
                {
                    max(0, number - step)
                    for number in part
                    for step in range(_BEFORE + 1)
                }
            )


def _score(stream: Stream, name: str) -> Stream:
    return (
        stream.filter("scale", _WIDTH, -2, flags="bilinear")
        .filter("select", "gte(scene,0)")
        .filter("metadata", mode="print", key="lavfi.scene_score", file=name)
    )


def read_scores(text: str, index: FrameIndex) -> dict[int, float]:
    """Return the scores by the numbers of frames."""
    found = [(int(pts), float(score)) for pts, score in _SCORE.findall(text)]
    if not index.is_timed:
        return {number: score for number, (_, score) in enumerate(found)}
    return {index.shown_at(pts * index.tick): score for pts, score in found}
