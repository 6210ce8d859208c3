"""Facts of a media file in one line, to be compared and read."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fractions import Fraction

    from farm.timeline.media import AudioFacts, MediaFacts, SubtitleFacts, VideoFacts


def describe(facts: MediaFacts) -> str:
    """Return ``start+duration``, ``!`` where truncated, and every stream."""
    times = f"{_short(facts.start)}+{_short(facts.duration)}{'!' * facts.truncated}"
    streams = (
        *(_video(stream) for stream in facts.video),
        *(_audio(stream) for stream in facts.audio),
        *(_subtitle(stream) for stream in facts.subtitles),
    )
    return " | ".join((times, *streams))


def _video(stream: VideoFacts) -> str:
    size = f"{stream.width}x{stream.height}"
    parts = [f"{stream.index}:{stream.codec} {size} {stream.pix_fmt}"]
    parts.append(f"{stream.bit_depth}bit")
    if stream.sample_aspect != 1:
        parts.append(f"sar{stream.sample_aspect}")
    if stream.rotation or stream.flipped:
        parts.append(f"rot{stream.rotation}{'flipped' * stream.flipped}")
    if stream.is_image:
        parts.append("cover" if stream.is_cover else "image")
    if not stream.is_cover:
        mean = _short(stream.rate) + "~" if stream.variable_rate else str(stream.rate)
        parts.append(f"{stream.frames}@{mean}")
    if stream.has_alpha:
        parts.append("alpha")
    if stream.interlaced:
        parts.append("tff" if stream.top_field_first else "bff")
    if stream.is_hdr:
        parts.append(str(stream.color_transfer))
    return " ".join(parts)


def _audio(stream: AudioFacts) -> str:
    words = [f"{stream.index}:{stream.codec}", str(stream.sample_rate), stream.layout]
    return " ".join([*words, stream.language] if stream.language else words)


def _subtitle(stream: SubtitleFacts) -> str:
    language = f" {stream.language}" if stream.language else ""
    return f"{stream.index}:{stream.codec}{language}"


def _short(number: Fraction) -> str:
    return f"{float(number):.3f}".rstrip("0").rstrip(".")
