"""When the subtitles in a film are shown."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from farm.ffmpeg.open import open_media

if TYPE_CHECKING:
    from pathlib import Path

    from farm.ffmpeg.box import Box


def read_cues(
    path: Path, *, start: Fraction, box: Box | None = None
) -> tuple[tuple[Fraction, Fraction], ...]:
    """Return start and end of each cue of the first subtitle stream.

    Args:
        path: of the film.
        start: time of the container that counts as 0.
    """
    cues = []
    with open_media(path, box=box) as container:
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
