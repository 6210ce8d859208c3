"""Read a timeline document, and report all of its problems at once."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from farm.errors import InvalidTimeline, Problem
from farm.place import has_drive, is_address
from farm.timeline.check import find_problems
from farm.timeline.clip import Clip
from farm.timeline.explain import explain
from farm.timeline.time import show_value
from farm.timeline.timeline import FORMAT, Timeline

if TYPE_CHECKING:
    from collections.abc import Mapping

_ITEM = re.compile(r"tracks\[\d+\]\.items\[\d+\]")
_LARGEST_BYTES = 256 * 1024 * 1024


def parse_json(text: str, *, name: str) -> dict[str, Any]:
    """Read a JSON object with exact decimals; raise `InvalidTimeline`."""
    try:
        document = json.loads(
            text,
            parse_float=Decimal,
            parse_constant=_refuse_constant,
            object_pairs_hook=_refuse_doubles,
        )
    except ValueError as error:
        problem = Problem(path="", message=f"it is not valid JSON: {error}")
        raise InvalidTimeline.of([problem], name=name) from error
    except RecursionError as error:
        problem = Problem(path="", message="its JSON is nested too deep")
        raise InvalidTimeline.of([problem], name=name) from error
    if not isinstance(document, dict):
        problem = Problem(path="", message="it should be a JSON object")
        raise InvalidTimeline.of([problem], name=name)
    return document


def read_text(path: Path) -> str:
    """Read a document's text; raise `InvalidTimeline` that says why not."""
    try:
        return read_bytes(path).decode("utf-8-sig")
    except UnicodeDecodeError:
        problem = Problem(path="", message="it is not text; is it a media file?")
    raise InvalidTimeline.of([problem], name=str(path))


def read_bytes(path: Path) -> bytes:
    """Read a document; raise `InvalidTimeline` that says why not."""
    try:
        if path.stat().st_size > _LARGEST_BYTES:
            reason = "it is larger than 256 MB; is it a timeline?"
        elif path.stat().st_size == 0:
            reason = "the file is empty"
        else:
            return path.read_bytes()
    except FileNotFoundError:
        reason = "there is no such file"
    except OSError as error:
        reason = f"it cannot be read: {error.strerror or error}"
    except ValueError:  # NUL in the path
        reason = "it is no file path"
    problem = Problem(path="", message=reason)
    raise InvalidTimeline.of([problem], name=str(path))


def load_document(
    document: Mapping[str, Any],
    *,
    folder: Path | None,
    name: str = "the timeline",
    places: Mapping[str, str] | None = None,
) -> Timeline:
    """Turn a document into a timeline whose media paths are absolute.

    Args:
        document: what the JSON holds.
        folder: what relative paths start from; the current folder by default.
        name: what to call the document in a message.
        places: where items stand in the file that the document was made from.

    Raises:
        InvalidTimeline: with all problems, each with its path in the document.
    """
    if "format" not in document:
        message = f"is missing; a timeline of the farm says {FORMAT!r}"
        raise InvalidTimeline.of([Problem(path="format", message=message)], name=name)
    if document["format"] != FORMAT:
        message = f"should be {FORMAT!r}, is {show_value(document['format'])}"
        raise InvalidTimeline.of([Problem(path="format", message=message)], name=name)
    fields = {key: each for key, each in document.items() if key != "$schema"}
    try:
        timeline = Timeline.model_validate(fields)
    except ValidationError as error:
        problems = _at_places(explain(error, document), places or {})
        raise InvalidTimeline.of(problems, name=name) from error
    if problems := _at_places(find_problems(timeline), places or {}):
        raise InvalidTimeline.of(problems, name=name)
    return _with_absolute_paths(timeline, folder or Path.cwd())


def expand_home(path: str) -> Path:
    """Return a path whose leading ``~/`` is the home folder; any other ``~`` stays."""
    return Path(path).expanduser() if path.startswith("~/") else Path(path)


def _refuse_constant(constant: str) -> None:
    message = f"{constant} is no number"
    raise ValueError(message)


def _refuse_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Build an object; of two values under one name, one would be lost in silence."""
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        double = next(name for name in names if names.count(name) > 1)
        message = f"{show_value(double)} stands twice in one object"
        raise ValueError(message)
    return found


def _at_places(problems: list[Problem], places: Mapping[str, str]) -> list[Problem]:
    """Name the places of another file where there are such."""

    def moved(problem: Problem) -> Problem:
        item = _ITEM.match(problem.path)
        place = places.get(item[0]) if item else None
        if item is None or place is None:
            return problem
        return replace(problem, path=place + problem.path[item.end() :])

    return [moved(problem) for problem in problems]


def _with_absolute_paths(timeline: Timeline, folder: Path) -> Timeline:
    def absolute(item: object) -> object:
        if not isinstance(item, Clip) or not item.paths:
            return item
        return item.with_paths({path: whole(path) for path in item.paths})

    def whole(path: str) -> str:
        if is_address(path) or has_drive(path):
            return path  # it lies elsewhere, wherever the document is
        return str((folder / expand_home(path)).absolute())

    tracks = tuple(
        track.model_copy(update={"items": tuple(absolute(i) for i in track.items)})
        for track in timeline.tracks
    )
    subtitles = tuple(
        each.model_copy(
            update={"path": str((folder / expand_home(each.path)).absolute())}
        )
        if each.path is not None and not is_address(each.path)
        else each
        for each in timeline.subtitles
    )
    return timeline.model_copy(update={"tracks": tracks, "subtitles": subtitles})
