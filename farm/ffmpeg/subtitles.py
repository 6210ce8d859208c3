"""When the subtitles in a film are shown."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import av

from farm.ffmpeg.probe import FORMATS

if TYPE_CHECKING:
    from pathlib import Path


def read_cues(path: Path, *, start: Fraction) -> tuple[tuple[Fraction, Fraction], ...]:
    """Return start and end of each cue of the first subtitle stream.

    Args:
        path: of the film.
        start: time of the container that counts as 0.
    """
    cues = []
    with av.open(
        f"file:{path}",
        metadata_errors="replace",
        options={"format_whitelist": FORMATS, "protocol_whitelist": "file"},
    ) as container:
        stream = container.streams.subtitles[0]
        tick = stream.time_base or Fraction(1)
        for packet in container.demux(stream):
            # MP4 fills the time between two cues with empty ones
            is_empty = packet.size <= 2 and stream.codec_context.name == "mov_text"  # noqa: PLR2004  # a length of 0
            if packet.pts is None or not packet.size or is_empty:
                continue
            first = packet.pts * tick - start
            cues.append((first, first + (packet.duration or 0) * tick))
    return tuple(cues)
