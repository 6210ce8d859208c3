"""Timelines: the document, its checks, and its placing on frames; pure."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import farm.timeline.load as _entrance  # the name `load` below is the function
from farm.timeline.loaded import Loaded
from farm.timeline.relink import MediaRules, relink

if TYPE_CHECKING:
    import os

__all__ = ["Loaded", "load"]


def load(
    source: object,
    *,
    folder: str | os.PathLike[str] | None = None,
    media_root: str | os.PathLike[str] | None = None,
    missing: str = "refuse",
) -> Loaded:
    """Read a timeline of any form, as every command does.

    Args:
        source: a path, a dictionary, a `Timeline` or an OpenTimelineIO object.
        folder: what relative media paths start from; a file's own folder by default.
        media_root: where media that are missing are looked for by name.
        missing: ``refuse``, or ``black`` in place of media that are nowhere.

    Raises:
        InvalidTimeline: with all problems, each with its path in the document.
    """
    from farm.effects.lookup import CATALOGUE

    loaded = _entrance.load_timeline(
        source,
        folder=None if folder is None else Path(folder),
        catalogue=CATALOGUE,
    )
    root = None if media_root is None else Path(media_root)
    return relink(loaded, MediaRules(root=root, missing=missing))
