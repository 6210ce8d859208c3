"""What renders and frames have in common: place the timeline, and check it first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import TypeAdapter

from farm.effects.catalog import find_effect_problem
from farm.errors import InvalidTimeline, Problem
from farm.timeline.clip import Clip
from farm.timeline.slice import PictureSlice, SoundSlice

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
    if problems:
        raise InvalidTimeline.of(problems)
