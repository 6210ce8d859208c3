"""What a caller may give as a timeline: a path, a document, or an object."""

from __future__ import annotations

import os
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from farm.api.output import absolute
from farm.errors import MediaUnreadable
from farm.ffmpeg.probe import probe_media
from farm.timeline.clip import Clip, FileMedia
from farm.timeline.load import Loaded, load_timeline
from farm.timeline.timeline import Timeline

if TYPE_CHECKING:
    from opentimelineio.schema import Timeline as OtioTimeline

    from farm.timeline.media import MediaFacts, VideoFacts

Source: TypeAlias = (
    "str | os.PathLike[str] | Mapping[str, Any] | Timeline | OtioTimeline"
)
"""A path, a ``farm-timeline/1`` document, or a timeline of the farm's or of OTIO."""

TIMELINE_SUFFIXES = (".json", ".otio")
_DEFAULT_RATE = Fraction(25)  # of a still picture
_STILL_SECONDS = Fraction(1)


def read_timeline(source: Source) -> Loaded:
    """Read a timeline of any form."""
    if isinstance(source, os.PathLike):
        return load_timeline(Path(source))
    return load_timeline(dict(source) if isinstance(source, Mapping) else source)


def sources_of(timeline: Timeline) -> set[str]:
    """Return the paths of the files that a timeline uses."""
    clips = (
        item
        for track in timeline.tracks
        for item in track.items
        if isinstance(item, Clip)
    )
    return {clip.media.path for clip in clips if isinstance(clip.media, FileMedia)}


def read_timeline_or_media(source: Source) -> Loaded:
    """Read a timeline; of a film or a picture, make one that shows all of it."""
    if isinstance(source, str | os.PathLike):
        path = absolute(source)
        if path.suffix.lower() not in TIMELINE_SUFFIXES:
            return Loaded(timeline=_timeline_of(probe_media(path)))
    return read_timeline(source)


def _timeline_of(facts: MediaFacts) -> Timeline:
    video = next((each for each in facts.video if not each.is_cover), None)
    if video is None:
        raise MediaUnreadable(f"{facts.path} holds no picture", path=facts.path)
    width, height = _shown_size(video)
    clip: dict[str, Any] = {
        "type": "clip",
        "media": {"type": "file", "path": facts.path},
        "fit": "stretch",
    }
    if video.is_image:
        clip["duration"] = _STILL_SECONDS
    return Timeline.model_validate(
        {
            "rate": video.rate or _DEFAULT_RATE,
            "width": width,
            "height": height,
            "tracks": [{"kind": "video", "items": [clip]}],
        }
    )


def _shown_size(video: VideoFacts) -> tuple[int, int]:
    """Return the size as displayed: pixels made square, turned upright, even."""
    width = round(video.width * video.sample_aspect)
    height = video.height
    if video.rotation in {90, 270}:
        width, height = height, width
    return max(2, width // 2 * 2), max(2, height // 2 * 2)
