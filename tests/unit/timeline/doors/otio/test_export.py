"""What is written as OpenTimelineIO and read back plays the same."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import opentimelineio as otio
import pytest

from farm.timeline.clip import Clip
from farm.timeline.doors.otio import from_object
from farm.timeline.doors.otio.export import to_otio
from farm.timeline.load import load_timeline

_PART = {"source_range": {"start": 1, "duration": 4}}
_RAMP = [{"time": 0, "value": 1}, {"time": 1, "value": 3}]


@pytest.mark.parametrize(
    ("fields", "effects"),
    [
        ({**_PART, "reverse": True}, [otio.schema.LinearTimeWarp]),
        ({**_PART, "reverse": True, "speed": 2}, [otio.schema.LinearTimeWarp]),
        ({"freeze": "3/2", "duration": 2}, [otio.schema.FreezeFrame]),
        ({"ramp": _RAMP, "duration": 2}, []),
    ],
)
def test_a_clip_that_does_not_play_evenly(
    fields: dict[str, Any], effects: list[type]
) -> None:
    clip = {"type": "clip", "media": {"type": "file", "path": "/film.mp4"}, **fields}
    document = {
        "format": "farm-timeline/1",
        "tracks": [{"kind": "video", "items": [clip]}],
    }
    timeline = load_timeline(document).timeline
    written = to_otio(timeline, name="edit")
    (found,) = written.tracks[0]
    back = from_object(written, folder=Path("/"))

    assert [type(effect) for effect in found.effects] == effects
    kept, again = (each.tracks[0].items[0] for each in (timeline, back.timeline))
    assert isinstance(kept, Clip)
    assert isinstance(again, Clip)
    for name in ("reverse", "freeze", "ramp", "speed"):
        assert getattr(again, name) == getattr(kept, name)
    assert back.warnings == ()
    if not fields.get("ramp"):  # its range is written, and does not matter
        assert [again.source_range] == [kept.source_range]


@pytest.mark.parametrize("kind", ["smpte", "smpte_hd", "ebu", "full"])
def test_bars_are_generators(kind: str) -> None:
    bars = {"type": "clip", "media": {"type": "bars", "kind": kind}, "duration": 2}
    document = {
        "format": "farm-timeline/1",
        "tracks": [{"kind": "video", "items": [bars]}],
    }
    timeline = load_timeline(document).timeline

    back = from_object(to_otio(timeline, name="edit"), folder=Path("/")).timeline

    assert back.tracks[0].items == timeline.tracks[0].items
