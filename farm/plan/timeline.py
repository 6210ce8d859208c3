"""What renders and frames have in common: place the timeline, and check it first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import TypeAdapter

from farm.effects.catalog import NO_REACH, find_effect_problem, find_reach
from farm.errors import InvalidTimeline, Problem
from farm.timeline.clip import Clip
from farm.timeline.slice import LONGEST_REACH, PictureSlice, SoundSlice

if TYPE_CHECKING:
    from farm.timeline.timeline import Timeline

PICTURE = TypeAdapter(PictureSlice)
SOUND = TypeAdapter(SoundSlice)


def check_effects(timeline: Timeline) -> None:
    """Raise `InvalidTimeline` with every effect that is unknown or out of range."""
    problems = [
        Problem(
            path=f"tracks[{number}].items[{at}].effects[{position}]",
            message=f"{item.label}: {problem}",
        )
        for number, track in enumerate(timeline.tracks)
        for at, item in enumerate(track.items)
        if isinstance(item, Clip)
        for position, use in enumerate(item.effects)
        if (problem := find_effect_problem(use))
    ]
    if not problems:
        problems = _far_reaching(timeline)
    if problems:
        raise InvalidTimeline.of(problems)


def _far_reaching(timeline: Timeline) -> list[Problem]:
    """Find clips whose effects together look at more frames than a segment brings."""
    found = []
    for number, track in enumerate(timeline.tracks):
        for at, item in enumerate(track.items):
            reach = find_reach(item.effects) if isinstance(item, Clip) else NO_REACH
            if max(reach.before, reach.after) > LONGEST_REACH:
                message = (
                    f"its effects look at {max(reach.before, reach.after)} frames, "
                    f"more than {LONGEST_REACH}; take some of them away"
                )
                path = f"tracks[{number}].items[{at}].effects"
                found.append(Problem(path=path, message=message))
    return found
