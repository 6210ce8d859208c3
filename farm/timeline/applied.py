"""Timelines that show what an effect or a transition does to media."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from farm.errors import InvalidOption
from farm.timeline.time import show_time
from farm.timeline.timeline import Timeline
from farm.timeline.whole import main_picture, shown_size, timeline_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from farm.timeline.clip import EffectUse
    from farm.timeline.media import MediaFacts

#: What is shown of each side beside the transition itself.
_AROUND = Fraction(1, 2)


def effect_timeline(facts: MediaFacts, uses: Sequence[EffectUse]) -> Timeline:
    """Return a timeline that shows all of a file with effects."""
    effects = [use.model_dump(mode="json") for use in uses]
    return timeline_of(facts, partly=True, effects=effects)


def transition_timeline(
    before: MediaFacts,
    after: MediaFacts,
    *,
    kind: str,
    seconds: Fraction,
    cut: Fraction | None,
    into: Fraction | None,
) -> tuple[Timeline, Fraction]:
    """Return a timeline of a transition from one file to another, and its middle.

    Args:
        before: what leaves.
        after: what comes; it is fitted into the picture of the other.
        kind: of the transition.
        seconds: length of it.
        cut: time of `before` at which the middle lies; by default as late as it can.
        into: time of `after` that is shown there; by default as early as it can.
    """
    half = seconds / 2
    length_before, length_after = _length(before), _length(after)
    cut = length_before - half if cut is None else cut
    into = half if into is None else into
    _check_room(before, cut, half, length_before)
    _check_room(after, into, half, length_after)
    lead = min(_AROUND + half, cut)
    tail = min(_AROUND + half, length_after - into)
    video = main_picture(before)
    width, height = shown_size(video)
    rate = video.rate or main_picture(after).rate or Fraction(25)
    items: list[dict[str, Any]] = [
        _clip(before, start=cut - lead, length=lead),
        {"type": "transition", "kind": kind, "duration": str(seconds)},
        _clip(after, start=into, length=tail),
    ]
    timeline = Timeline.model_validate(
        {
            "rate": rate,
            "width": width,
            "height": height,
            "tracks": [{"kind": "video", "items": items}],
        }
    )
    return timeline, lead


def _length(facts: MediaFacts) -> Fraction:
    video = main_picture(facts)
    if video.is_image:
        return Fraction(3600)
    return video.end - facts.start


def _clip(facts: MediaFacts, *, start: Fraction, length: Fraction) -> dict[str, Any]:
    clip: dict[str, Any] = {
        "type": "clip",
        "media": {"type": "file", "path": facts.path},
    }
    if main_picture(facts).is_image:
        return {**clip, "duration": str(length)}
    return {**clip, "source_range": {"start": str(start), "duration": str(length)}}


def _check_room(
    facts: MediaFacts, time: Fraction, half: Fraction, length: Fraction
) -> None:
    if half <= time <= length - half:
        return
    message = f"{facts.path} is {show_time(length)} long: "
    if length < 2 * half:
        message += f"too short for a transition of {show_time(2 * half)}"
    else:
        message += f"it has no {show_time(half)} on each side of {show_time(time)}"
    raise InvalidOption(message)
