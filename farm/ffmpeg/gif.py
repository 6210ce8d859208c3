"""Commands for moving pictures: GIF, animated WebP and AVIF.

The frames are composed once and kept losslessly in the scratch folder; each try at a
size in bytes starts from them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING

import ffmpeg

from farm.ffmpeg.canvas import SCALE_FLAGS
from farm.ffmpeg.command import Command
from farm.ffmpeg.encode import make_canvas
from farm.ffmpeg.graph import compile_graph
from farm.ffmpeg.picture import build_picture

if TYPE_CHECKING:
    from farm.timeline.slice import PictureSlice

GIF_SUFFIXES = (".gif", ".webp", ".avif")
#: The shortest delay of a GIF that players keep is 0.02 s.
MOST_FPS = {".gif": 50, ".webp": 60, ".avif": 60}
_FRAMES = "frames.mkv"
_LISTED = "frames.txt"
_SMALLEST, _SLOWEST, _FEWEST_COLORS, _LOWEST_QUALITY = 32, Fraction(2), 8, 5
_SMALLER, _SLOWER = Fraction(17, 20), Fraction(4, 5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How a moving picture is made."""

    width: int
    height: int
    fps: Fraction
    colors: int = 256
    """Of a GIF: colours of its palette, 2 to 256."""
    quality: int = 75
    """Of WebP and AVIF: 0 to 100."""


def build_frames_command(
    picture: PictureSlice, *, size: tuple[int, int], fps: Fraction, threads: int
) -> Command:
    """Compose the frames, losslessly; at each time that which a render shows then."""
    canvas = make_canvas(picture, width=size[0], height=size[1], pix_fmt="yuv444p")
    graph = build_picture(picture, canvas, threads=threads)
    # rounded up: a frame is seen from its own time on, never before
    stream = graph.stream.filter("fps", fps=str(fps), round="up", start_time=0)
    options = {"c:v": "ffv1", "pix_fmt": "yuv444p", "fps_mode": "passthrough"}
    output = ffmpeg.output(stream, _FRAMES, **options, an=None, map_metadata=-1)
    arguments, files = compile_graph(output)
    count = str(threads)
    return Command(
        arguments=(
            *("-filter_threads", count, "-filter_complex_threads", count),
            *arguments,
        ),
        output=_FRAMES,
        files=graph.files | files,
        sources=picture.files(),
        frames=picture.frames,
    )


def build_gif_command(
    look: Look, *, suffix: str, frames: int, loop: int, threads: int
) -> Command:
    """Make a moving picture of the composed frames.

    Args:
        look: of the picture.
        suffix: one of `GIF_SUFFIXES`.
        frames: so many at most: the last composed one may last beyond the end.
        loop: how often it is played; 0: again and again.
        threads: of the encoder.
    """
    name = f"moving{suffix}"
    source = (
        ffmpeg.input(_FRAMES)["v"]
        .filter("fps", fps=str(look.fps), round="up", start_time=0)
        .filter("trim", end_frame=frames)
    )
    scaled = {"w": look.width, "h": look.height, "flags": SCALE_FLAGS}
    read = {"in_color_matrix": "bt709", "in_range": "tv"}
    options: dict[str, str | int]
    match suffix:
        case ".gif":
            rgb = source.filter("scale", **scaled, **read).filter("format", "gbrp")
            copies = rgb.filter_multi_output("split", 2)
            palette = copies[0].filter(
                "palettegen", max_colors=look.colors, reserve_transparent=0
            )
            stream = ffmpeg.filter(
                [copies[1], palette],
                "paletteuse",
                dither="sierra2_4a",
                diff_mode="rectangle",
            )
            # the file counts how often it is played again
            again = {0: 0, 1: -1}.get(loop, loop - 1)
            options = {"c:v": "gif", "loop": again}
        case ".webp":
            stream = source.filter(
                "scale", **scaled, **read, out_color_matrix="bt601", out_range="tv"
            ).filter("format", "yuv420p")
            options = {"c:v": "libwebp_anim", "quality": look.quality, "loop": loop}
        case _:
            stream = source.filter(
                "scale", **scaled, **read, out_color_matrix="bt709", out_range="tv"
            ).filter("format", "yuv420p")
            options = {
                "c:v": "libaom-av1",
                "crf": round(63 * (100 - look.quality) / 100),
                "cpu-used": 8,
                "usage": "realtime",
                "colorspace": "bt709",
                "color_primaries": "bt709",
                "color_trc": "iec61966-2-1",
                "color_range": "tv",
                "loop": loop,
            }
    options |= {"threads": threads, "map_metadata": -1}
    arguments, files = compile_graph(ffmpeg.output(stream, name, **options, an=None))
    return Command(arguments=arguments, output=name, files=files)


def build_decode_command(made: str) -> Command:
    """List every frame that a file shows, decoded, as `read_frames` reads it."""
    return Command(
        arguments=(
            *("-xerror", "-i", made, "-map", "0:v", "-fps_mode", "passthrough"),
            *("-f", "framecrc", _LISTED),
        ),
        output=_LISTED,
        sources=(made,),
    )


def read_frames(listed: str) -> tuple[tuple[int, int], list[Fraction]]:
    """Return size and times in seconds of the frames of the stream that moves.

    An AVIF also has its first frame as a still, which is a stream of its own.
    """
    clocks: dict[str, Fraction] = {}
    sizes: dict[str, tuple[int, int]] = {}
    times: dict[str, list[Fraction]] = {}
    for line in listed.splitlines():
        name, _, value = line.partition(":")
        what, _, stream = name.partition(" ")
        if what == "#tb":
            clocks[stream] = Fraction(value.strip())
        elif what == "#dimensions":
            width, height = value.strip().split("x")
            sizes[stream] = int(width), int(height)
        elif line and not line.startswith("#"):
            fields = [field.strip() for field in line.split(",")]
            times.setdefault(fields[0], []).append(int(fields[2]) * clocks[fields[0]])
    if not times:
        return (0, 0), []
    moves = max(times, key=lambda stream: len(times[stream]))
    return sizes[moves], times[moves]


def smaller_looks(first: Look, *, suffix: str) -> list[Look]:
    """Return looks that take fewer and fewer bytes, the first one first.

    Colours or quality, size and rate give way in turn; each has an end.
    """
    looks, factor = [first], Fraction(1)
    while True:
        last = looks[-1]
        steps = [_plainer(last, suffix)]
        factor *= _SMALLER
        width = max(_SMALLEST, round(first.width * factor))
        if width < last.width:
            height = max(2, round(Fraction(first.height * width, first.width)))
            steps.append(replace(steps[-1], width=width, height=height))
        fps = max(min(_SLOWEST, first.fps), last.fps * _SLOWER)
        steps.append(replace(steps[-1], fps=fps.limit_denominator(1000)))
        before = len(looks)
        looks += [each for each in dict.fromkeys(steps) if each not in looks]
        if len(looks) == before:
            return looks


def _plainer(look: Look, suffix: str) -> Look:
    if suffix == ".gif":
        return replace(look, colors=max(_FEWEST_COLORS, look.colors * 7 // 10))
    return replace(look, quality=max(_LOWEST_QUALITY, look.quality * 8 // 10))
