"""Timelines of OpenTimelineIO, 24 frames a second, in few words, and what is read."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import opentimelineio as otio
import pytest

from farm.errors import InvalidTimeline
from farm.timeline.clip import Clip
from farm.timeline.doors.otio import from_object
from farm.timeline.item import Gap

if TYPE_CHECKING:
    from collections.abc import Iterable

    from farm.timeline.load import Loaded
    from farm.timeline.timeline import Track

RATE = 24.0
Range = tuple[float, float]


def make_time(frames: float, rate: float = RATE) -> otio.opentime.RationalTime:
    """Return a count of frames as a time."""
    return otio.opentime.RationalTime(frames, rate)


def make_range(
    span: Range | None, rate: float = RATE
) -> otio.opentime.TimeRange | None:
    """Return start and length in frames as a range."""
    if span is None:
        return None
    start, length = span
    return otio.opentime.TimeRange(make_time(start, rate), make_time(length, rate))


def make_file(
    url: str = "/film.mp4", available: Range | None = (0, 240), *, rate: float = RATE
) -> otio.schema.ExternalReference:
    """Return a reference to a file."""
    return otio.schema.ExternalReference(url, make_range(available, rate))


def make_clip(
    name: str = "pier",
    span: Range | None = (0, 48),
    *,
    media: object = ...,
    rate: float = RATE,
    effects: Iterable[object] = (),
    enabled: bool = True,
) -> otio.schema.Clip:
    """Return a clip of the first two seconds of a film."""
    clip = otio.schema.Clip(
        name,
        make_file(rate=rate) if media is ... else media,
        make_range(span, rate),
        effects=list(effects),
    )
    clip.enabled = enabled
    return clip


def make_gap(frames: float = 24) -> otio.schema.Gap:
    """Return a gap."""
    return otio.schema.Gap(source_range=make_range((0, frames)))


def make_dissolve(
    before: float = 6, after: float = 6, kind: str = "SMPTE_Dissolve"
) -> otio.schema.Transition:
    """Return a transition with its frames on each side of the cut."""
    return otio.schema.Transition("", kind, make_time(before), make_time(after))


def make_track(
    *children: object, kind: str = "Video", span: Range | None = None, name: str = ""
) -> otio.schema.Track:
    """Return a track."""
    return otio.schema.Track(name, list(children), make_range(span), kind)


def make_stack(
    *children: object, span: Range | None = None, effects: Iterable[object] = ()
) -> otio.schema.Stack:
    """Return a stack."""
    return otio.schema.Stack(
        "nest", list(children), make_range(span), effects=list(effects)
    )


def make_timeline(*tracks: object, name: str = "edit") -> otio.schema.Timeline:
    """Return a timeline."""
    timeline = otio.schema.Timeline(name)
    timeline.tracks.extend(list(tracks))
    return timeline


def make_speed(scalar: float) -> otio.schema.LinearTimeWarp:
    """Return a change of speed."""
    return otio.schema.LinearTimeWarp("", scalar)


FOLDER = Path("/project")
SIZE = "the picture is 1920x1080 pixels, as OpenTimelineIO names none"
Row = list[tuple[str, Fraction | int, Fraction | int]]


def load(*tracks: object) -> Loaded:
    """Read a timeline of tracks."""
    return from_object(make_timeline(*tracks), folder=FOLDER)


def load_track(*children: object) -> Track:
    """Read a timeline of one video track."""
    (track,) = load(make_track(*children)).timeline.tracks
    return track


def load_clip(child: object) -> Clip:
    """Read a timeline of one clip."""
    (item,) = load_track(child).items
    assert isinstance(item, Clip)
    return item


def load_warnings(*tracks: object) -> list[str]:
    """Read a timeline of tracks, and return what is told beside its size."""
    return [warning for warning in load(*tracks).warnings if warning != SIZE]


def load_problems(*tracks: object) -> list[str]:
    """Return why a timeline of tracks cannot be read."""
    with pytest.raises(InvalidTimeline) as caught:
        load(*tracks)
    problems = caught.value.facts["problems"]
    assert isinstance(problems, list)
    return problems


def list_shown(track: Track) -> Row:
    """Return name, start in the file and length on the timeline, in frames."""
    found: Row = []
    for item in track.items:
        if isinstance(item, Gap):
            found.append(("gap", 0, item.duration * 24))
        elif isinstance(item, Clip):
            span = item.source_range
            assert span is not None
            length = item.duration or span.duration
            found.append((item.name, span.start * 24, length * 24))
    return found
