"""The entrance for OpenTimelineIO: texts and objects in, a timeline out."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import opentimelineio as otio

from farm.errors import InvalidTimeline, Problem
from farm.timeline.document import load_document
from farm.timeline.doors.catalogue import NoCatalogue
from farm.timeline.doors.notes import Notes
from farm.timeline.doors.otio.block import Context
from farm.timeline.doors.otio.flatten import flatten
from farm.timeline.doors.otio.own import own_fields
from farm.timeline.doors.otio.size import find_size
from farm.timeline.doors.otio.text import read_objects
from farm.timeline.doors.otio.time import exact_rate, is_picture_rate
from farm.timeline.doors.otio.write import write_tracks
from farm.timeline.loaded import Loaded
from farm.timeline.timeline import FORMAT, Timeline

if TYPE_CHECKING:
    from collections.abc import Mapping

    from farm.timeline.doors.catalogue import Catalogue
    from farm.timeline.doors.otio.block import Block

_USUAL_RATE = Fraction(25)
_USUAL_SIZE = 1920, 1080
_ITEMS = (otio.schema.Stack, otio.schema.Track, otio.schema.Clip)


def from_text(
    text: str, *, folder: Path, name: str, catalogue: Catalogue | None = None
) -> Loaded:
    """Read the text of an ``.otio`` file.

    Args:
        text: OpenTimelineIO's JSON.
        folder: what relative media paths start from.
        name: what to call the file in a message.
        catalogue: where effects are known.

    Raises:
        InvalidTimeline: with all problems, each with its place in the file.
    """
    source = read_objects(text, name=name)
    return from_adapter(
        source, folder=folder, name=name, notes=Notes(), catalogue=catalogue
    )


def from_object(
    source: object, *, folder: Path | None, catalogue: Catalogue | None = None
) -> Loaded:
    """Read a timeline, a collection with one, or a stack, track or clip."""
    return from_adapter(
        source,
        folder=folder or Path.cwd(),
        name="the timeline",
        notes=Notes(),
        catalogue=catalogue,
    )


def from_adapter(
    source: Any,  # noqa: ANN401  # of OTIO
    *,
    folder: Path,
    name: str,
    notes: Notes,
    screen: Mapping[str, Any] | None = None,
    catalogue: Catalogue | None = None,
) -> Loaded:
    """Read what an adapter made of another format.

    Args:
        source: an object of OpenTimelineIO.
        folder: what relative media paths start from.
        name: what to call the file in a message.
        notes: what was found in the file already.
        screen: rate, width and height, as far as the format knows them.
        catalogue: where effects are known.
    """
    root = _find_root(source, name)
    is_timeline = isinstance(root, otio.schema.Timeline)
    if is_timeline and root.tracks is None:
        problem = Problem(path="tracks", message="there are no tracks")
        raise InvalidTimeline.of([problem], name=name)
    context = Context(
        notes=notes,
        root="tracks" if is_timeline else "children",
        catalogue=catalogue or NoCatalogue(),
    )
    block = flatten(root.tracks if is_timeline else root, context)
    notes.raise_problems(name)
    _tell_markers(root, notes)
    known = {**(screen or {}), **own_fields(root, Timeline, notes, "")}
    return _write(root, block, notes, known, folder=folder, name=name)


def _tell_markers(root: Any, notes: Notes) -> None:  # noqa: ANN401  # of OTIO
    """Say how many markers there are, which nobody sees in a film."""
    tracks = getattr(root, "tracks", root)
    items = (
        [tracks, *tracks.find_children()] if hasattr(tracks, "find_children") else []
    )
    count = sum(len(getattr(each, "markers", ())) for each in items)
    if count:
        notes.warn("", f"{count} markers are not shown")


def _write(
    root: Any,  # noqa: ANN401  # of OTIO
    block: Block,
    notes: Notes,
    known: dict[str, Any],
    *,
    folder: Path,
    name: str,
) -> Loaded:
    if "rate" not in known:
        known["rate"] = _choose_rate(root, notes)
    written = write_tracks(block, known["rate"], notes)
    if not {"width", "height"} <= known.keys():
        known["width"], known["height"] = _choose_size(root, notes)
    document = {
        "format": FORMAT,
        "name": root.name,
        **known,
        "tracks": written.tracks,
    }
    timeline = load_document(document, folder=folder, name=name, places=written.places)
    return Loaded(timeline=timeline, warnings=notes.told)


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
