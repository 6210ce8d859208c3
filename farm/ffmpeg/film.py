"""The chain of filters from a source to frames of the timeline.

The sampling follows a rule that makes every piece of a clip equal to the same frames
of the whole clip: the clock of a source is brought to ticks of which a frame of the
timeline is a whole number, so that a piece that starts later sees the same numbers
less a whole offset. See docs/decisions/0005-exact-sampling.md.
"""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, assert_never

from farm.effects.catalog import find_reach
from farm.ffmpeg import gpu
from farm.ffmpeg.canvas import SCALE_FLAGS, Canvas, Picture
from farm.ffmpeg.cell import cell_canvas, seat
from farm.ffmpeg.drawing import draw, draw_moving, hold
from farm.ffmpeg.frame_box import Box, fit_box, shown_size
from farm.ffmpeg.graph import (
    Stream,
    number_frames,
    open_media,
    seek_options,
    take_frames,
)
from farm.ffmpeg.lay import finish_picture
from farm.timeline.clip import ColorMedia, Crop
from farm.timeline.composition import FilmSource, MovingTitle
from farm.timeline.title import TitleMedia

if TYPE_CHECKING:
    from collections.abc import Mapping

    from farm.timeline.composition import Look, Source
    from farm.timeline.media import VideoFacts
    from farm.timeline.slice import ShotSlice

#: Keeps sample instants off exact ties between two source frames, in seconds.
_TIE = Fraction(13, 1_000_000)
#: Contains the clocks of common files: 1/1000, 1/24000, 1/48000, 1/60000, 1/90000.
_COMMON_CLOCK = 720_000
_FINEST_CLOCK = 10**9
#: Decoding starts this much earlier, so that a frame held over the start is there.
_HEAD_SECONDS = Fraction(3, 5)
#: Containers that FFmpeg seeks in by guessing; there it starts earlier still.
_GUESSED_SEEK = ("mpegts", "mpeg", "avi", "flv", "ogg", "mxf")
_GUESSED_HEAD_SECONDS = Fraction(5)
#: Of these, those without an index: a seek ends anywhere between two key frames.
_BLIND_SEEK = ("mpegts", "mpeg")
#: Bare streams without times, in which nothing can be found: read from their start.
_NO_SEEK = ("h264", "hevc", "vvc", "mpegvideo", "m4v", "mjpeg", "obu", "av1")
#: Frames that a codec shows later than it stores them: a seek goes by the time of
#: storing, and pictures shown before the key frame it finds may be missing.
_REORDERED_FRAMES = {"h264": 16, "hevc": 32, "vvc": 128}
_HD_LINES = 720
_RGB_FORMATS = ("rgb", "bgr", "gbr", "argb", "abgr", "pal")


def covers_frame(shot: ShotSlice, canvas: Canvas) -> bool:
    """Tell from the description alone whether a shot hides all that lies below."""
    look, source = shot.look, shot.source
    if (
        look.opacity < 1
        or look.cell is not None
        or look.transform.rotation % 360
        or isinstance(source, TitleMedia | MovingTitle)
    ):
        return False
    if isinstance(source, FilmSource) and source.video.has_alpha:
        return False
    return box_of(source, look, canvas).covers(canvas.width, canvas.height)


def is_shown_whole(source: FilmSource, look: Look, canvas: Canvas) -> bool:
    """Whether a film is seen as it is stored: pixel for pixel, nothing done to it."""
    video = source.video
    size = video.width, video.height
    plain = Box(
        scaled_width=size[0],
        scaled_height=size[1],
        width=size[0],
        height=size[1],
        x=0,
        y=0,
    )
    return (
        size == (canvas.width, canvas.height)
        and look.cell is None
        and video.rotation == 0
        and video.sample_aspect == 1
        and not (video.flipped or video.has_alpha or video.is_hdr)
        and not look.effects
        and look.opacity == 1
        and not look.transform.rotation % 360
        and look.crop == Crop()
        and box_of(source, look, canvas) == plain
    )


def build_shot(
    shot: ShotSlice,
    first: int,
    last: int,
    *,
    canvas: Canvas,
    files: dict[str, str],
    threads: int,
) -> Picture:
    """Return frames `first` to `last` of the slice, as this shot shows them.

    Text files that the graph reads are added to `files`.
    """
    cell = shot.look.cell
    frame = cell_canvas(cell, canvas)
    picture = _build_shot(shot, first, last, canvas=frame, files=files, threads=threads)
    return seat(picture, cell, canvas, last - first)


