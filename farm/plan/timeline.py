"""What renders and frames have in common: place the timeline, and check it first."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import TypeAdapter

from farm.effects.catalog import EFFECTS, NO_REACH, find_effect_problem, find_reach
from farm.effects.model import File
from farm.effects.sound.catalog import find_sound_problem
from farm.errors import InvalidTimeline, Problem
from farm.timeline.clip import Clip
from farm.timeline.slice import LONGEST_REACH, PictureSlice, SoundSlice
from farm.timeline.steady import STABILISE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from farm.timeline.clip import EffectUse
    from farm.timeline.sound_effect import SoundEffectUse
    from farm.timeline.timeline import Timeline

PICTURE = TypeAdapter(PictureSlice)
SOUND = TypeAdapter(SoundSlice)


def check_effects(timeline: Timeline, roots: Sequence[Path]) -> None:
    """Raise `InvalidTimeline` with every effect that cannot be used.

    Args:
        timeline: with the effects.
        roots: folders that files of effects may lie in.
    """
    problems = [
        Problem(
            path=f"tracks[{number}].items[{at}].effects[{position}]",
            message=f"{item.label}: {problem}",
        )
        for number, track in enumerate(timeline.tracks)
        for at, item in enumerate(track.items)
        if isinstance(item, Clip)
        for position, use in enumerate(item.effects)
        if (problem := find_effect_problem(use) or find_place_problem(use, roots))
    ]
    problems += find_sound_problems(timeline)
    if not problems:
        problems = [*_far_reaching(timeline), *_steadied_twice(timeline)]
    if problems:
        raise InvalidTimeline.of(problems)


def find_place_problem(use: EffectUse, roots: Sequence[Path]) -> str | None:
    """Say which file of an effect lies where files may not lie, or `None`."""
    for name, parameter in EFFECTS[use.name].parameters.items():
        if not isinstance(parameter, File):
            continue
        path = Path(str(use.parameters[name])).resolve()
        if not any(path.is_relative_to(root.expanduser().resolve()) for root in roots):
            folders = ", ".join(str(root) for root in roots)
            return (
                f"{path} lies outside the folders that sources may lie in "
                f"(media_roots: {folders})"
            )
    return None


def find_sound_problems(timeline: Timeline) -> list[Problem]:
    """Find effects on sound that are unknown, out of range or in the wrong place."""
    uses: list[tuple[str, str, SoundEffectUse, bool]] = [
        (f"audio_effects[{at}]", "", use, False)
        for at, use in enumerate(timeline.audio_effects)
    ]
    for number, track in enumerate(timeline.tracks):
        path = f"tracks[{number}]"
        uses += [
            (f"{path}.audio_effects[{at}]", "", use, True)
            for at, use in enumerate(track.audio_effects)
        ]
        uses += [
            (
                f"{path}.items[{place}].audio_effects[{at}]",
                f"{item.label}: ",
                use,
                False,
            )
            for place, item in enumerate(track.items)
            if isinstance(item, Clip)
            for at, use in enumerate(item.audio_effects)
        ]
    problems = [
        Problem(path=path, message=f"{label}{problem}")
        for path, label, use, of_track in uses
        if (problem := find_sound_problem(use, of_track=of_track))
    ]
    return problems or _ducking_problems(timeline)


def _ducking_problems(timeline: Timeline) -> list[Problem]:
    """Find tracks that are ducked by one that is not there, or is ducked itself."""
    names = [track.name for track in timeline.tracks]
    ducked = {
        track.name
        for track in timeline.tracks
        if any(use.name == "ducking" and use.enabled for use in track.audio_effects)
    }
    problems = []
    for number, track in enumerate(timeline.tracks):
        for at, use in enumerate(track.audio_effects):
            if use.name != "ducking":
                continue
            by = str(use.parameters["by"])
            message = None
            if names.count(by) != 1:
                message = f"{names.count(by) or 'no'} tracks are named {by!r}"
            elif by in ducked:
                message = f"the track {by!r} is ducked itself"
            if message:
                path = f"tracks[{number}].audio_effects[{at}].parameters.by"
                problems.append(Problem(path=path, message=f"ducking: {message}"))
    return problems


def _steadied_twice(timeline: Timeline) -> list[Problem]:
    """Find clips whose camera is steadied more than once."""
    return [
        Problem(
            path=f"tracks[{number}].items[{at}].effects",
            message=f"{item.label}: {STABILISE!r} can be used once in a clip",
        )
        for number, track in enumerate(timeline.tracks)
        for at, item in enumerate(track.items)
        if isinstance(item, Clip)
        and sum(use.name == STABILISE and use.enabled for use in item.effects) > 1
    ]


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
