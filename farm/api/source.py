"""What a caller may give as a timeline: a path, a document, or an object."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from farm.api.output import absolute
from farm.effects.lookup import CATALOGUE
from farm.errors import InvalidOption
from farm.place import is_address
from farm.timeline.clip import Clip
from farm.timeline.load import SUFFIXES, Loaded, load_timeline
from farm.timeline.relink import MediaRules, relink
from farm.timeline.whole import say_truncated, timeline_of

if TYPE_CHECKING:
    from opentimelineio.schema import Timeline as OtioTimeline

    from farm.timeline.media import MediaFacts
    from farm.timeline.timeline import Timeline

Source: TypeAlias = (
    "str | os.PathLike[str] | Mapping[str, Any] | Timeline | OtioTimeline"
)
"""A path, a document of any form, or a timeline of the farm's or of OTIO."""

TIMELINE_SUFFIXES = SUFFIXES
_USUAL = MediaRules()


def media_rules(media_root: str | os.PathLike[str] | None, missing: str) -> MediaRules:
    """Return what is done about missing media; raise `InvalidOption`."""
    root = None if media_root is None else Path(media_root).absolute()
    return MediaRules(root=root, missing=missing)


def read_timeline(source: Source, media: MediaRules = _USUAL) -> Loaded:
    """Read a timeline of any form; its sources may lie in an object store.

    Media that are missing are looked for, or done without, as the rules say.

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
        loaded = load_timeline(Path(source), catalogue=CATALOGUE)
    else:
        plain = dict(source) if isinstance(source, Mapping) else source
        loaded = load_timeline(plain, catalogue=CATALOGUE)
    return relink(loaded, media)


def sources_of(timeline: Timeline) -> set[str]:
    """Return the paths of the files that a timeline uses."""
    clips = (
        item
        for track in timeline.tracks
        for item in track.items
        if isinstance(item, Clip)
    )
    return {path for clip in clips for path in clip.paths}


def is_media(source: Source) -> bool:
    """Whether it is the path of a film or a picture, and no timeline."""
    return (
        isinstance(source, str | os.PathLike)
        and absolute(source).suffix.lower() not in TIMELINE_SUFFIXES
    )


def read_timeline_or_media(
    source: Source,
    *,
    facts_of: Callable[[Path], MediaFacts],
    partly: bool = False,
    media: MediaRules = _USUAL,
) -> Loaded:
    """Read a timeline; of a film or a picture, make one that shows all of it.

    Args:
        source: either.
        facts_of: reads a media file.
        partly: of a truncated film, show what there is.
        media: what is done about missing media of a timeline.
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
    return read_timeline(source, media)
