"""What is in a media file, as a person reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import TypeAdapter

from farm.cli.output import say, say_json, show_bytes, show_number, show_time
from farm.timeline.report import MediaReport

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic import JsonValue

    from farm.timeline.report import (
        AudioReport,
        Decoded,
        HdrFacts,
        OtherStream,
        SubtitleReport,
        VideoReport,
    )

_SHOWN_TIMES = 1000
"""Key frames that are printed; all of them are in the JSON."""
_TOLD = frozenset({"title", "creation_time", "timecode", "encoder"})
#: What only says how the container was written.
_DULL = frozenset({"major_brand", "minor_version", "compatible_brands"})
_APART = 0.1
"""Lengths that differ by more seconds than this are both told."""


def say_facts(plain: dict[str, JsonValue], *, as_json: bool) -> None:
    """Print the report of a media file."""
    if as_json:
        say_json(plain)
        return
    for line in _lines(TypeAdapter(MediaReport).validate_python(plain)):
        say(line)


def _lines(report: MediaReport) -> Iterator[str]:
    yield report.path
    yield f"  {', '.join(_describe_file(report))}"
    yield from _durations(report)
    yield from _tags(report)
    yield from _streams(report)
    for number, chapter in enumerate(report.chapters, start=1):
        title = f" {chapter.title}" if chapter.title else ""
        times = f"{show_time(chapter.start)} to {show_time(chapter.end)}"
        yield f"  chapter {number}: {times}{title}"
    for lost in report.unreadable:
        yield f"  {lost} cannot be decoded"
    if report.truncated:
        yield "  the file ends before its header says: it is truncated"


def _tags(report: MediaReport) -> Iterator[str]:
    for name, value in (
        ("title", report.title),
        ("created", report.created),
        ("timecode", report.timecode),
        ("written by", report.tags.get("encoder")),
    ):
        if value:
            yield f"  {name}: {value}"
    for name, value in report.tags.items():
        if name not in _TOLD | _DULL:
            yield f"  {name}: {value}"


def _streams(report: MediaReport) -> Iterator[str]:
    for video in report.video:
        kind = "cover" if video.is_cover else "video"
        yield f"  {kind} {video.index}: {', '.join(_describe_video(video))}"
        yield from _more_of_video(video)
    for audio in report.audio:
        yield f"  audio {audio.index}: {', '.join(_describe_audio(audio))}"
        yield from _decoded(audio.decoded, "samples")
    for subtitle in report.subtitles:
        yield f"  subtitles {subtitle.index}: {', '.join(_describe_text(subtitle))}"
    for other in report.others:
        yield f"  {other.kind} {other.index}: {', '.join(_describe_other(other))}"


def _describe_file(report: MediaReport) -> Iterator[str]:
    yield report.container_name
    yield show_bytes(report.size_bytes)
    if report.duration:
        yield show_time(report.duration)
    if report.start:
        yield f"from {show_time(report.start)} on its own clock"
    if report.bit_rate:
        yield f"{report.bit_rate / 1000:.0f} kbit/s"


def _durations(report: MediaReport) -> Iterator[str]:
    """Tell where the lengths of header, packets and decoded parts differ."""
    claimed, decoded = report.claimed_duration, report.decoded_duration
    if claimed is not None and abs(claimed - report.duration) > _APART:
        yield f"  its header says {show_time(claimed)}"
    if decoded is not None and report.duration:
        differs = abs(decoded - report.duration) > _APART
        but = "but of it, " if differs else ""
        yield f"  {but}{show_time(decoded)} can be decoded"


def _describe_video(video: VideoReport) -> Iterator[str]:
    yield " ".join(word for word in (video.codec, video.profile, _level(video)) if word)
    size = f"{video.width}x{video.height}"
    shown = f"{video.display_width}x{video.display_height}"
    yield size if size == shown else f"{size} shown as {shown}"
    if video.sample_aspect != 1:
        yield f"pixels {video.sample_aspect}"
    if video.rotation:
        yield f"turned by {video.rotation} degrees"
    if video.flipped:
        yield "mirrored"
    if video.is_image:
        yield "still picture"
    else:
        exact = f" ({video.rate})" if video.rate.denominator != 1 else ""
        mean = "mean of " if video.variable_rate else ""
        yield f"{mean}{show_number(video.rate)} frames/s{exact}"
    if video.variable_rate:
        yield "variable frame rate"
    yield f"{video.pix_fmt}, {video.bit_depth} bit"
    if video.has_alpha:
        yield "with transparency"
    if video.interlaced:
        first = "top" if video.top_field_first else "bottom"
        yield f"interlaced, {first} field first"
    if video.bit_rate:
        yield f"{video.bit_rate / 1000:.0f} kbit/s"
    if not video.is_image:
        yield f"{video.frames} frames"
    yield from _roles(video)


def _level(video: VideoReport) -> str:
    return f"level {video.level}" if video.level else ""


def _more_of_video(video: VideoReport) -> Iterator[str]:
    colours = (
        ("range", video.color_range),
        ("matrix", video.color_space),
        ("primaries", video.color_primaries),
        ("transfer", video.color_transfer),
    )
    if told := [f"{name} {value}" for name, value in colours if value]:
        yield f"      colour: {', '.join(told)}"
    if video.hdr is not None:
        yield f"      HDR: {', '.join(_describe_hdr(video.hdr))}"
    if video.is_image:
        return
    reorders = ", B-frames" if video.reorders_frames else ""
    plural = "" if video.key_frames == 1 else "s"
    yield (
        f"      {video.key_frames} key frame{plural}, at most "
        f"{show_time(video.key_distance)} apart{reorders}"
    )
    yield from _decoded(video.decoded, "frames")
    if video.keyframes is not None:
        times = [show_time(time) for time in video.keyframes[:_SHOWN_TIMES]]
        more = "" if len(times) == len(video.keyframes) else ", … (see --json)"
        yield f"      key frames at {', '.join(times)}{more}"


def _describe_hdr(hdr: HdrFacts) -> Iterator[str]:
    yield from hdr.formats
    if hdr.max_luminance is not None and hdr.min_luminance is not None:
        yield f"made on {hdr.min_luminance:g} to {hdr.max_luminance:g} cd/m²"
    if hdr.max_content_light:
        yield f"MaxCLL {hdr.max_content_light} cd/m²"
    if hdr.max_frame_light:
        yield f"MaxFALL {hdr.max_frame_light} cd/m²"


def _decoded(decoded: Decoded | None, what: str) -> Iterator[str]:
    if decoded is not None:
        yield (
            f"      decoded: {decoded.count} {what}, {show_time(decoded.start)} "
            f"to {show_time(decoded.end)}"
        )


def _describe_audio(audio: AudioReport) -> Iterator[str]:
    yield " ".join(word for word in (audio.codec, audio.profile) if word)
    yield f"{audio.sample_rate} Hz"
    yield audio.layout or f"{audio.channels} channels"
    if audio.bits_per_sample:
        yield f"{audio.bits_per_sample} bit"
    if audio.bit_rate:
        yield f"{audio.bit_rate / 1000:.0f} kbit/s"
    yield show_time(audio.duration)
    yield from _roles(audio)


def _describe_text(subtitle: SubtitleReport) -> Iterator[str]:
    yield subtitle.codec
    yield f"{subtitle.packets} {'cues' if subtitle.is_text else 'pictures'}"
    yield from _roles(subtitle)


def _describe_other(other: OtherStream) -> Iterator[str]:
    yield other.name or "no name"
    if other.mime_type:
        yield other.mime_type
    if other.timecode:
        yield f"timecode {other.timecode}"


def _roles(stream: VideoReport | AudioReport | SubtitleReport) -> Iterator[str]:
    if stream.language:
        yield stream.language
    if stream.title:
        yield f"“{stream.title}”"
    yield from (role for role in stream.dispositions if role != "attached_pic")
