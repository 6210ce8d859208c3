"""Read the facts of sources, unless they are known."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pydantic import TypeAdapter

from farm.cache.stamp import Stamp, read_stamp
from farm.cache.storage import checksum
from farm.errors import (
    InvalidJob,
    InvalidTimeline,
    MediaForbidden,
    Problem,
    StoreRefused,
)
from farm.ffmpeg.box import Box
from farm.ffmpeg.probe import probe_media
from farm.kinds.sources import STAMP, Sources
from farm.place import ObjectPath
from farm.timeline.media import MediaFacts

if TYPE_CHECKING:
    from pathlib import Path

    from pydantic import JsonValue

    from farm.jobs.artifacts import ArtifactIndex
    from farm.kinds.context import TaskContext

_FACTS = TypeAdapter(MediaFacts)


def probe(context: TaskContext) -> JsonValue:
    """Probe each source; report the problems of all of them together."""
    payload = context.payload
    assert isinstance(payload, dict)  # noqa: S101  # written by plan/sources.py
    identity = str(payload["identity"])
    index = None if context.store is None else context.store.index
    own = context.sources or Sources.of(context.settings)
    facts: dict[str, JsonValue] = {}
    errors: list[tuple[str, InvalidJob]] = []
    sources = payload["sources"]
    assert isinstance(sources, list)  # noqa: S101
    for source in sources:
        assert isinstance(source, dict)  # noqa: S101
        path, user = str(source["path"]), str(source["used_by"])
        try:
            facts[path] = read_source(index, path, identity=identity, sources=own)
        except InvalidJob as error:
            errors.append((user, error))
        except StoreRefused as error:
            errors.append((user, MediaForbidden(error.message, **error.facts)))
    if errors:
        raise _together(errors)
    return {"sources": facts}


def find_known(
    index: ArtifactIndex, path: str, *, identity: str, sources: Sources
) -> JsonValue:
    """Return the facts of a source that were kept; ``None`` where it must be read.

    Raises:
        MediaForbidden: when it lies outside the places that sources may lie in.
        StoreFailed, MediaMissing: when an object cannot be looked at.
    """
    place = sources.find(path)
    stamp = _stamp(place, sources)
    if stamp is None:
        return None
    recent = identity != "content"
    known = index.media_facts(str(place), stamp=stamp.text, recent=recent)
    if isinstance(known, dict) and (known.get("content") or identity != "content"):
        return {**_identify(known, stamp, identity), "path": path}
    return None


def read_source(
    index: ArtifactIndex | None, path: str, *, identity: str, sources: Sources
) -> JsonValue:
    """Return the facts of a source, as they were kept or read now.

    Raises:
        MediaForbidden: when it lies outside the places that sources may lie in.
        MediaMissing, MediaUnreadable: when it cannot be read.
        StoreFailed, InputCacheFull, DiskFull: when an object cannot be copied here.
    """
    place = sources.find(path)
    known = index and find_known(index, path, identity=identity, sources=sources)
    if known:
        return known
    before = _stamp(place, sources)
    facts = _read(place, path, identity=identity, sources=sources)
    plain: dict[str, JsonValue] = _FACTS.dump_python(facts, mode="json")
    if index is not None and before is not None and before.is_settled:
        after = _stamp(place, sources)
        if after is not None and after.text == before.text:
            index.keep_media_facts(str(place), stamp=before.text, facts=plain)
            plain = _identify(plain, before, identity)
    return {**plain, "path": path}


def _read(place: Path, path: str, *, identity: str, sources: Sources) -> MediaFacts:
    """Read a file; of an object, a copy of it."""
    box = Box.of(sources.settings)
    if isinstance(place, ObjectPath):
        copy = sources.fetch(place, named=path)
        return replace(probe_media(copy.path, box=box), content=copy.sha256)
    facts = probe_media(place, box=box)
    return replace(facts, content=checksum(place)) if identity == "content" else facts


def _stamp(place: Path, sources: Sources) -> Stamp | None:
    """Return the stamp of a file, or what tells an object from another."""
    if isinstance(place, ObjectPath):
        return Stamp(text=sources.stat(place).identity, is_settled=True)
    return read_stamp(place)


def _identify(
    facts: dict[str, JsonValue], stamp: Stamp, identity: str
) -> dict[str, JsonValue]:
    """Let the stamp stand for the content where that is enough and none is known."""
    if identity != "stamp" or facts.get("content") or not stamp.is_settled:
        return facts
    return {**facts, "content": _content(stamp)}


def stamp_of(path: Path) -> str:
    """Return what stands for a file's content; empty while it may still change."""
    stamp = read_stamp(path)
    return _content(stamp) if stamp is not None and stamp.is_settled else ""


def _content(stamp: Stamp) -> str:
    return f"{STAMP}{stamp.text}"


def _together(errors: list[tuple[str, InvalidJob]]) -> InvalidJob:
    user, first = errors[0]
    if not user:
        return first
    if len(errors) == 1:
        return type(first)(f"{user}: {first.message}", **first.facts)
    return InvalidTimeline.of(
        [Problem(path=user, message=error.message) for user, error in errors]
    )
