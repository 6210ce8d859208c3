"""A media file as a whole: which picture of it counts, and a timeline that shows it."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from farm.errors import MediaUnreadable
from farm.timeline.composition import FilmSource
from farm.timeline.time import show_time
from farm.timeline.timeline import Timeline

if TYPE_CHECKING:
    from farm.timeline.media import MediaFacts, VideoFacts

_DEFAULT_RATE = Fraction(25)  # of a still picture
_STILL_SECONDS = Fraction(1)


def main_picture(facts: MediaFacts) -> VideoFacts:
    """Return the first picture stream that is no cover; raise where there is none."""
    video = next((each for each in facts.video if not each.is_cover), None)
    if video is None:
        raise MediaUnreadable(f"{facts.path} holds no picture", path=facts.path)
    return video


def film_source(facts: MediaFacts) -> FilmSource:
    """Return the picture of a file, as what shows frames of it takes it."""
    return FilmSource(
        path=facts.path,
        container=facts.container,
        container_start=facts.start,
        video=main_picture(facts),
        content=facts.content,
    )


def timeline_of(
    facts: MediaFacts, *, partly: bool = False, **clip_fields: object
) -> Timeline:
    """Return a timeline of one clip that shows all of a file.

    Args:
        facts: of the file.
        partly: of a truncated film, show what there is; else it cannot be rendered.
        clip_fields: further fields of the clip.
    """
    video = main_picture(facts)
    width, height = shown_size(video)
    clip: dict[str, Any] = {
        "type": "clip",
        "media": {"type": "file", "path": facts.path},
        "fit": "stretch",
        **clip_fields,
    }
    if video.is_image:
        clip.setdefault("duration", _STILL_SECONDS)
    elif partly and facts.truncated:
        length = str(video.end - facts.start)
        clip["source_range"] = {"start": "0", "duration": length}
    return Timeline.model_validate(
        {
            "rate": video.rate or _DEFAULT_RATE,
            "width": width,
            "height": height,
            "tracks": [{"kind": "video", "items": [clip]}],
        }
    )


def say_truncated(facts: MediaFacts) -> str:
    """Say how much there is of a truncated film."""
    there = show_time(main_picture(facts).end - facts.start)
    promised = (
        f" of {show_time(facts.claimed_duration)}" if facts.claimed_duration else ""
    )
    return f"{facts.path} is truncated: {there}{promised} are there"


def shown_size(video: VideoFacts) -> tuple[int, int]:
    """Return the size as displayed: pixels made square, turned upright, even."""
    width = round(video.width * video.sample_aspect)
    height = video.height
    if video.rotation in {90, 270}:
        width, height = height, width
    return max(2, width // 2 * 2), max(2, height // 2 * 2)
