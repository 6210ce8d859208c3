"""Find how the camera moved in a clip, and give what was found to what shows it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter

from farm.cache.key import build_key
from farm.ffmpeg.shaky import build_shaky_command, read_motions
from farm.jobs.status import TaskKind
from farm.kinds.payload import StabilisePayload
from farm.kinds.reuse import Made, make_or_reuse
from farm.timeline.shaky import give_motions
from farm.timeline.steady import ShakyFilm

if TYPE_CHECKING:
    from pydantic import JsonValue

    from farm.kinds.context import TaskContext
    from farm.timeline.slice import PictureSlice
    from farm.timeline.steady import Motion

_FILM = TypeAdapter(ShakyFilm)


def stabilise(context: TaskContext) -> JsonValue:
    """Take the motions from the cache, or find them."""
    payload = StabilisePayload.model_validate(context.payload)
    found = _find(
        context, payload.film, threads=payload.threads, use_cache=payload.use_cache
    )
    return {**found, "motions_of": _name(payload.film)}


def steady(
    context: TaskContext, picture: PictureSlice, *, threads: int
) -> PictureSlice:
    """Return a slice with the motions of every camera that is to be steadied.

    They are those that a task before found, or those of the cache; else they are
    found now.
    """
    return give_motions(
        picture, lambda film: _read(context, _known(context, film, threads=threads))
    )


def _known(context: TaskContext, film: ShakyFilm, *, threads: int) -> dict[str, Any]:
    name = _name(film)
    for needed in context.needs.values():
        if isinstance(needed, dict) and needed.get("motions_of") == name:
            return needed
    return _find(context, film, threads=threads, use_cache=True)


def _find(
    context: TaskContext, film: ShakyFilm, *, threads: int, use_cache: bool
) -> dict[str, Any]:
    def make() -> Made:
        motions = read_motions(
            context.run(build_shaky_command(film, threads=threads)), film
        )
        target = context.scratch / "motions.json"
        target.write_text(json.dumps(motions), encoding="ascii")
        return Made(path=target)

    plain: dict[str, JsonValue] = _FILM.dump_python(film, mode="json")
    return make_or_reuse(
        context,
        plain if use_cache else None,
        make,
        sources=(film.source.path,),
        of=TaskKind.STABILISE,
    )


def _read(context: TaskContext, found: dict[str, Any]) -> tuple[Motion, ...]:
    text = context.stored(str(found["file"])).read_text(encoding="ascii")
    return tuple((x, y, turn) for x, y, turn in json.loads(text))


def _name(film: ShakyFilm) -> str:
    """Return what tells these motions from those of other clips of a job."""
    return build_key("motions", _FILM.dump_python(film, mode="json"), build="")
