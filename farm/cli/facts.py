"""Media facts as a person reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import TypeAdapter

from farm.cli.output import say, say_json
from farm.timeline.media import MediaFacts

if TYPE_CHECKING:
    from collections.abc import Iterator
    from fractions import Fraction

    from pydantic import JsonValue

    from farm.timeline.media import AudioFacts, VideoFacts


def say_facts(plain: dict[str, JsonValue], *, as_json: bool) -> None:
    """Print the facts of a media file."""
    if as_json:
        say_json(plain)
        return
    facts = TypeAdapter(MediaFacts).validate_python(plain)
    say(f"{facts.path}")
    say(f"  {facts.container}, {_show_time(facts.duration)}, {facts.size_bytes} bytes")
    for video in facts.video:
        say(f"  video {video.index}: {', '.join(_describe_video(video))}")
    for audio in facts.audio:
        say(f"  audio {audio.index}: {', '.join(_describe_audio(audio))}")
    for subtitle in facts.subtitles:
        language = f", {subtitle.language}" if subtitle.language else ""
        say(f"  subtitles {subtitle.index}: {subtitle.codec}{language}")
    for lost in facts.unreadable:
        say(f"  {lost} cannot be decoded")
    if facts.truncated:
        say("  the file ends before its header says: it is truncated")


def _describe_video(video: VideoFacts) -> Iterator[str]:
    yield video.codec
    yield f"{video.width}x{video.height}"
    if video.is_image:
        yield "still picture"
    else:
        yield f"{float(video.rate):.5g} frames/s ({video.rate})"
    if video.variable_rate:
        yield "variable frame rate"
    if video.sample_aspect != 1:
        yield f"pixels {video.sample_aspect} wide"
    if video.rotation:
        yield f"turned by {video.rotation} degrees"
    if video.interlaced:
        yield "interlaced"
    yield f"{video.pix_fmt}"
    if video.is_hdr:
        yield f"HDR ({video.color_transfer})"
    if video.frames is not None:
        yield f"{video.frames} frames"
    if video.language:
        yield video.language


def _describe_audio(audio: AudioFacts) -> Iterator[str]:
    yield audio.codec
    yield f"{audio.sample_rate} Hz"
    yield audio.layout or f"{audio.channels} channels"
    if audio.language:
        yield audio.language


def _show_time(seconds: Fraction) -> str:
    return f"{float(seconds):.3f} s"
