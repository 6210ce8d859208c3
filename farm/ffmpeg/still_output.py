"""Commands that write single pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ffmpeg

from farm.ffmpeg.canvas import SCALE_FLAGS
from farm.ffmpeg.command import Command
from farm.ffmpeg.encode import common_options, graph_threads, make_canvas
from farm.ffmpeg.graph import compile_graph, open_input
from farm.ffmpeg.picture import build_picture

if TYPE_CHECKING:
    from farm.ffmpeg.graph import Stream
    from farm.timeline.slice import PictureSlice

_STILL_OPTIONS: dict[str, dict[str, str | int]] = {
    ".jpg": {"c:v": "mjpeg", "q:v": 2, "pix_fmt": "yuvj420p"},
    ".jpeg": {"c:v": "mjpeg", "q:v": 2, "pix_fmt": "yuvj420p"},
    ".png": {"c:v": "png", "pix_fmt": "rgb24"},
    ".webp": {"c:v": "libwebp", "quality": 90, "pix_fmt": "yuv420p"},
    ".avif": {
        "c:v": "libaom-av1",
        "crf": 22,
        "cpu-used": 6,
        "still-picture": 1,
        "pix_fmt": "yuv420p",
    },
}
#: Of these, FFmpeg writes one picture a file at a time, by a muxer of their own.
_SINGLE_STILLS = {".avif": "avif"}
#: Pictures that are stored in YUV say neither matrix nor range: both are given.
_STILL_COLORS = {
    "yuvj420p": {"out_color_matrix": "bt601", "out_range": "pc"},
    "yuv420p": {"out_color_matrix": "bt601", "out_range": "tv"},
    "rgb24": {},
}
#: Suffixes of the pictures that can be written.
STILL_SUFFIXES = tuple(_STILL_OPTIONS)
#: Suffixes of pictures that can be written one after the other in one go.
SERIES_SUFFIXES = tuple(s for s in _STILL_OPTIONS if s not in _SINGLE_STILLS)


def build_still_command(
    picture: PictureSlice,
    *,
    size: tuple[int, int],
    suffix: str,
    threads: int,
    decoder_threads: int | None = None,
) -> Command:
    """Write the one frame of a slice as a picture.

    The threads are those of filters; of each decoder, too, where no others are given.
    """
    canvas = make_canvas(picture, width=size[0], height=size[1], pix_fmt="yuv420p")
    graph = build_picture(picture, canvas, threads=decoder_threads or threads)
    name = f"frame{suffix}"
    output = still_output(graph.stream, name, suffix=suffix)
    arguments, files = compile_graph(output)
    return Command(
        arguments=(*graph_threads(threads), *arguments),
        output=name,
        files=graph.files | files,
        sources=picture.files(),
        frames=1,
    )


def build_convert_command(source: str, name: str) -> Command:
    """Write a finished picture of the scratch folder in the format of a name."""
    suffix = name[name.rindex(".") :]
    picture = open_input(source)["v"].filter(
        "scale", flags=SCALE_FLAGS, out_color_matrix="bt709", out_range="tv"
    )
    arguments, _ = compile_graph(still_output(picture, name, suffix=suffix))
    return Command(arguments=arguments, output=name, frames=1)


def still_output(
    stream: Stream, name: str, *, suffix: str, series: int | None = None
) -> Stream:
    """Write a composed picture; or, with a number in the name, so many of a series."""
    options = _STILL_OPTIONS[suffix]
    pix_fmt = str(options["pix_fmt"])
    made = stream.filter("scale", flags=SCALE_FLAGS, **_STILL_COLORS[pix_fmt]).filter(
        "format", pix_fmt
    )
    muxer: dict[str, object] = {"f": _SINGLE_STILLS.get(suffix, "image2")}
    if series is not None:
        muxer |= {"start_number": 0}
    elif suffix not in _SINGLE_STILLS:
        muxer |= {"update": 1}
    return ffmpeg.output(made, name, **options, **common_options(series or 1), **muxer)
