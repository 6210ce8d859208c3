"""Turn an open file and its facts into all that can be told of it."""

from __future__ import annotations

import re
from dataclasses import asdict, fields
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from av.audio.stream import AudioStream
from av.sidedata.sidedata import Type as SideData
from av.stream import AttachmentStream, DataStream, Disposition
from av.subtitles.stream import SubtitleStream
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from farm.ffmpeg.light import read_side_data
from farm.timeline.report import (
    AudioReport,
    Chapter,
    HdrFacts,
    MediaReport,
    OtherStream,
    SubtitleReport,
    VideoReport,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from av.container import InputContainer
    from av.stream import Stream
    from av.video.format import VideoFormat

    from farm.ffmpeg.scan import StreamScan
    from farm.timeline.media import AudioFacts, MediaFacts, SubtitleFacts, VideoFacts

_CHROMA = {
    (1, 1): "4:4:4",
    (2, 1): "4:2:2",
    (2, 2): "4:2:0",
    (4, 1): "4:1:1",
    (4, 4): "4:1:0",
    (1, 2): "4:4:0",
}
_RULER = 16  # pixels; divides by every way to sample colour
_PICTURES_OF_TEXT = frozenset(
    {"hdmv_pgs_subtitle", "dvd_subtitle", "dvb_subtitle", "xsub", "dvb_teletext"}
)
_HDR_NAMES = {"smpte2084": "PQ", "arib-std-b67": "HLG"}
_UNKNOWN_LEVEL = -99
_TEN = frozenset({"h264"})
"""Codecs whose level is ten times what people call it."""
_THIRTY = frozenset({"hevc"})
_NO_LIMIT = 31  # seq_level_idx of AV1
_MPEG2_LEVELS = {4: "High", 6: "High 1440", 8: "Main", 10: "Low"}
_TAG_LETTERS = 4
_PCM = re.compile(r"pcm_[suf](?P<bits>\d+)")
_FLAC_HEADER, _ALAC_HEADER = 34, 36  # bytes


def build_report(
    facts: MediaFacts,
    container: InputContainer,
    scans: Mapping[int, StreamScan],
    *,
    with_keyframes: bool,
) -> MediaReport:
    """Return the report of an open file that was read through."""
    tags = _tags(container.metadata)
    others = tuple(
        _other(stream)
        for stream in container.streams
        if isinstance(stream, DataStream | AttachmentStream)
    )
    timecodes = [
        tags.get("timecode"),
        *(video.timecode for video in facts.video),
        *(other.timecode for other in others),
    ]
    is_timed = facts.duration > 0
    return MediaReport(
        **{
            **_plain(facts),
            "video": tuple(
                _video(each, scans[each.index], with_keyframes=with_keyframes)
                for each in facts.video
            ),
            "audio": tuple(_audio(each, scans[each.index]) for each in facts.audio),
            "subtitles": tuple(
                _subtitle(each, scans[each.index]) for each in facts.subtitles
            ),
        },
        container_name=container.format.long_name,
        bit_rate=round(facts.size_bytes * 8 / facts.duration) if is_timed else None,
        timecode=next((code for code in timecodes if code), None),
        title=tags.get("title"),
        created=tags.get("creation_time") or tags.get("date"),
        tags=tags,
        chapters=tuple(_chapter(each) for each in container.chapters()),
        others=others,
    )


def _plain(facts: MediaFacts | VideoFacts | AudioFacts | SubtitleFacts) -> Any:  # noqa: ANN401  # fields of any kind
    return {field.name: getattr(facts, field.name) for field in fields(facts)}


def _video(facts: VideoFacts, scan: StreamScan, *, with_keyframes: bool) -> VideoReport:
    stream = scan.stream
    if not isinstance(stream, VideoStream):
        message = f"stream {stream.index} is no picture"
        raise TypeError(message)
    context = stream.codec_context
    width, height = _shown(facts)
    claimed = stream.average_rate or stream.guessed_rate
    duration = facts.end - facts.start
    pixels = scan.first.format if isinstance(scan.first, VideoFrame) else context.format
    return VideoReport(
        **_plain(facts),
        display_width=max(1, round(width)),
        display_height=max(1, round(height)),
        display_aspect=width / height,
        duration=duration,
        claimed_rate=None if facts.is_image else claimed,
        bit_rate=_bit_rate(scan, duration) if not facts.is_image else None,
        level=_level(scan.codec, getattr(context, "level", None)),
        codec_tag=_tag(context.codec_tag),
        chroma=_chroma(pixels),
        field_order=_field_order(facts),
        reorders_frames=bool(context.has_b_frames),
        key_frames=len(scan.keys),
        keyframes=(
            tuple(time * scan.tick for time in sorted(scan.keys))
            if with_keyframes and not facts.is_image
            else None
        ),
        hdr=_hdr(facts, scan),
        title=stream.metadata.get("title"),
        dispositions=_dispositions(stream),
        tags=_tags(stream.metadata),
    )


def _shown(facts: VideoFacts) -> tuple[Fraction, Fraction]:
    """Return width and height on a screen with square pixels, exact."""
    width, height = facts.width * facts.sample_aspect, Fraction(facts.height)
    return (height, width) if facts.rotation in {90, 270} else (width, height)


def _audio(facts: AudioFacts, scan: StreamScan) -> AudioReport:
    stream = scan.stream
    if not isinstance(stream, AudioStream):
        message = f"stream {stream.index} is no sound"
        raise TypeError(message)
    context = stream.codec_context
    duration = facts.end - facts.start
    return AudioReport(
        **_plain(facts),
        duration=duration,
        bit_rate=_bit_rate(scan, duration),
        profile=stream.profile,
        codec_tag=_tag(context.codec_tag),
        sample_format=context.format.name,
        bits_per_sample=_sample_bits(scan.codec, context.extradata or b""),
        title=stream.metadata.get("title"),
        dispositions=_dispositions(stream),
        tags=_tags(stream.metadata),
    )


def _subtitle(facts: SubtitleFacts, scan: StreamScan) -> SubtitleReport:
    stream = scan.stream
    if not isinstance(stream, SubtitleStream):
        message = f"stream {stream.index} is no subtitles"
        raise TypeError(message)
    return SubtitleReport(
        **_plain(facts),
        packets=scan.count,
        is_text=scan.codec not in _PICTURES_OF_TEXT,
        title=stream.metadata.get("title"),
        dispositions=_dispositions(stream),
        tags=_tags(stream.metadata),
    )


def _other(stream: Stream) -> OtherStream:
    tags = _tags(stream.metadata)
    return OtherStream(
        index=stream.index,
        kind=stream.type,
        name=tags.get("filename") or tags.get("handler_name"),
        mime_type=tags.get("mimetype"),
        timecode=tags.get("timecode"),
    )


def _chapter(plain: Any) -> Chapter:  # noqa: ANN401  # a dict of PyAV's
    tick = Fraction(plain["time_base"])
    return Chapter(
        start=plain["start"] * tick,
        end=plain["end"] * tick,
        title=plain["metadata"].get("title"),
    )


def _bit_rate(scan: StreamScan, duration: Fraction) -> int | None:
    return round(scan.all_bytes * 8 / duration) if duration > 0 else None


def _level(codec: str, level: int | None) -> str | None:
    if level is None or level == _UNKNOWN_LEVEL or level < 0:
        return None
    if codec in _TEN:
        return "1b" if level == 9 else f"{level / 10:g}"  # noqa: PLR2004  # H.264, A.3
    if codec in _THIRTY:
        return f"{level / 30:g}"
    if codec == "av1":  # seq_level_idx
        return "max" if level == _NO_LIMIT else f"{2 + (level >> 2)}.{level & 3}"
    if codec == "mpeg2video":
        return _MPEG2_LEVELS.get(level)
    return str(level) if level else None


def _sample_bits(codec: str, extradata: bytes) -> int | None:
    """Return the bits of a stored sample, from the codec's name or its header."""
    if found := _PCM.match(codec):
        return int(found["bits"])
    if codec == "flac" and len(extradata) >= _FLAC_HEADER:  # STREAMINFO
        return ((extradata[12] & 1) << 4 | extradata[13] >> 4) + 1
    if codec == "alac" and len(extradata) >= _ALAC_HEADER:  # ALACSpecificConfig
        return extradata[17]
    return None


def _tag(tag: object) -> str | None:
    text = str(tag)
    is_name = len(text) == _TAG_LETTERS and text.isascii() and text.isprintable()
    return text.strip() if is_name else None


def _chroma(pixels: VideoFormat | None) -> str | None:
    if pixels is None:
        return None
    if pixels.is_rgb or pixels.has_palette:
        return "rgb"
    colours = [part for part in pixels.components if not part.is_alpha]
    if len(colours) == 1:
        return "gray"
    ratio = (
        _RULER // pixels.chroma_width(_RULER),
        _RULER // pixels.chroma_height(_RULER),
    )
    return _CHROMA.get(ratio)


def _field_order(facts: VideoFacts) -> str:
    if not facts.interlaced:
        return "progressive"
    return "tff" if facts.top_field_first else "bff"


def _hdr(facts: VideoFacts, scan: StreamScan) -> HdrFacts | None:
    """Return what the first frame says of its brightness."""
    frame = scan.first
    if not facts.is_hdr or not isinstance(frame, VideoFrame):
        return None
    said = read_side_data(frame, facts.codec)
    names = [_HDR_NAMES[facts.color_transfer or ""]]
    if SideData.MASTERING_DISPLAY_METADATA in said and names == ["PQ"]:
        names.append("HDR10")
    if SideData.DYNAMIC_HDR_PLUS in said:
        names.append("HDR10+")
    if SideData.DOVI_METADATA in said or SideData.DOVI_RPU_BUFFER in said:
        names.append("Dolby Vision")
    return HdrFacts(
        formats=tuple(names), **(asdict(facts.light) if facts.light else {})
    )


def _dispositions(stream: Stream) -> tuple[str, ...]:
    return tuple(
        str(flag.name) for flag in Disposition if flag and flag in stream.disposition
    )


def _tags(metadata: Mapping[str, str]) -> dict[str, str]:
    """Return tags with names in lower case, as containers differ in that alone."""
    return {str(name).lower(): str(value) for name, value in metadata.items()}
