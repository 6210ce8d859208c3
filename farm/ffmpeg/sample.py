"""Which frames of a film are shown at the frames of a timeline.

The sampling follows a rule that makes every piece of a clip equal to the same frames
of the whole clip: the clock of a source is brought to ticks of which a frame of the
timeline is a whole number, so that a piece that starts later sees the same numbers
less a whole offset. See docs/decisions/0005-exact-sampling.md.
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING

from farm.ffmpeg import gpu
from farm.ffmpeg.curve import write_inverse
from farm.ffmpeg.graph import (
    Stream,
    join_pictures,
    number_frames,
    open_media,
    seek_options,
)
from farm.timeline.ramp import passed_time

if TYPE_CHECKING:
    from collections.abc import Mapping

    from farm.ffmpeg.canvas import Canvas
    from farm.timeline.clip import Crop
    from farm.timeline.composition import FilmSource
    from farm.timeline.slice import ShotSlice

#: Keeps sample instants off exact ties between two source frames, in seconds.
_TIE = Fraction(13, 1_000_000)
#: Contains the clocks of common files: 1/1000, 1/24000, 1/48000, 1/60000, 1/90000.
_COMMON_CLOCK = 720_000
_FINEST_CLOCK = 10**9
#: Frames that are turned around at a time, where a film plays backwards.
_TURNED_FRAMES = 24
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


def play_film(  # all that frames are made of
    source: FilmSource,
    shot: ShotSlice,
    first: int,
    frames: int,
    canvas: Canvas,
    threads: int,
) -> Stream:
    """Take the frames of a shot, forwards, by a ramp or backwards."""
    if shot.ramp:
        return _sample_ramp(source, shot, first, frames, canvas, threads)
    if shot.speed > 0:
        start = source_time(shot, first, canvas)
        return sample(source, start, shot.speed, frames, canvas, threads)
    parts = []
    # frames that are turned around are kept in memory: a few at a time
    for at in range(0, frames, _TURNED_FRAMES):
        count = min(_TURNED_FRAMES, frames - at)
        lowest = source_time(shot, first + at + count - 1, canvas)
        forwards = sample(source, lowest, -shot.speed, count, canvas, threads)
        turned = number_frames(forwards, canvas.rate).filter("reverse")
        parts.append(number_frames(turned, canvas.rate))
    return join_pictures(parts, canvas.rate)


def _sample_ramp(  # all that frames are made of
    source: FilmSource,
    shot: ShotSlice,
    first: int,
    frames: int,
    canvas: Canvas,
    threads: int,
) -> Stream:
    """Take frames at the instants of the timeline's frames, by a changing speed.

    The times of the source are turned into times of the clip, by the same numbers for
    each of its pieces; then they are sampled as at one speed.
    """
    age = shot.age + first - shot.start
    since = passed_time(shot.ramp, shot.age / canvas.rate)
    edge = shot.source_start - since
    start = edge + passed_time(shot.ramp, age / canvas.rate)
    end = edge + passed_time(shot.ramp, (age + frames) / canvas.rate)
    video = source.video
    seek = min(start, video.end) - source.container_start - decoding_head(source)
    stream = _open_near(source, seek, canvas, threads)
    ticks = _ticks_per_second(1 / canvas.rate)
    offset = math.floor((age / canvas.rate - _TIE) * ticks)
    clock = write_inverse(shot.ramp, edge)
    stream = stream.filter("settb", expr=f"1/{_COMMON_CLOCK}")
    stream = stream.filter("setpts", f"floor(({clock})*{_COMMON_CLOCK})")
    stream = stream.filter("settb", expr=f"1/{ticks}").filter(
        "setpts", f"PTS-({offset})"
    )
    if end > video.end - 2 * video.longest_frame:
        stream = stream.filter("tpad", stop=-1, stop_mode="clone")
    rate = f"{canvas.rate.numerator}/{canvas.rate.denominator}"
    sampled = stream.filter("fps", fps=rate, start_time=0, round="near")
    return sampled.filter("trim", end_frame=frames)


def cut_off(stream: Stream, crop: Crop) -> Stream:
    """Cut its edges off a film, in its own pixels."""
    if not (crop.left or crop.top or crop.right or crop.bottom):
        return stream
    return stream.filter(
        "crop",
        f"iw-{crop.left + crop.right}",
        f"ih-{crop.top + crop.bottom}",
        crop.left,
        crop.top,
        exact=1,
    )


def source_time(shot: ShotSlice, frame: int, canvas: Canvas) -> Fraction:
    """Return the time on the file's own clock at a frame, at one speed."""
    return shot.source_start + (frame - shot.start) / canvas.rate * shot.speed


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


def _open_near(
    source: FilmSource, seek: Fraction, canvas: Canvas, threads: int
) -> Stream:
    """Decode a film from near a time, progressive, on a GPU where that can."""
    options: dict[str, object] = {**seek_options(seek)}
    on_gpu = gpu.decodes(canvas.gpu, source.video)
    if on_gpu:
        options |= gpu.input_options()
    stream = open_film(source, options, threads=1 if on_gpu else threads)
    if source.video.interlaced:
        bwdif = "bwdif_cuda" if on_gpu else "bwdif"
        stream = stream.filter(bwdif, mode="send_frame", deint="interlaced")
    return stream


def sample(
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
    stream = _open_near(source, seek, canvas, threads)
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
