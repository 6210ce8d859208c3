"""Which device makes the picture of a job: one for all of its segments.

```
wanted   a GPU that encodes it    one that decodes it          none of them
cpu      CPU                      CPU                          CPU
auto     that GPU                 where that is most work      CPU, with the reason
gpu      that GPU                 that GPU; the CPU encodes    refused, with the reason
```
What a GPU fails at later is made again by the CPU, all of it
(`farm.jobs.fallback`).
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from pydantic import TypeAdapter

from farm.errors import InvalidOption
from farm.ffmpeg.gpu import (
    GpuUse,
    coding_of,
    decodes,
    encoding_name,
    estimate_bytes,
    find_encoding_problem,
)
from farm.jobs.demands import GpuDemand
from farm.jobs.status import JobKind, Queue, TaskKind
from farm.presets.preset import Preset
from farm.timeline.media import VideoFacts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from pydantic import JsonValue

    from farm.jobs.demands import GpuOffer
    from farm.jobs.records import NewTask
    from farm.plan.job import Planned

Wanted = Literal["auto", "cpu", "gpu"]
#: Kinds of jobs that say what device they want.
KINDS = frozenset({JobKind.RENDER})
_NO_WORKER = (
    "no GPU worker is online: start one with `farm worker gpu --device 0` "
    "or `farm up --gpu all`, or let --device be auto"
)
#: A GPU that only decodes is worth the way down and up where the sources have so many
#: times the pixels of the output: then most work is decoding and scaling.
_WORTH_DECODING = 2
_USE = TypeAdapter(GpuUse)
_FACTS = TypeAdapter(VideoFacts)


def wanted_device(kind: JobKind, spec: JsonValue) -> Wanted:
    """Return which device a job wants; those that cannot say want the CPU."""
    if kind not in KINDS or not isinstance(spec, dict):
        return "cpu"
    match spec.get("device"):
        case "gpu":
            return "gpu"
        case "auto" | None:
            return "auto"
        case _:
            return "cpu"


def check_device(wanted: Wanted, preset: Preset, offers: Sequence[GpuOffer]) -> None:
    """Refuse a job that wants a GPU where it can be seen that none is for it.

    Raises:
        InvalidOption: with what to do.
    """
    if wanted != "gpu":
        return
    if not offers:
        raise InvalidOption(f"--device gpu cannot be used: {_NO_WORKER}")
    if any(offer.decoders for offer in offers):
        return  # whether they decode its sources is seen when these are known
    name = encoding_name(preset.video)
    if not any(name in offer.encoders for offer in offers):
        raise InvalidOption(
            f"--device gpu cannot be used with the preset {preset.name}: "
            f"{_why_none_encodes(name, offers)}"
        )


def place_on_gpu(
    planned: Planned, *, wanted: Wanted, offers: Sequence[GpuOffer]
) -> Planned:
    """Let a GPU make the segments of a job where it can make all of them.

    Args:
        planned: as the CPU does it.
        wanted: the device.
        offers: of the GPUs whose workers take tasks.

    Raises:
        InvalidOption: when a GPU is wanted and none can be used.
    """
    segments = [task for task in planned.tasks if task.kind is TaskKind.SEGMENT]
    if wanted == "cpu" or not segments or (wanted == "auto" and not offers):
        return planned
    try:
        found = _choose(segments, wanted, offers)
    except _NoGpuError as error:
        if wanted == "gpu":
            message = f"--device gpu cannot be used: {error}"
            raise InvalidOption(message) from error
        why = str(error)
        return _change(planned, lambda task: _stay(task, why))
    return _change(planned, lambda task: _place(task, found))


def leave_gpu(payload: JsonValue, why: str) -> JsonValue:
    """Return the payload of a segment as the CPU makes it instead, and why."""
    assert isinstance(payload, dict)  # noqa: S101  # of plan/render.py
    return {**payload, "gpu": None, "not_gpu": why}


class _NoGpuError(Exception):
    """Why no GPU makes the segments of a job."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """What is looked at of a segment."""

    preset: Preset
    size: tuple[int, int]
    films: tuple[VideoFacts, ...]
    """Each as often as it is opened."""


def _choose(
    segments: Sequence[NewTask], wanted: Wanted, offers: Sequence[GpuOffer]
) -> GpuUse:
    if not offers:
        raise _NoGpuError(_NO_WORKER)
    parts = [_part(task) for task in segments]
    if any(_payload(task).get("copied") for task in segments):
        raise _NoGpuError("parts of it are copied from its sources")
    if any(
        _payload(task).get("share") or _payload(task).get("vmaf") for task in segments
    ):
        raise _NoGpuError("its quality or size is searched for, which the CPU does")
    try:
        return _choose_encoder(parts, offers)
    except _NoGpuError:
        found = _choose_decoder(parts, offers)
        if found is None or (wanted == "auto" and not _is_worth(parts, found)):
            raise
        return found


def _choose_encoder(parts: Sequence[_Part], offers: Sequence[GpuOffer]) -> GpuUse:
    for part in parts[:1]:  # all have one preset and one size
        problem = find_encoding_problem(part.preset.video, part.size)
        if problem:
            raise _NoGpuError(problem)
    name = encoding_name(parts[0].preset.video)
    able = [offer for offer in offers if name in offer.encoders]
    if not able:
        raise _NoGpuError(_why_none_encodes(name, offers))
    return _most_of_one_model(parts, able, encode=True)


def _choose_decoder(
    parts: Sequence[_Part], offers: Sequence[GpuOffer]
) -> GpuUse | None:
    """Return the use of GPUs that only decode; ``None``: they decode nothing of it."""
    names = {coding_of(f.codec, f.bit_depth) for part in parts for f in part.films}
    able = [offer for offer in offers if names & {*offer.decoders}]
    if not able:
        return None
    use = _most_of_one_model(parts, able, encode=False)
    seen = any(decodes(use, film) for part in parts for film in part.films)
    return use if seen else None


def _most_of_one_model(
    parts: Sequence[_Part], offers: Sequence[GpuOffer], *, encode: bool
) -> GpuUse:
    """Return the model of which most GPUs have room for the largest segment."""
    models: defaultdict[tuple[str, str], list[GpuUse]] = defaultdict(list)
    needed = 0
    for offer in offers:
        use = GpuUse(
            model=offer.model,
            driver=offer.driver,
            encode=encode,
            decode=offer.decoders,
        )
        needed = max(_demand(part, use).memory_bytes for part in parts)
        has_session = not encode or offer.sessions is None or offer.sessions > 0
        if needed <= offer.memory_bytes and has_session:
            models[offer.model, offer.driver].append(use)
    if not models:
        message = (
            f"it needs about {needed // 1024**2} MiB of a GPU's memory and a session "
            "of its encoder, more than the limits of any leave"
        )
        raise _NoGpuError(message)
    uses = max(models.values(), key=len)
    # what all of them decode, should they differ in that
    common = set(uses[0].decode).intersection(*(each.decode for each in uses))
    return replace(uses[0], decode=tuple(sorted(common)))


def _is_worth(parts: Sequence[_Part], use: GpuUse) -> bool:
    """Whether a GPU that only decodes saves most of the work of most segments."""
    films = [
        film.width * film.height >= _WORTH_DECODING * part.size[0] * part.size[1]
        and decodes(use, film)
        for part in parts
        for film in part.films
    ]
    return bool(films) and 2 * sum(films) >= len(films)


def _why_none_encodes(name: str, offers: Sequence[GpuOffer]) -> str:
    reasons = [
        f"{offer.model}: {offer.why_not.get(f'encode {name}', 'it was not tried')}"
        for offer in offers
    ]
    return f"no GPU worker that is online encodes {name} ({'; '.join(_once(reasons))})"


def _once(lines: Iterable[str]) -> list[str]:
    return [*dict.fromkeys(lines)]


def _place(task: NewTask, use: GpuUse) -> NewTask:
    part = _part(task)
    if not use.encode and not any(decodes(use, film) for film in part.films):
        return _stay(task, "there is nothing in it that the GPU decodes")
    queue = {Queue.CPU_INTERACTIVE: Queue.GPU_INTERACTIVE}.get(
        task.queue, Queue.GPU_BATCH
    )
    return replace(
        task,
        queue=queue,
        demand=_demand(part, use),
        payload={**_payload(task), "gpu": _USE.dump_python(use, mode="json")},
    )


def _stay(task: NewTask, why: str) -> NewTask:
    return replace(task, payload={**_payload(task), "not_gpu": why})


def _demand(part: _Part, use: GpuUse) -> GpuDemand:
    films = [film for film in part.films if decodes(use, film)]
    names = {f"decode {coding_of(f.codec, f.bit_depth)}" for f in films}
    encode = {f"encode {encoding_name(part.preset.video)}"} if use.encode else set()
    return GpuDemand(
        model=use.model,
        driver=use.driver,
        needs=tuple(sorted(encode | names)),
        sessions=int(use.encode),
        memory_bytes=estimate_bytes(films, size=part.size, encode=use.encode),
    )


def _change(planned: Planned, change: Callable[[NewTask], NewTask]) -> Planned:
    tasks = tuple(
        change(task) if task.kind is TaskKind.SEGMENT else task
        for task in planned.tasks
    )
    return replace(planned, tasks=tasks)


def _part(task: NewTask) -> _Part:
    payload = _payload(task)
    width, height = payload["size"]
    picture: Any = payload["picture"]
    sources = [shot["source"] for layer in picture["layers"] for shot in layer["shots"]]
    return _Part(
        preset=Preset.model_validate(payload["preset"]),
        size=(width, height),
        films=tuple(
            _FACTS.validate_python(source["video"])
            for source in sources
            if source["type"] == "film"
        ),
    )


def _payload(task: NewTask) -> Mapping[str, Any]:
    assert isinstance(task.payload, dict)  # noqa: S101  # of plan/render.py
    return task.payload
