"""Tasks that find how cameras moved, before segments that steady them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pydantic import TypeAdapter

from farm.jobs.records import NewTask
from farm.jobs.status import Queue, TaskKind
from farm.plan.timeline import PICTURE
from farm.timeline.shaky import find_shaky
from farm.timeline.steady import ShakyFilm

if TYPE_CHECKING:
    from collections.abc import Sequence

    from farm.settings import Settings

_FILM = TypeAdapter(ShakyFilm)
#: Frames are looked at about so many times as fast as they are rendered.
_FASTER = 2


def plan_steady(
    segments: Sequence[NewTask], settings: Settings, *, prefix: str, use_cache: bool
) -> tuple[list[NewTask], list[NewTask]]:
    """Return tasks that look at clips to be steadied, and segments that wait for them.

    Args:
        segments: as they are encoded.
        settings: of the farm.
        prefix: of the names of all tasks.
        use_cache: whether what was found before is taken.
    """
    names: dict[ShakyFilm, str] = {}
    waiting = []
    for segment in segments:
        assert isinstance(segment.payload, dict)  # noqa: S101  # of plan/render_tasks.py
        if segment.payload.get("copied"):
            waiting.append(segment)
            continue
        picture = PICTURE.validate_python(segment.payload["picture"])
        needs = [
            names.setdefault(film, f"{prefix}stabilise-{len(names):04}")
            for film in find_shaky(picture)
        ]
        waiting.append(replace(segment, needs=(*segment.needs, *dict.fromkeys(needs))))
    tasks = [
        NewTask(
            name=name,
            kind=TaskKind.STABILISE,
            queue=Queue.CPU_BATCH,
            payload={
                "film": _FILM.dump_python(film, mode="json"),
                "threads": settings.task_threads,
                "use_cache": use_cache,
            },
            frames=max(1, film.frames // _FASTER),
        )
        for film, name in names.items()
    ]
    return tasks, waiting
