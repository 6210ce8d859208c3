"""What a caller may give as a timeline: a path, a document, or an object."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from farm.api.output import absolute
from farm.errors import InvalidOption
from farm.place import is_address
from farm.timeline.clip import Clip, FileMedia
from farm.timeline.load import Loaded, load_timeline
from farm.timeline.whole import say_truncated, timeline_of

if TYPE_CHECKING:
    from opentimelineio.schema import Timeline as OtioTimeline

    from farm.timeline.media import MediaFacts
    from farm.timeline.timeline import Timeline

Source: TypeAlias = (
    "str | os.PathLike[str] | Mapping[str, Any] | Timeline | OtioTimeline"
)
"""A path, a ``farm-timeline/1`` document, or a timeline of the farm's or of OTIO."""

TIMELINE_SUFFIXES = (".json", ".otio")


def read_timeline(source: Source) -> Loaded:
    """Read a timeline of any form; its sources may lie in an object store.

    Raises:
        InvalidOption: when it is itself an object.
        InvalidTimeline: with all its problems.
    """
    if isinstance(source, str | os.PathLike) and is_address(source):
        raise InvalidOption(
            f"{absolute(source)} is an object: a timeline is read from a file of this "
            "machine, copy it here first"
        )
    if isinstance(source, os.PathLike):
        return load_timeline(Path(source))
    return load_timeline(dict(source) if isinstance(source, Mapping) else source)


def sources_of(timeline: Timeline) -> set[str]:
    """Return the paths of the files that a timeline uses."""
    clips = (
        item
        for track in timeline.tracks
        for item in track.items
        if isinstance(item, Clip)
    )
    return {clip.media.path for clip in clips if isinstance(clip.media, FileMedia)}


def is_media(source: Source) -> bool:
    """Whether it is the path of a film or a picture, and no timeline."""
    return (
        isinstance(source, str | os.PathLike)
        and absolute(source).suffix.lower() not in TIMELINE_SUFFIXES
    )


def read_timeline_or_media(
    source: Source, *, facts_of: Callable[[Path], MediaFacts], partly: bool = False
) -> Loaded:
    """Read a timeline; of a film or a picture, make one that shows all of it.

    Args:
        source: either.
        facts_of: reads a media file.
        partly: of a truncated film, show what there is.
    """
    if isinstance(source, str | os.PathLike):
        path = absolute(source)
        if path.suffix.lower() not in TIMELINE_SUFFIXES:
            facts = facts_of(path)
            told = say_truncated(facts) if partly and facts.truncated else None
            return Loaded(
                timeline=timeline_of(facts, partly=partly),
                warnings=(told,) if told else (),
            )
    return read_timeline(source)
