"""Times of files that are counted by their timecode, as edit lists have them."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import TYPE_CHECKING

from farm.timeline.clip import Clip, FileMedia

if TYPE_CHECKING:
    from collections.abc import Mapping

    from farm.timeline.item import Item
    from farm.timeline.media import MediaFacts
    from farm.timeline.timeline import Timeline

_CODE = re.compile(r"(\d{1,2}):(\d{2}):(\d{2})([:;.])(\d{2,3})")
_DROPPED_EACH_MINUTE = Fraction(1, 15)
"""Of the frames of a second: 2 of 30, 4 of 60."""


def frames_of(code: str, rate: int) -> int | None:
    """Return how many frames a timecode counts; `None` for what is none.

    Args:
        code: ``HH:MM:SS:FF``, with ``;`` before the frames where numbers are dropped.
        rate: whole frames a second by which it counts.
    """
    found = _CODE.fullmatch(code.strip())
    if found is None or rate <= 0:
        return None
    hours, minutes, seconds, frames = (int(found[at]) for at in (1, 2, 3, 5))
    total = ((hours * 60 + minutes) * 60 + seconds) * rate + frames
    if found[4] == ":":
        return total
    whole = hours * 60 + minutes
    return total - int(rate * _DROPPED_EACH_MINUTE) * (whole - whole // 10)


def count_from_start(timeline: Timeline, facts: Mapping[str, MediaFacts]) -> Timeline:
    """Return a timeline whose times of files all count from the start of the file.

    A file without a timecode starts at 0.
    """

    def counted(item: Item) -> Item:
        if not (isinstance(item, Clip) and isinstance(item.media, FileMedia)):
            return item
        if not item.media.timecode or item.media.path not in facts:
            return item
        first = _first(facts[item.media.path], timeline.rate)
        update: dict[str, object] = {
            "media": item.media.model_copy(update={"timecode": False})
        }
        if item.source_range is not None:
            start = max(item.source_range.start - first, Fraction(0))
            update["source_range"] = item.source_range.model_copy(
                update={"start": start}
            )
        if item.freeze is not None:
            update["freeze"] = max(item.freeze - first, Fraction(0))
        return item.model_copy(update=update)

    tracks = [
        track.model_copy(update={"items": tuple(counted(each) for each in track.items)})
        for track in timeline.tracks
    ]
    return timeline.model_copy(update={"tracks": tuple(tracks)})


def _first(facts: MediaFacts, rate: Fraction) -> Fraction:
    """Return the time of a file's first frame, as the timeline counts timecodes."""
    for video in facts.video:
        counted = round(video.rate) or round(rate)
        frames = frames_of(video.timecode or "", counted)
        if frames is not None:
            return frames / (rate if counted == round(rate) else Fraction(counted))
    return Fraction(0)
