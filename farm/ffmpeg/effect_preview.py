"""Commands for previews: a composed frame or a short silent clip, with subtitles."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ffmpeg

from farm.ffmpeg.canvas import SCALE_FLAGS
from farm.ffmpeg.command import Command
from farm.ffmpeg.encode import graph_threads, make_canvas
from farm.ffmpeg.graph import Stream, compile_graph
from farm.ffmpeg.picture import build_picture
from farm.ffmpeg.still_output import still_output

if TYPE_CHECKING:
    from fractions import Fraction

    from farm.timeline.slice import PictureSlice

CLIP_SUFFIXES = (".mp4", ".gif")
_SUBTITLES = "subtitles.ass"


def build_effect_preview_command(
    picture: PictureSlice,
    *,
    size: tuple[int, int],
    suffix: str,
    threads: int,
    subtitles: str | None,
    start: Fraction,
) -> Command:
    """Write a slice as a picture, as H.264 without sound, or as a GIF.

    Args:
        picture: the slice.
        size: of the output.
        suffix: of the output.
        threads: of decoders and encoder.
        subtitles: an ASS document that is laid over it.
        start: time of the slice's first frame, by the clock of the subtitles.
    """
    canvas = make_canvas(picture, width=size[0], height=size[1], pix_fmt="yuv420p")
    graph = build_picture(picture, canvas, threads=threads)
    stream, files = graph.stream, dict(graph.files)
    if subtitles is not None:
        files[_SUBTITLES] = subtitles
        stream = _burn(stream, picture.rate, start)
    name = f"preview{suffix}"
    output = _output(stream, name, suffix, picture, threads=threads)
    arguments, more = compile_graph(output)
    return Command(
        arguments=(*graph_threads(threads), *arguments),
        output=name,
        files=files | more,
        sources=picture.files(),
        frames=picture.frames,
    )


def _burn(stream: Stream, rate: Fraction, start: Fraction) -> Stream:
    """Lay subtitles over frames that are numbered from 0 but shown later."""
    shift = start * rate // 1
    return (
        stream.filter("setpts", f"PTS+{shift}/({rate})/TB")
        .filter("ass", _SUBTITLES, fontsdir="fonts")
        .filter("setpts", f"PTS-{shift}/({rate})/TB")
    )


def _output(
    stream: Stream, name: str, suffix: str, picture: PictureSlice, *, threads: int
) -> Stream:
    common = {
        "an": None,
        "map_metadata": -1,
        "frames:v": picture.frames,
        "fps_mode": "passthrough",
    }
    match suffix:
        case ".mp4":
            return ffmpeg.output(
                stream, name, **common, threads=threads, movflags="+faststart",
                **{"c:v": "libx264", "preset": "veryfast", "crf": 20},
            )  # fmt: skip
        case ".gif":
            colors = stream.filter(
                "scale", flags=SCALE_FLAGS, in_color_matrix="bt709"
            ).filter("format", "rgb24")
            copies = colors.filter_multi_output("split", 2)
            palette = copies[0].filter("palettegen", stats_mode="diff")
            drawn = ffmpeg.filter([copies[1], palette], "paletteuse", dither="bayer")
            return ffmpeg.output(drawn, name, **common, loop=0)
        case _:
            return still_output(stream, name, suffix=suffix)
