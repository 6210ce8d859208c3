"""How much each frame of a film differs from the one before."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import ffmpeg

from farm.ffmpeg.command import Command
from farm.ffmpeg.film import open_film
from farm.ffmpeg.graph import compile_graph

if TYPE_CHECKING:
    from farm.ffmpeg.index import FrameIndex
    from farm.timeline.composition import FilmSource

_SCORES = "scores.txt"
_SCORE = re.compile(r"frame:\d+\s+pts:(-?\d+)\s.*\nlavfi\.scene_score=(\S+)")
_WIDTH = 320


def build_scores_command(source: FilmSource, *, threads: int) -> Command:
    """Decode all of a film, and write the score of each frame.

    The score is that of FFmpeg's filter select, from 0 (the same) to 1.
    """
    stream = (
        open_film(source, {"copyts": None}, threads=threads)
        .filter("scale", _WIDTH, -2, flags="bilinear")
        .filter("select", "gte(scene,0)")
        .filter("metadata", mode="print", key="lavfi.scene_score", file=_SCORES)
    )
    output = ffmpeg.output(stream, "-", f="null", fps_mode="passthrough", an=None)
    arguments, files = compile_graph(output)
    return Command(
        arguments=arguments,
        output=_SCORES,
        files=files,
        sources=(source.path,),
        frames=source.video.frames,
    )


def read_scores(text: str, index: FrameIndex) -> dict[int, float]:
    """Return the scores by the numbers of frames."""
    found = [(int(pts), float(score)) for pts, score in _SCORE.findall(text)]
    if not index.is_timed:
        return {number: score for number, (_, score) in enumerate(found)}
    return {index.shown_at(pts * index.tick): score for pts, score in found}