def _build_shot(
    shot: ShotSlice,
    first: int,
    last: int,
    *,
    canvas: Canvas,
    files: dict[str, str],
    threads: int,
) -> Picture:
    """Lay a shot into the whole frame, or into that of its cell."""
    source = shot.source
    start = shot.source_start + (first - shot.start) / canvas.rate * shot.speed
    match source:
        case FilmSource() if source.video.is_image:
            still = open_film(source, {}, threads=threads)
            return hold(
                lay_film(still, source, shot.look, canvas), last - first, canvas
            )
        case FilmSource():
            lead, tail = _handles(shot, first, last)
            frames = lead + last - first + tail
            start -= lead / canvas.rate * shot.speed
            film = _sample(source, start, shot.speed, frames, canvas, threads)
            picture = lay_film(film, source, shot.look, canvas)
            numbered = number_frames(picture.stream, canvas.rate)
            if lead or tail:
                numbered = take_frames(numbered, lead, lead + last - first, canvas.rate)
            return replace(picture, stream=numbered)
        case ColorMedia() | TitleMedia():
            plain = draw(source, canvas, files)
            return hold(
                _lay_drawing(plain, source, shot.look, canvas), last - first, canvas
            )
        case MovingTitle():
            moving = draw_moving(
                source, canvas, files, first=start * canvas.rate, frames=last - first
            )
            return _lay_drawing(moving, source, shot.look, canvas)
        case _:
            assert_never(source)


def _handles(shot: ShotSlice, first: int, last: int) -> tuple[int, int]:
    """Return the frames before and after some of a shot that its effects look at."""
    reach = find_reach(shot.look.effects)
    lead = min(reach.before, shot.lead + first - shot.start)
    return lead, min(reach.after, shot.tail + shot.end - last)


def box_of(source: Source, look: Look, canvas: Canvas) -> Box:
    """Return where a source lies in the frame."""
    if isinstance(source, FilmSource):
        size = shown_size(source, look.crop)
    else:
        size = Fraction(canvas.width), Fraction(canvas.height)
        look = replace(look, fit="stretch")
    return fit_box(
        size, look, frame=(canvas.width, canvas.height), pixel_scale=canvas.pixel_scale
    )


# Film


def open_film(
    source: FilmSource, options: Mapping[str, object], *, threads: int
) -> Stream:
    """Open the picture of a file, with its transparency where it has one."""
    video = source.video
    decoder = {"vp8": "libvpx", "vp9": "libvpx-vp9"}.get(video.codec)
    if video.has_alpha and decoder:  # FFmpeg's own decoders drop the alpha
        options = {**options, "c:v": decoder}
    opened = open_media(source.path, threads=threads, **options)
    return opened[str(video.index)]


def _sample(
    source: FilmSource,
    start: Fraction,
    speed: Fraction,
    frames: int,
    canvas: Canvas,
    threads: int,
) -> Stream:
    """Take the source's frames at the instants of the timeline's frames."""
    video = source.video
    step = speed / canvas.rate
    seek = min(start, video.end) - source.container_start - decoding_head(source)
    options: dict[str, object] = {**seek_options(seek)}
    on_gpu = gpu.decodes(canvas.gpu, video)
    if on_gpu:
        options |= gpu.input_options()
    stream = open_film(source, options, threads=1 if on_gpu else threads)
    if video.interlaced:
        bwdif = "bwdif_cuda" if on_gpu else "bwdif"
        stream = stream.filter(bwdif, mode="send_frame", deint="interlaced")
    ticks = _ticks_per_second(step)
    offset = math.floor((start - _TIE) * ticks)
    stream = stream.filter("settb", expr=f"1/{ticks}").filter(
        "setpts", f"PTS-({offset})"
    )
    if start + frames * step > video.end - 2 * video.longest_frame:
        stream = stream.filter("tpad", stop=-1, stop_mode="clone")
    rate = f"{step.denominator}/{step.numerator}"
    sampled = stream.filter("fps", fps=rate, start_time=0, round="near")
    return sampled.filter("trim", end_frame=frames)


def has_no_seek(source: FilmSource) -> bool:
    """Whether it is a bare stream, which is read from its start."""
    return source.container.split(",")[0] in _NO_SEEK


