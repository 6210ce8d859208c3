"""The entrance for OpenTimelineIO: texts and objects in, a timeline out."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import opentimelineio as otio

from farm.errors import InvalidTimeline, Problem
from farm.timeline.document import load_document
from farm.timeline.doors.otio.block import Context
from farm.timeline.doors.otio.flatten import flatten
from farm.timeline.doors.otio.notes import Notes
from farm.timeline.doors.otio.size import find_size
from farm.timeline.doors.otio.text import read_objects
from farm.timeline.doors.otio.time import exact_rate, is_picture_rate
from farm.timeline.doors.otio.write import write_tracks
from farm.timeline.load import Loaded
from farm.timeline.timeline import FORMAT

if TYPE_CHECKING:
    from farm.timeline.doors.otio.block import Block

_USUAL_RATE = Fraction(25)
_USUAL_SIZE = 1920, 1080
_ITEMS = (otio.schema.Stack, otio.schema.Track, otio.schema.Clip)


def from_text(text: str, *, folder: Path, name: str) -> Loaded:
    """Read the text of an ``.otio`` file.

    Args:
        text: OpenTimelineIO's JSON.
        folder: what relative media paths start from.
        name: what to call the file in a message.

    Raises:
        InvalidTimeline: with all problems, each with its place in the file.
    """
    return _load(read_objects(text, name=name), folder=folder, name=name)


def from_object(source: object, *, folder: Path | None) -> Loaded:
    """Read a timeline, a collection with one, or a stack, track or clip."""
    return _load(source, folder=folder or Path.cwd(), name="the timeline")


def _load(source: Any, *, folder: Path, name: str) -> Loaded:  # noqa: ANN401  # of OTIO
    root = _find_root(source, name)
    notes = Notes()
    is_timeline = isinstance(root, otio.schema.Timeline)
    if is_timeline and root.tracks is None:
        problem = Problem(path="tracks", message="there are no tracks")
        raise InvalidTimeline.of([problem], name=name)
    context = Context(notes=notes, root="tracks" if is_timeline else "children")
    block = flatten(root.tracks if is_timeline else root, context)
    if notes.problems:
        raise InvalidTimeline.of(notes.problems, name=name)
    return _write(root, block, notes, folder=folder, name=name)


def _write(
    root: Any,  # noqa: ANN401  # of OTIO
    block: Block,
    notes: Notes,
    *,
    folder: Path,
    name: str,
) -> Loaded:
    written = write_tracks(block, notes)
    rate = _choose_rate(root, notes)
    width, height = _choose_size(root, notes)
    document = {
        "format": FORMAT,
        "name": root.name,
        "rate": rate,
        "width": width,
        "height": height,
        "tracks": written.tracks,
    }
    timeline = load_document(document, folder=folder, name=name, places=written.places)
    return Loaded(timeline=timeline, warnings=tuple(dict.fromkeys(notes.warnings)))


def _find_root(source: Any, name: str) -> Any:  # noqa: ANN401  # of OTIO
    """Return the one timeline that a file holds."""
    if isinstance(source, (otio.schema.Timeline, *_ITEMS)):
        return source
    found: list[Any] = []
    if isinstance(source, otio.schema.SerializableCollection):
        found = _held(source)
        if len(found) == 1:
            return found[0]
    what = source.schema_name() if hasattr(source, "schema_name") else None
    what = what or type(source).__name__
    message = f"it is no timeline but a {what}"
    if found:
        names = ", ".join(repr(each.name) for each in found[:10])
        message = f"it holds {len(found)} timelines ({names}): save one of them"
    raise InvalidTimeline.of([Problem(path="", message=message)], name=name)


def _held(collection: otio.schema.SerializableCollection) -> list[Any]:
    """Return the timelines in a collection, else its stacks, tracks and clips."""
    waiting, timelines, items = [collection], [], []
    while waiting:
        for each in waiting.pop():
            if isinstance(each, otio.schema.SerializableCollection):
                waiting.append(each)
            elif isinstance(each, otio.schema.Timeline):
                timelines.append(each)
            elif isinstance(each, _ITEMS):
                items.append(each)
    return timelines or items


def _choose_rate(root: Any, notes: Notes) -> Fraction:  # noqa: ANN401  # of OTIO
    rates = notes.picture_rates[:1]
    start = getattr(root, "global_start_time", None)
    if start is not None:
        rates += [rate for rate in [exact_rate(start.rate)] if rate]
    rates += notes.other_rates
    for rate in rates:
        if is_picture_rate(rate):
            return rate
    notes.warn("", f"no frame rate is named: {_USUAL_RATE} is taken")
    return _USUAL_RATE


def _choose_size(root: Any, notes: Notes) -> tuple[int, int]:  # noqa: ANN401  # of OTIO
    tracks = getattr(root, "tracks", None)
    metadata = [each.metadata for each in (root, tracks) if each is not None]
    found = find_size(*metadata)
    width, height = found or _USUAL_SIZE
    why = "as its metadata say" if found else "as OpenTimelineIO names none"
    notes.warn("", f"the picture is {width}x{height} pixels, {why}")
    return width, height
