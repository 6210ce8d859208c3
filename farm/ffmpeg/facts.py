"""Turn what a scan found into the facts of a stream."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from av.audio.stream import AudioStream
from av.stream import Disposition
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from farm.ffmpeg.color import HDR_TRANSFERS, PRIMARIES, RANGES, SPACES, TRANSFERS
from farm.ffmpeg.light import read_light, read_side_data
from farm.ffmpeg.rate import NO_RATE, Rate, measure_rate
from farm.timeline.media import AudioFacts, SubtitleFacts, VideoFacts

if TYPE_CHECKING:
    from collections.abc import Callable

    from av.stream import Stream
    from av.video.format import VideoFormat

    from farm.ffmpeg.scan import StreamScan

#: AVFieldOrder: the field that is coded first decides, as FFmpeg's encoders write it.
_TOP_FIRST, _BOTTOM_FIRST = frozenset({2, 4}), frozenset({3, 5})
#: Layouts that FFmpeg assumes where a file names but the number of channels.
_USUAL_LAYOUTS = {
    1: "mono",
    2: "stereo",
    3: "2.1",
    4: "4.0",
    5: "5.0",
    6: "5.1",
    7: "6.1",
    8: "7.1",
}
_NO_LAYOUT = re.compile(r"\d+ channels")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """How a stored picture must be laid on the screen."""

    rotation: int
    flipped: bool


def build_video_facts(
    scan: StreamScan, *, is_still: bool, is_mirrored: Callable[[int], bool]
) -> VideoFacts:
    """Build the facts of a picture stream of which a frame was decoded."""
    stream, frame = scan.stream, scan.first
    if not isinstance(stream, VideoStream) or not isinstance(frame, VideoFrame):
        message = f"stream {stream.index} has no decoded picture"
        raise TypeError(message)
    context = stream.codec_context
    rate, start, end = _video_times(scan, is_still=is_still)
    turned = _turn(frame.rotation, is_mirrored=is_mirrored(stream.index))
    transfer = _name(TRANSFERS, frame.color_trc, context.color_trc)
    is_hdr = transfer in HDR_TRANSFERS
    order = context.field_order
    return VideoFacts(
        index=stream.index,
        codec=scan.codec,
        width=frame.width,
        height=frame.height,
        pix_fmt=frame.format.name,
        # of a still it is its density in dots, which viewers do not look at
        sample_aspect=(
            Fraction(1) if is_still else stream.sample_aspect_ratio or Fraction(1)
        ),
        rotation=turned.rotation,
        flipped=turned.flipped,
        rate=rate.mean,
        variable_rate=rate.is_variable,
        longest_frame=rate.longest,
        key_distance=Fraction(0) if is_still else scan.key_distance,
        frames=scan.count,
        start=start,
        end=end,
        tick=scan.tick,
        bit_depth=_bit_depth(frame.format),
        has_alpha=_has_alpha(frame.format) or _has_hidden_alpha(scan),
        interlaced=frame.interlaced_frame or order in _TOP_FIRST | _BOTTOM_FIRST,
        top_field_first=not (order in _BOTTOM_FIRST or scan.codec == "dvvideo"),
        color_range=_name(RANGES, frame.color_range, context.color_range),
        color_space=_name(SPACES, frame.colorspace, context.colorspace),
        color_primaries=_name(
            PRIMARIES, frame.color_primaries, context.color_primaries
        ),
        color_transfer=transfer,
        is_hdr=is_hdr,
        light=read_light(read_side_data(frame, scan.codec)) if is_hdr else None,
        is_image=is_still or scan.count == 1,
        profile=stream.profile,
        language=_language(stream),
        timecode=stream.metadata.get("timecode"),
    )


def build_cover_facts(scan: StreamScan) -> VideoFacts | None:
    """Build the facts of an attached picture; ``None`` if its codec is not known."""
    stream = scan.stream
    if not isinstance(stream, VideoStream) or not scan.codec:
        return None
    context = stream.codec_context
    pixels = context.format
    return VideoFacts(
        index=stream.index,
        codec=scan.codec,
        width=context.width,
        height=context.height,
        pix_fmt=context.pix_fmt,
        sample_aspect=stream.sample_aspect_ratio or Fraction(1),
        rotation=0,
        rate=Fraction(0),
        longest_frame=Fraction(0),
        frames=1,
        start=Fraction(0),
        end=Fraction(0),
        bit_depth=_bit_depth(pixels) if pixels else 8,
        has_alpha=_has_alpha(pixels) if pixels else False,
        interlaced=False,
        color_range=RANGES.get(context.color_range),
        color_space=SPACES.get(context.colorspace),
        color_primaries=PRIMARIES.get(context.color_primaries),
        color_transfer=TRANSFERS.get(context.color_trc),
        is_image=True,
        is_cover=True,
    )


def build_audio_facts(scan: StreamScan) -> AudioFacts:
    """Build the facts of a sound stream of which a frame was decoded."""
    stream = scan.stream
    if not isinstance(stream, AudioStream):
        message = f"stream {stream.index} is no sound"
        raise TypeError(message)
    context = stream.codec_context
    channels = context.layout.nb_channels
    layout = context.layout.name
    if _NO_LAYOUT.fullmatch(layout):
        layout = _USUAL_LAYOUTS.get(channels, layout)
    start, end = _audio_times(scan, sample_rate=context.sample_rate)
    return AudioFacts(
        index=stream.index,
        codec=scan.codec,
        sample_rate=context.sample_rate,
        channels=channels,
        layout=layout,
        start=start,
        end=end,
        language=_language(stream),
    )


def build_subtitle_facts(scan: StreamScan) -> SubtitleFacts:
    """Build the facts of a subtitle stream."""
    return SubtitleFacts(
        index=scan.stream.index, codec=scan.codec, language=_language(scan.stream)
    )


def is_cover(stream: Stream) -> bool:
    """Whether the stream is an attached picture."""
    return bool(stream.disposition & Disposition.attached_pic)


def _video_times(
    scan: StreamScan, *, is_still: bool
) -> tuple[Rate, Fraction, Fraction]:
    """Return rate, start and end; a still has no time."""
    stream, tick = scan.stream, scan.tick
    if is_still or not isinstance(stream, VideoStream):
        return NO_RATE, Fraction(0), Fraction(0)
    rates = (stream.average_rate, stream.guessed_rate, stream.base_rate)
    claimed = [rate for rate in rates if rate]
    times = sorted(set(scan.times))
    if len(times) * 2 < scan.count or not times:  # an elementary stream has no times
        rate = _constant(1 / claimed[0] if claimed else Fraction(1, 25))
        return rate, Fraction(0), scan.count / rate.mean
    rate = measure_rate(times, tick=tick, claimed=claimed)
    shown = scan.last_duration * tick
    if len(times) == 1:
        rate = _constant(shown) if shown else NO_RATE
    elif not rate.is_variable:
        shown = 1 / rate.mean
    elif shown * 2 < rate.usual:  # a muxer that did not know
        shown = rate.usual
    return rate, times[0] * tick, times[-1] * tick + shown


def _constant(frame_seconds: Fraction) -> Rate:
    return Rate(
        mean=1 / frame_seconds,
        is_variable=False,
        longest=frame_seconds,
        usual=frame_seconds,
    )


def _audio_times(scan: StreamScan, *, sample_rate: int) -> tuple[Fraction, Fraction]:
    """Return start and end of the sound, without what an encoder put around it."""
    stream, tick = scan.stream, scan.tick
    first = scan.first_time or 0
    start = first * tick + Fraction(scan.skipped_samples, sample_rate)
    said = stream.start_time
    if said is not None and first <= said <= first + max(scan.times, default=0):
        start = said * tick
    end = scan.end
    if end is None:
        return start, start
    padding = scan.padding_samples / (tick * sample_rate)
    if scan.last_duration + padding > scan.longest_duration:  # else cut off already
        end -= padding * tick
    if said is not None and stream.duration is not None:
        # an edit list ends inside the last packet
        promised = (said + stream.duration) * tick
        if 0 < end - promised <= scan.last_duration * tick:
            end = promised
    return start, max(start, end)


def _turn(counterclockwise: int, *, is_mirrored: bool) -> Shape:
    """Resolve a display matrix as FFmpeg's own autorotate does."""
    clockwise = round(-counterclockwise / 90) * 90 % 360
    if is_mirrored and clockwise % 180 == 0:
        # the matrix of a picture mirrored left to right reads as a turn by 180
        clockwise = 180 - clockwise
    return Shape(rotation=clockwise, flipped=is_mirrored)


def _bit_depth(pixels: VideoFormat) -> int:
    return max((part.bits for part in pixels.components), default=8)


def _has_alpha(pixels: VideoFormat) -> bool:
    return pixels.name == "pal8" or any(part.is_alpha for part in pixels.components)


def _has_hidden_alpha(scan: StreamScan) -> bool:
    """Whether transparency comes beside the picture, as in VP8 and VP9 in WebM."""
    tag = scan.stream.metadata.get("alpha_mode", scan.stream.metadata.get("ALPHA_MODE"))
    return tag == "1" and scan.has_alpha_data


def _name(names: dict[int, str], *numbers: int) -> str | None:
    """Return the name of the first number that says something."""
    return next((names[number] for number in numbers if number in names), None)


def _language(stream: Stream) -> str | None:
    language = stream.language
    return None if language in {None, "", "und"} else language
