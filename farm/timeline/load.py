"""The one entrance for timelines: files, dictionaries and objects of any known form."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from farm.errors import InvalidOption, InvalidTimeline, Problem
from farm.timeline.collector import without_collector
from farm.timeline.document import expand_home, load_document, parse_json, read_text
from farm.timeline.doors.catalogue import NoCatalogue
from farm.timeline.loaded import Loaded
from farm.timeline.tables import with_tables
from farm.timeline.timeline import Timeline

if TYPE_CHECKING:
    from collections.abc import Mapping

    from farm.timeline.doors.catalogue import Catalogue

__all__ = ["SUFFIXES", "Loaded", "load_timeline"]

_ADAPTED = (".edl", ".aaf", ".xml", ".xges")
_MLT = (".mlt", ".kdenlive")
_FCPXML = (".fcpxml", ".fcpxmld")
#: Ends of the names of files that are timelines and no media.
SUFFIXES = (".json", ".tls", ".otio", *_ADAPTED, *_MLT, *_FCPXML)


def load_timeline(
    source: object,
    *,
    folder: Path | None = None,
    catalogue: Catalogue | None = None,
) -> Loaded:
    """Read a timeline.

    Args:
        source: a path, a dictionary, a `Timeline` or an OpenTimelineIO object.
        folder: what relative media paths start from; a file's own folder by default.
        catalogue: where effects are known that other programs' files name; without
            one they are left out, with a warning each.

    Raises:
        InvalidTimeline: with all problems, each with its path in the document.
    """
    with without_collector():
        loaded = with_cues(
            _load(source, folder=folder, catalogue=catalogue or NoCatalogue())
        )
        return replace(
            loaded, timeline=with_tables(loaded.timeline, folder=_start(source, folder))
        )


def _start(source: object, folder: Path | None) -> Path | None:
    """Return what paths in a timeline start from."""
    if folder is None and isinstance(source, str | Path):
        return expand_home(str(source)).absolute().parent
    return folder


def with_cues(loaded: Loaded) -> Loaded:
    """Read files of subtitles: who renders needs them no more."""
    timeline, told, problems = loaded.timeline, [*loaded.warnings], []
    if all(each.path is None for each in timeline.subtitles):
        return loaded
    from farm.timeline.subtitle_files import read_cues, read_moving  # heavy

    read = []
    for number, each in enumerate(timeline.subtitles):
        if each.path is None:
            read.append(each)
            continue
        try:
            script = read_moving(each.path) if each.show == "burn" else None
            if script is not None:
                read.append(each.model_copy(update={"path": None, "script": script}))
                continue
            cues, lost = read_cues(each.path, lines=timeline.height)
        except InvalidOption as error:
            path = f"subtitles[{number}].path"
            problems.append(Problem(path=path, message=str(error)))
            continue
        told += lost
        read.append(each.model_copy(update={"path": None, "cues": cues}))
    if problems:
        raise InvalidTimeline.of(problems)
    return Loaded(
        timeline=timeline.model_copy(update={"subtitles": tuple(read)}),
        warnings=tuple(told),
    )


def _load(source: object, *, folder: Path | None, catalogue: Catalogue) -> Loaded:
    if isinstance(source, Timeline):
        document = source.model_dump(mode="json")
        return Loaded(timeline=load_document(document, folder=folder))
    if isinstance(source, dict):
        name = "the timeline"
        return _load_mapping(source, folder=folder, name=name, catalogue=catalogue)
    if isinstance(source, str | Path):
        path = expand_home(str(source))
        return _load_file(path, folder=folder, catalogue=catalogue)
    if type(source).__module__.partition(".")[0] == "opentimelineio":
        from farm.timeline.doors.otio import from_object  # heavy

        return from_object(source, folder=folder, catalogue=catalogue)
    message = f"a {type(source).__name__} is no timeline"
    raise InvalidTimeline.of([Problem(path="", message=message)])


def _load_file(path: Path, *, folder: Path | None, catalogue: Catalogue) -> Loaded:
    folder = folder or path.absolute().parent
    suffix, name = path.suffix.lower(), str(path)
    if suffix == ".otio":
        from farm.timeline.doors.otio import from_text  # heavy

        return from_text(read_text(path), folder=folder, name=name, catalogue=catalogue)
    if suffix in _ADAPTED:
        from farm.timeline.doors.adapters import from_file  # heavy

        return from_file(path, folder=folder, catalogue=catalogue)
    if suffix in _MLT:
        from farm.timeline.doors.mlt import from_mlt

        return from_mlt(path, folder=folder, catalogue=catalogue)
    if suffix in _FCPXML:
        from farm.timeline.doors.fcpxml import from_fcpxml

        return from_fcpxml(path, folder=folder, catalogue=catalogue)
    document = parse_json(read_text(path), name=name)
    return _load_mapping(document, folder=folder, name=name, catalogue=catalogue)


def _load_mapping(
    document: Mapping[str, Any],
    *,
    folder: Path | None,
    name: str,
    catalogue: Catalogue,
) -> Loaded:
    if "OTIO_SCHEMA" in document:
        from farm.timeline.doors.otio import from_text  # heavy

        text = _to_json(document, name)
        return from_text(
            text, folder=folder or Path.cwd(), name=name, catalogue=catalogue
        )
    from farm.timeline.doors.studio import from_project, is_project

    if is_project(document):
        return from_project(document, folder=folder, name=name, catalogue=catalogue)
    return Loaded(timeline=load_document(document, folder=folder, name=name))


def _to_json(document: Mapping[str, Any], name: str) -> str:
    try:
        return json.dumps(document, default=float)
    except (TypeError, ValueError, RecursionError) as error:
        problem = Problem(path="", message=f"it is not plain data: {error}")
        raise InvalidTimeline.of([problem], name=name) from error
