"""Documents of MLT for tests, and what is seen in them."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from farm.timeline.clip import Clip
from farm.timeline.keyframe import value_at
from tests.unit.timeline.doors.reading import read

if TYPE_CHECKING:
    from pathlib import Path

    from farm.timeline.load import Loaded

HEAD = (
    '<mlt><profile width="640" height="360" frame_rate_num="25" frame_rate_den="1" '
    'sample_aspect_num="1" sample_aspect_den="1"/>'
    '<producer id="pier" in="0" out="99"><property name="resource">pier.mp4</property>'
    '<property name="mlt_service">avformat</property></producer>'
    '<producer id="red" in="0" out="99"><property name="resource">0xff0000ff</property>'
    '<property name="mlt_service">color</property></producer>'
)


def read_mlt(folder: Path, *parts: str) -> Loaded:
    """Return the timeline of a document of MLT with a film and a colour."""
    return read(folder, "edit.kdenlive", f"{HEAD}{''.join(parts)}</mlt>")


def clips_of(loaded: Loaded, track: int = 0) -> list[Clip]:
    """Return the clips of a track."""
    items = loaded.timeline.tracks[track].items
    return [item for item in items if isinstance(item, Clip)]


def opacity_at(clip: Clip, time: float) -> float:
    """Return how opaque a moving clip is at one of its times."""
    assert clip.animation.opacity is not None
    return value_at(clip.animation.opacity, Fraction(time))
