"""The entrance for projects: which form a document has, and who reads it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from farm.errors import InvalidTimeline, Problem
from farm.timeline.doors.fields import Fields
from farm.timeline.doors.lay import build
from farm.timeline.doors.notes import Notes
from farm.timeline.doors.studio.project import read_memory, read_saved, read_simple
from farm.timeline.doors.studio.resources import Resources
from farm.timeline.doors.studio.schema import read_schema
from farm.timeline.loaded import Loaded

if TYPE_CHECKING:
    from collections.abc import Mapping

    from farm.timeline.doors.catalogue import Catalogue

_OLD = (
    "it is a project of the older form, which holds media and settings but no tracks: "
    "open it in the editor and save it anew"
)


def is_project(document: Mapping[str, Any]) -> bool:
    """Whether a document is a project in one of its forms."""
    return "format" not in document and _reader(document) is not None


def from_project(
    document: Mapping[str, Any],
    *,
    folder: Path | None,
    name: str,
    catalogue: Catalogue,
) -> Loaded:
    """Read a project.

    Args:
        document: what its JSON holds.
        folder: what relative media paths start from; the current folder by default.
        name: what to call it in a message.
        catalogue: where effects are known.

    Raises:
        InvalidTimeline: with all problems, each with its place in the document.
    """
    notes = Notes()
    reader = _reader(document)
    if reader is None or reader == "old":
        raise InvalidTimeline.of([Problem(path="", message=_OLD)], name=name)
    fields = Fields(document, "", notes)
    resources = Resources(fields, catalogue)
    if reader == "schema":
        sheet, screen = read_schema(fields, resources)
    elif reader == "saved":
        sheet, screen = read_saved(fields, resources)
    elif reader == "memory":
        sheet, screen = read_memory(fields, resources)
    else:
        sheet, screen = read_simple(fields, resources)
    timeline = build(sheet, screen, notes, folder=folder or Path.cwd(), name=name)
    return Loaded(timeline=timeline, warnings=notes.told)


def _reader(document: Mapping[str, Any]) -> str | None:  # noqa: PLR0911  # of each form
    if isinstance(document.get("sequences"), dict | list):
        return "saved"
    for holder in (document, document.get("timeline"), document.get("project")):
        if isinstance(holder, dict) and (
            "sections" in holder or "globalTracks" in holder
        ):
            return "memory"
    timeline = document.get("timeline")
    if isinstance(timeline, dict) and isinstance(timeline.get("tracks"), list):
        return "simple"
    if "tracks" in document and _has_any(
        document,
        *("timeline", "style_templates", "metadata", "subtitles", "templates"),
        *("filters", "transitions", "version"),
    ):
        return "schema"
    if "tracks" in document and any(
        isinstance(track, dict) and "track_type" in track
        for track in document["tracks"]
        if isinstance(document["tracks"], list)
    ):
        return "schema"
    if _has_any(document, "mediaPool", "mediaLibrary") and "meta" in document:
        return "old"
    return None


def _has_any(document: Mapping[str, Any], *names: str) -> bool:
    return any(name in document for name in names)
