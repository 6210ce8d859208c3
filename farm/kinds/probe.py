"""Read the facts of sources."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import TypeAdapter

from farm.errors import InvalidJob, InvalidTimeline, MediaForbidden, Problem
from farm.ffmpeg.probe import probe_media
from farm.timeline.media import MediaFacts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pydantic import JsonValue

    from farm.kinds.context import TaskContext

_FACTS = TypeAdapter(MediaFacts)


def probe(context: TaskContext) -> JsonValue:
    """Probe each source; report the problems of all of them together."""
    payload = context.payload
    assert isinstance(payload, dict)  # noqa: S101  # written by plan/sources.py
    facts: dict[str, JsonValue] = {}
    errors: list[tuple[str, InvalidJob]] = []
    sources = payload["sources"]
    assert isinstance(sources, list)  # noqa: S101
    for source in sources:
        assert isinstance(source, dict)  # noqa: S101
        path, user = str(source["path"]), str(source["used_by"])
        try:
            check_allowed(Path(path), context.settings.media_roots)
            facts[path] = _FACTS.dump_python(probe_media(Path(path)), mode="json")
        except InvalidJob as error:
            errors.append((user, error))
    if errors:
        raise _together(errors)
    return {"sources": facts}


def check_allowed(path: Path, roots: Sequence[Path]) -> None:
    """Refuse a source outside the folders that sources may lie in."""
    real = path.resolve()
    if any(real.is_relative_to(root.expanduser().resolve()) for root in roots):
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
