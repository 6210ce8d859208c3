"""Short ways to read a text as a file of some form, and to say what it shows."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from farm.effects.lookup import CATALOGUE
from farm.errors import InvalidTimeline
from farm.timeline.check import lay_out, written_duration
from farm.timeline.clip import Clip
from farm.timeline.item import Transition
from farm.timeline.load import Loaded, load_timeline

if TYPE_CHECKING:
    from pathlib import Path

    from farm.timeline.timeline import Timeline


def read(folder: Path, name: str, content: str | bytes | dict[str, Any]) -> Loaded:
    """Return the timeline that a file holds."""
    file = folder / name
    if isinstance(content, dict):
        content = json.dumps(content)
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return load_timeline(file, catalogue=CATALOGUE)


def problems_of(
    folder: Path, name: str, content: str | bytes | dict[str, Any]
) -> list[str]:
    """Return all that is wrong with a file that must be refused."""
    with pytest.raises(InvalidTimeline) as caught:
        read(folder, name, content)
    assert "\n" not in caught.value.message
    problems = caught.value.facts["problems"]
    assert isinstance(problems, list)
    return problems


def shown(timeline: Timeline) -> list[list[tuple[Any, ...]]]:
    """Return of each track the clips with first and last time, and transitions."""
    rows = []
    for track in timeline.tracks:
        laid = {
            each.number: each
            for each in lay_out(track, "", timeline.rate, written_duration)
        }
        row: list[tuple[Any, ...]] = []
        for number, item in enumerate(track.items):
            if isinstance(item, Clip):
                start, end = laid[number].start, laid[number].end
                assert start is not None
                assert end is not None
                row.append((item.name, float(start), float(end)))
            elif isinstance(item, Transition):
                before, after = item.in_offset, item.out_offset
                row.append((item.kind, float(before or 0), float(after or 0)))
        rows.append(row)
    return rows


def first_clip(loaded: Loaded, track: int = 0) -> Clip:
    """Return the first clip of a track."""
    return next(
        item for item in loaded.timeline.tracks[track].items if isinstance(item, Clip)
    )


def values(*each: object) -> tuple[object, ...]:
    """Return what is compared together: exact times are equal to plain numbers."""
    return each