def decoding_head(source: FilmSource) -> Fraction:
    """Return how many seconds earlier decoding must start to have the first frame."""
    video, container = source.video, source.container.split(",")[0]
    if has_no_seek(source):
        return video.end
    reordered = _REORDERED_FRAMES.get(video.codec, 0) / max(video.rate, Fraction(1))
    head = max(_HEAD_SECONDS, 2 * video.longest_frame, reordered)
    if container in _GUESSED_SEEK:
        head = max(head, _GUESSED_HEAD_SECONDS)
    if container in _BLIND_SEEK:
        head += video.key_distance
    return head


def _ticks_per_second(step: Fraction) -> int:
    """Return a clock in which a frame of the timeline is a whole number of ticks."""
    ticks = math.lcm(step.denominator, _COMMON_CLOCK)
    if ticks > _FINEST_CLOCK:
        ticks = step.denominator * max(1, _COMMON_CLOCK // step.denominator)
    return ticks


def lay_film(stream: Stream, source: FilmSource, look: Look, canvas: Canvas) -> Picture:
    """Scale frames of a film into the frame, in its colours, with all of its look."""
    video, crop, box = source.video, look.crop, box_of(source, look, canvas)
    if gpu.decodes(canvas.gpu, video):
        if crop == Crop():
            stream = gpu.scale(stream, video, box)
        if canvas.on_gpu:
            stream = gpu.convert(stream, canvas).filter("setsar", 1)
            return finish_picture(stream, box, look, canvas, has_alpha=False)
        stream = gpu.download(stream, video)
    if crop.left or crop.top or crop.right or crop.bottom:
        stream = stream.filter(
            "crop",
            f"iw-{crop.left + crop.right}",
            f"ih-{crop.top + crop.bottom}",
            crop.left,
            crop.top,
            exact=1,
        )
    pix_fmt = canvas.alpha_pix_fmt if video.has_alpha else canvas.pix_fmt
    if video.is_hdr:
        stream = _to_sdr(stream, video, box).filter("format", pix_fmt)
    else:
        stream = _scale(stream, video, box).filter("format", pix_fmt)
    return finish_picture(
        stream.filter("setsar", 1), box, look, canvas, has_alpha=video.has_alpha
    )


def knows_colors(video: VideoFacts) -> bool:
    """Whether a film is in the colours of the timeline: BT.709, 16 to 235."""
    matrix = video.color_space
    if _says_no_matrix(video):
        matrix = "bt709" if video.height >= _HD_LINES else "bt601"
    return (
        matrix == "bt709"
        and video.color_range != "pc"
        and not video.is_hdr
        and not (video.pix_fmt or "").startswith("yuvj")
    )


def _says_no_matrix(video: VideoFacts) -> bool:
    return video.color_space in {None, "unknown", "unspecified"}


def _scale(stream: Stream, video: VideoFacts, box: Box) -> Stream:
    options = {
        "flags": SCALE_FLAGS,
        "out_color_matrix": "bt709",
        "out_range": "tv",
    }
    is_yuv = not (video.pix_fmt or "").startswith(_RGB_FORMATS)
    if is_yuv and _says_no_matrix(video):
        options["in_color_matrix"] = "bt709" if video.height >= _HD_LINES else "bt601"
    return stream.filter("scale", box.scaled_width, box.scaled_height, **options)


def _to_sdr(stream: Stream, video: VideoFacts, box: Box) -> Stream:
    """Bring PQ and HLG to BT.709 (BT.2408 reference white of 203 cd/m²)."""
    return (
        stream.filter(
            "zscale",
            w=box.scaled_width,
            h=box.scaled_height,
            transferin=video.color_transfer or "smpte2084",
            matrixin=video.color_space or "bt2020nc",
            primariesin=video.color_primaries or "bt2020",
            transfer="linear",
            npl=203,
        )
        .filter("format", "gbrpf32le")
        .filter("zscale", primaries="bt709")
        .filter("tonemap", tonemap="mobius", desat=2)
        .filter("zscale", transfer="bt709", matrix="bt709", range="limited")
    )


def _lay_drawing(
    stream: Stream,
    source: ColorMedia | TitleMedia | MovingTitle,
    look: Look,
    canvas: Canvas,
) -> Picture:
    box = box_of(source, look, canvas)
    if (box.scaled_width, box.scaled_height) != (canvas.width, canvas.height):
        stream = stream.filter(
            "scale", box.scaled_width, box.scaled_height, flags=SCALE_FLAGS
        ).filter("setsar", 1)
    return finish_picture(
        stream, box, look, canvas, has_alpha=not isinstance(source, ColorMedia)
    )
