"""Commands of trials: compose once, encode several times, see how good each is.

```
sources ─ compose ─ composed.nut ┬ encode ─ segment.mp4 ┐
                                 └──────────────────────┴ VMAF
```
What a trial makes is byte for byte what the command of a segment makes, which composes
and encodes in one go.
"""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING

import ffmpeg

from farm.errors import OutputWrong
from farm.ffmpeg.analyse import VMAF, vmaf_model_of
from farm.ffmpeg.command import Command
from farm.ffmpeg.encode import common_options, compose, encode_segment, graph_threads
from farm.ffmpeg.graph import compile_graph, number_frames, open_input
from farm.ffmpeg.picture import tag_colors

if TYPE_CHECKING:
    from fractions import Fraction
    from pathlib import Path

    from farm.ffmpeg.graph import Stream
    from farm.presets.preset import Preset, Range
    from farm.timeline.slice import PictureSlice

_COMPOSED = "composed.nut"


def build_compose_command(
    picture: PictureSlice, preset: Preset, *, size: tuple[int, int], threads: int
) -> Command:
    """Keep the frames of a slice as they are, in a codec that is read quickly."""
    graph = compose(picture, preset, size=size, threads=threads)
    output = ffmpeg.output(
        graph.stream,
        _COMPOSED,
        **{"c:v": "ffvhuff", "threads": threads, **common_options(picture.frames)},
    )
    arguments, files = compile_graph(output)
    return Command(
        arguments=(*graph_threads(threads), *arguments),
        output=_COMPOSED,
        files=graph.files | files,
        sources=picture.files(),
        frames=picture.frames,
    )


def build_trial_command(
    picture: PictureSlice, preset: Preset, *, threads: int, set_number: int
) -> Command:
    """Encode the frames that were kept."""
    rate = picture.rate
    kept = _open(_COMPOSED, rate, preset.video.range, threads=threads)
    fps = f"{rate.numerator}/{rate.denominator}"
    return encode_segment(
        kept.filter("fps", fps=fps).filter("format", preset.video.pix_fmt),
        preset,
        rate=rate,
        frames=picture.frames,
        threads=threads,
        set_number=set_number,
    )


def build_vmaf_command(
    encoded: str, picture: PictureSlice, *, size: tuple[int, int], threads: int
) -> Command:
    """Compare an encoded file with the frames that were kept, each with its own."""
    compared = ffmpeg.filter(
        [
            _open(encoded, picture.rate, threads=threads),
            _open(_COMPOSED, picture.rate, threads=threads),
        ],
        "libvmaf",
        model=f"version={vmaf_model_of(*size)}",
        log_path=VMAF,
        log_fmt="json",
        n_threads=threads,
    )
    output = ffmpeg.output(compared, "-", format="null", fps_mode="passthrough")
    arguments, files = compile_graph(output)
    return Command(arguments=arguments, output=VMAF, files=files, frames=picture.frames)


def read_vmaf(path: Path, *, frames: int) -> float:
    """Return the mean VMAF of all frames.

    Raises:
        OutputWrong: when not all of them were compared.
    """
    told = json.loads(path.read_text(encoding="utf-8"))
    scores = [float(frame["metrics"]["vmaf"]) for frame in told["frames"]]
    if len(scores) != frames:
        message = f"the quality of {len(scores)} frames was measured, not of {frames}"
        raise OutputWrong(message)
    return math.fsum(scores) / len(scores)


def _open(name: str, rate: Fraction, dynamic: Range = "sdr", *, threads: int) -> Stream:
    """Open a file of composed frames, which may not say what colours they are in.

    FFmpeg 9 would convert what seems to be in other colours than what it is compared
    with.
    """
    opened = open_input(f"file:{name}", threads=threads)
    return number_frames(tag_colors(opened["v:0"], dynamic), rate)
