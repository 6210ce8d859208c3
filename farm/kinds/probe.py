"""Read the facts of sources, unless they are known."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import TypeAdapter

from farm.cache.stamp import read_stamp
from farm.cache.store import checksum
from farm.errors import InvalidJob, InvalidTimeline, MediaForbidden, Problem
from farm.ffmpeg.probe import probe_media
from farm.timeline.media import MediaFacts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pydantic import JsonValue

    from farm.cache.stamp import Stamp
    from farm.jobs.artifacts import ArtifactIndex
    from farm.kinds.context import TaskContext

_FACTS = TypeAdapter(MediaFacts)


def probe(context: TaskContext) -> JsonValue:
    """Probe each source; report the problems of all of them together."""
    payload = context.payload
    assert isinstance(payload, dict)  # noqa: S101  # written by plan/sources.py
    identity = str(payload["identity"])
    index = None if context.store is None else context.store.index
    facts: dict[str, JsonValue] = {}
    errors: list[tuple[str, InvalidJob]] = []
    sources = payload["sources"]
    assert isinstance(sources, list)  # noqa: S101
    for source in sources:
        assert isinstance(source, dict)  # noqa: S101
        path, user = str(source["path"]), str(source["used_by"])
        try:
            check_allowed(Path(path), context.settings.media_roots)
            facts[path] = read_source(index, Path(path), identity=identity)
        except InvalidJob as error:
            errors.append((user, error))
    if errors:
        raise _together(errors)
    return {"sources": facts}


def find_known(index: ArtifactIndex, path: Path, *, identity: str) -> JsonValue:
    """Return the facts of a source that were kept; ``None`` where it must be read."""
    stamp = read_stamp(path)
    if stamp is None:
        return None
    recent = identity != "content"
    known = index.media_facts(str(path), stamp=stamp.text, recent=recent)
    if isinstance(known, dict) and (known.get("content") or identity != "content"):
        return _identify(known, stamp, identity)
    return None


def read_source(index: ArtifactIndex | None, path: Path, *, identity: str) -> JsonValue:
    """Return the facts of a source, as they were kept or read now."""
    if index is not None and (known := find_known(index, path, identity=identity)):
        return known
    before = read_stamp(path)
    facts = probe_media(path)
    if identity == "content":
        facts = replace(facts, content=checksum(path))
    plain: dict[str, JsonValue] = _FACTS.dump_python(facts, mode="json")
    if index is not None and before is not None and before.is_settled:
        after = read_stamp(path)
        if after is not None and after.text == before.text:
            index.keep_media_facts(str(path), stamp=before.text, facts=plain)
            return _identify(plain, before, identity)
    return plain


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
    return f"stamp:{stamp.text}"


def is_allowed(path: Path, roots: Sequence[Path]) -> bool:
    """Whether a source lies in one of the folders that sources may lie in."""
    real = path.resolve()
    return any(real.is_relative_to(root.expanduser().resolve()) for root in roots)


def check_allowed(path: Path, roots: Sequence[Path]) -> None:
    """Refuse a source outside the folders that sources may lie in."""
    if is_allowed(path, roots):
        return
    message = (
        f"{path} lies outside the folders that sources may lie in "
        f"(media_roots: {', '.join(str(root) for root in roots)})"
    )
    raise MediaForbidden(message, path=str(path))


def _together(errors: list[tuple[str, InvalidJob]]) -> InvalidJob:
    user, first = errors[0]
    if not user:
        return first
    if len(errors) == 1:
        return type(first)(f"{user}: {first.message}", **first.facts)
    return InvalidTimeline.of(
        [Problem(path=user, message=error.message) for user, error in errors]
    )
