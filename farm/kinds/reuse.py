"""Make a file, unless the cache has it."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from farm.cache.key import build_key
from farm.kinds.context import DAMAGED, KeyAsked, damage_warning
from farm.kinds.fonts import fonts_digest
from farm.kinds.unchanged import check_unchanged

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from pydantic import JsonValue

    from farm.jobs.status import TaskKind
    from farm.kinds.context import TaskContext


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A finished and checked file, and what is to be told of it."""

    path: Path
    facts: dict[str, JsonValue] = field(default_factory=dict)


def make_or_reuse(
    context: TaskContext,
    description: dict[str, JsonValue] | None,
    make: Callable[[], Made],
    *,
    sources: Iterable[str],
    with_fonts: bool = False,
    of: TaskKind | None = None,
) -> dict[str, JsonValue]:
    """Return the result of a task: from the cache where it has it, else made now.

    Args:
        context: of the attempt.
        description: all that what is made depends on; ``None``: keep out of the cache.
        make: makes the file in the scratch folder, and checks it.
        sources: paths of the media that it is made of.
        with_fonts: whether it may hold text.
        of: the kind of task that makes the file, if not this one.

    Raises:
        KeyAsked: where the context is asked for the key alone.
        SourceChanged: when a source was replaced while the job ran.
    """
    store, kind, key = context.store, of or context.claim.task.kind, None
    if description is not None and _is_known(description):
        key = build_key(
            kind.value,
            description,
            build=context.build,
            fonts=fonts_digest(context.settings) if with_fonts else "",
        )
    if context.only_key:
        raise KeyAsked(key)
    if store is None or key is None:
        made = make()
        return {"file": context.keep(made.path), **made.facts}
    if found := store.find(key):
        facts = _facts(found.facts)
        _warn_again(context, facts.pop("warnings", None), sources)
        return {
            **facts,
            "file": found.path,
            "artifact": key,
            "reused_from": found.job_id,
            "seconds_saved": round(found.seconds, 3),
        }
    start = time.monotonic()
    made = make()
    check_unchanged(context, description)
    seconds = time.monotonic() - start
    kept = store.keep(
        key,
        made.path,
        kind=kind,
        facts=_named(context, {**made.facts, "warnings": [*context.warnings]}),
        seconds=seconds,
    )
    return {**made.facts, "file": kept.path, "artifact": key}


def _named(context: TaskContext, facts: dict[str, JsonValue]) -> JsonValue:
    """Call sources as the job calls them: their copies here mean nothing to others."""
    return facts if context.sources is None else context.sources.name(facts)


def _warn_again(
    context: TaskContext, warnings: JsonValue, sources: Iterable[str]
) -> None:
    """Repeat what was to be told of a file, with the paths of today's sources."""
    for warning in warnings if isinstance(warnings, list) else []:
        is_of_source = str(warning).startswith(DAMAGED)
        context.warnings.append(
            damage_warning(sources) if is_of_source else str(warning)
        )


def _facts(stored: JsonValue) -> dict[str, JsonValue]:
    return dict(stored) if isinstance(stored, dict) else {}


def _is_known(value: JsonValue) -> bool:
    """Whether of each source in a description it is known what is in it."""
    if isinstance(value, dict):
        if "path" in value and not value.get("content"):
            return False
        return all(_is_known(each) for each in value.values())
    if isinstance(value, list):
        return all(_is_known(each) for each in value)
    return True
