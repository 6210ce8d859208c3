"""Commands that encode a segment of a render, which is joined by stream copy."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

import ffmpeg

from farm.ffmpeg.canvas import Canvas
from farm.ffmpeg.command import Command
from farm.ffmpeg.gpu import DEVICE_OPTIONS, gpu_encoding
from farm.ffmpeg.graph import compile_graph
from farm.ffmpeg.light import encoder_words
from farm.ffmpeg.picture import build_picture
from farm.timeline.time import round_half_up

if TYPE_CHECKING:
    from farm.ffmpeg.gpu import GpuUse
    from farm.ffmpeg.graph import Stream
    from farm.ffmpeg.picture import Graph
    from farm.presets.preset import Preset, Range, VideoEncoding
    from farm.timeline.slice import PictureSlice

#: Working formats by the format of the output: with alpha, overlay's name, blending,
#: blending with alpha.
_FORMATS = {
    "yuv420p": ("yuva420p", "yuv420", "yuv444p", "gbrap"),
    "yuv444p": ("yuva444p", "yuv444", "yuv444p", "gbrap"),
    "yuv420p10le": ("yuva420p10le", "yuv420p10", "yuv444p10le", "gbrap10le"),
    "yuv422p10le": ("yuva422p10le", "yuv422p10", "yuv444p10le", "gbrap10le"),
}
#: Options that keep an encoder's pieces joinable and its threads pinned.
_JOINABLE = {
    "libx264": {"x264-params": "open-gop=0:stitchable=1:sps-id={set_number}"},
    "libx265": {
        # without a note of its settings, which would differ from piece to piece
        "x265-params": "open-gop=0:pools=none:frame-threads=1:info=0:log-level=error"
    },
    "libsvtav1": {"svtav1-params": "lp=1"},
}
#: Number of the parameter sets of what is encoded here: what is copied from sources
#: goes into the same track, and nearly always has lower ones.
SET_NUMBER = 21
#: Shortest distance of key frames, in frames, unless every frame is one: an encoder
#: has its usual number of B-frames from here on.
_LEAST_DISTANCE = 5


def make_canvas(
    picture: PictureSlice,
    *,
    width: int,
    height: int,
    pix_fmt: str,
    dynamic: Range = "sdr",
    gpu: GpuUse | None = None,
) -> Canvas:
    """Return the frame that a slice is composed in."""
    alpha, overlay, blend, blend_alpha = _FORMATS[pix_fmt]
    return Canvas(
        width=width,
        height=height,
        timeline_width=picture.width,
        timeline_height=picture.height,
        rate=picture.rate,
        pix_fmt=pix_fmt,
        alpha_pix_fmt=alpha,
        overlay_format=overlay,
        blend_pix_fmt=blend,
        blend_alpha_pix_fmt=blend_alpha,
        pixel_scale=Fraction(height, picture.height),
        range=dynamic,
        gpu=gpu,
    )


def keyframe_distance(encoding: VideoEncoding, rate: Fraction, *, frames: int) -> int:
    """Return the distance of key frames in a segment, in frames.

    They are spread evenly: a short rest at the end of each segment would cost a key
    frame more, which is a tenth of all bytes.
    """
    aimed = max(1, round_half_up(Fraction(encoding.keyframe_seconds) * rate))
    if aimed == 1:
        return 1
    distance = -(-frames // max(1, round_half_up(Fraction(frames, aimed))))
    # An encoder that may make but few frames between key frames takes fewer B-frames,
    # and writes other parameter sets: those of all pieces must be the same.
    least = max(_LEAST_DISTANCE, aimed if frames <= distance else 0)
    return max(distance, least)


def build_segment_command(
    picture: PictureSlice,
    preset: Preset,
    *,
    size: tuple[int, int],
    threads: int,
    set_number: int = SET_NUMBER,
    gpu: GpuUse | None = None,
) -> Command:
    """Encode a slice on its own: closed, without sound, joinable by stream copy.

    The number is that of its parameter sets (H.264), 0 to 31; those of a GPU have
    none to choose. With `gpu`, it does what it can.
    """
    graph = compose(picture, preset, size=size, threads=threads, gpu=gpu)
    if gpu is not None and gpu.encode:
        video = gpu_encoding(preset.video)
        preset = preset.model_copy(update={"video": video})
    command = encode_segment(
        graph.stream,
        preset,
        rate=picture.rate,
        frames=picture.frames,
        threads=threads,
        set_number=set_number,
    )
    opened = DEVICE_OPTIONS if gpu is not None else ()
    return replace(
        command,
        arguments=(*opened, *command.arguments),
        files={**graph.files, **command.files},
        sources=picture.files(),
    )


def compose(
    picture: PictureSlice,
    preset: Preset,
    *,
    size: tuple[int, int],
    threads: int,
    gpu: GpuUse | None = None,
) -> Graph:
    """Return the frames of a slice as a preset encodes them."""
    canvas = make_canvas(
        picture,
        width=size[0],
        height=size[1],
        pix_fmt=preset.video.pix_fmt,
        dynamic=preset.video.range,
        gpu=gpu,
    )
    return build_picture(picture, canvas, threads=threads)


def encode_segment(
    stream: Stream,
    preset: Preset,
    *,
    rate: Fraction,
    frames: int,
    threads: int,
    set_number: int = SET_NUMBER,
) -> Command:
    """Encode composed frames, so that they can be joined by stream copy."""
    encoding = preset.video
    name = f"segment{encoding.piece_suffix}"
    distance = keyframe_distance(encoding, rate, frames=frames)
    options = {
        "c:v": encoding.encoder,
        **{_stream_option(key): value for key, value in encoding.options.items()},
        **{
            key: value.format(set_number=set_number)
            + encoder_words(encoding.encoder, encoding.light)
            for key, value in _JOINABLE.get(encoding.encoder, {}).items()
        },
        "g": distance,
        "keyint_min": distance,
        "sc_threshold": 0,
        "threads": threads,
        **_container_clock(encoding.piece_suffix, rate),
        **common_options(frames),
    }
    arguments, files = compile_graph(ffmpeg.output(stream, name, **options))
    return Command(
        arguments=(*graph_threads(threads), *arguments),
        output=name,
        files=files,
        frames=frames,
    )


def _stream_option(key: str) -> str:
    return "tag:v" if key == "tag" else key


def _container_clock(suffix: str, rate: Fraction) -> dict[str, int]:
    """Let a frame be a whole number of ticks in the file."""
    return (
        {"video_track_timescale": rate.numerator} if suffix in {".mp4", ".mov"} else {}
    )


def common_options(frames: int) -> dict[str, object]:
    """Return options of an output that has so many frames, and nothing else."""
    return {
        "frames:v": frames,
        "fps_mode": "passthrough",
        "an": None,
        "sn": None,
        "dn": None,
        "map_metadata": -1,
        "map_chapters": -1,
    }


def graph_threads(threads: int) -> tuple[str, ...]:
    """Return options that bound the threads of filters."""
    return ("-filter_threads", str(threads), "-filter_complex_threads", str(threads))
