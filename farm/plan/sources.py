"""Tasks that read the facts of sources, and what they found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import TypeAdapter

from farm.jobs.records import NewTask
from farm.jobs.status import Queue, TaskKind
from farm.timeline.check import written_duration
from farm.timeline.clip import Clip
from farm.timeline.media import MediaFacts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic import JsonValue

    from farm.plan.job import Identity
    from farm.timeline.timeline import Timeline

#: Sources that one task probes: problems of all of them are reported together.
_BATCH = 32
_FACTS = TypeAdapter(dict[str, MediaFacts])


def probe_tasks(
    what: Timeline | tuple[str, ...], *, identity: Identity
) -> tuple[NewTask, ...]:
    """Return the tasks that probe each source of a timeline once, or these files."""
    users = dict.fromkeys(what, "") if isinstance(what, tuple) else _users(what)
    used_by = list(users.items())
    batches = [used_by[at : at + _BATCH] for at in range(0, len(used_by), _BATCH)]
    return tuple(
        _task(f"probe-{number}", dict(batch), identity=identity)
        for number, batch in enumerate(batches)
    )


def read_facts(results: Mapping[str, JsonValue]) -> dict[str, MediaFacts]:
    """Gather what the probes found, by path."""
    facts: dict[str, MediaFacts] = {}
    for result in results.values():
        assert isinstance(result, dict)  # noqa: S101  # written by kinds/probe.py
        facts |= _FACTS.validate_python(result["sources"])
    return facts


def _users(timeline: Timeline) -> dict[str, str]:
    """Return what to call the first clip that uses each file."""
    users: dict[str, str] = {}
    for number, track in enumerate(timeline.tracks):
        if not track.enabled:
            continue
        for at, item in enumerate(track.items):
            if not isinstance(item, Clip):
                continue
            # Of a clip that is switched off, the length may still have to be found.
            if item.enabled or written_duration(item) is None:
                place = f"tracks[{number}].items[{at}]"
                for path in item.paths:
                    users.setdefault(path, f"{place} ({item.label})")
    return users


def _task(name: str, used_by: dict[str, str], *, identity: Identity) -> NewTask:
    sources: list[JsonValue] = [
        {"path": path, "used_by": user} for path, user in used_by.items()
    ]
    return NewTask(
        name=name,
        kind=TaskKind.PROBE,
        queue=Queue.CPU_INTERACTIVE,
        payload={"sources": sources, "identity": identity.value},
    )
