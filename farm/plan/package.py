"""Plan segments for players: cut alike in every size, sound once, listed at the end."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING

from farm.jobs.records import OUTPUT_TASK, NewTask
from farm.jobs.status import Queue, TaskKind
from farm.manifest.package import Package, Rung
from farm.plan.render_spec import range_frames
from farm.plan.segments import cut_segments
from farm.plan.sound import MIX_TASK, plan_sound
from farm.plan.steady import plan_steady
from farm.plan.timeline import PICTURE
from farm.timeline.slice import slice_picture

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from pydantic import JsonValue

    from farm.plan.render_spec import RenderSpec
    from farm.presets.preset import Preset
    from farm.settings import Settings
    from farm.timeline.composition import Composition
    from farm.timeline.media import MediaFacts

#: Shorter segments are played with the one before: each holds some sound, and costs a
#: player a request.
_SHORTEST_SECONDS = Fraction(1, 2)


@dataclass(frozen=True, slots=True, kw_only=True)
class RungPlan:
    """The picture in one size."""

    name: str
    size: tuple[int, int]
    preset: Preset


def plan_package(  # noqa: PLR0913  # each says another thing of it
    spec: RenderSpec,
    facts: Mapping[str, MediaFacts],
    settings: Settings,
    *,
    composition: Composition,
    rungs: Sequence[RungPlan],
    queue: Callable[[Fraction], Queue],
    hls: bool = True,
    dash: bool = False,
    grows: bool = False,
) -> tuple[NewTask, ...]:
    """Return the tasks of a package, in the order in which they are played.

    Args:
        spec: the render that it shows.
        facts: of its sources.
        settings: of the farm.
        composition: of its timeline.
        rungs: the sizes, the largest first.
        queue: where its tasks wait, by its length in seconds.
        hls: whether it has playlists of HLS.
        dash: whether it has a description of DASH.
        grows: whether it is published before all of it is there.
    """
    start, end = range_frames(spec, composition)
    cut = _cut(composition, start, end, facts, settings)
    sound = sound_tasks(spec, composition, (start, end), rungs[-1].preset, cut)
    package = Package(
        rate=composition.rate,
        frames=tuple(last - first for first, last in cut),
        rungs=tuple(
            Rung(
                name=rung.name,
                size=rung.size,
                tasks=tuple(_task_name(rung, number) for number in range(len(cut))),
            )
            for rung in rungs
        ),
        sound=MIX_TASK if sound else None,
        hls=hls,
        dash=dash,
        grows=grows,
    )
    plain = [
        _segment_task(composition, rung, number, (first, last), start, spec, settings)
        for number, (first, last) in enumerate(cut)
        for rung in rungs
    ]
    looks, segments = plan_steady(plain, settings, prefix="", use_cache=spec.use_cache)
    waits = queue((end - start) / composition.rate)
    made = [replace(task, queue=waits) for task in (*sound, *looks, *segments)]
    last = NewTask(
        name=OUTPUT_TASK,
        kind=TaskKind.PACKAGE,
        queue=Queue.CPU_INTERACTIVE,
        payload={"package": package.model_dump(mode="json")},
        needs=(*(task.name for task in (*sound[-1:], *segments)),),
        frames=1,
    )
    return (*made, last)


def _cut(
    composition: Composition,
    start: int,
    end: int,
    facts: Mapping[str, MediaFacts],
    settings: Settings,
) -> list[tuple[int, int]]:
    """Cut as a render is cut, so that its segments are found again.

    But for what players would wait long for, or ask for too often.
    """
    seconds = Fraction(settings.segment_seconds).limit_denominator(1000)
    cut = cut_segments(
        composition,
        start,
        end,
        wanted="auto",
        mean_seconds=seconds,
        key_times={
            (path, stream): times
            for path, known in facts.items()
            for stream, times in known.key_times
        },
    )
    longest = max(1, int(2 * seconds * composition.rate))
    shortest = _SHORTEST_SECONDS * composition.rate
    pieces = [piece for each in cut for piece in _part(*each, longest=longest)]
    joined: list[tuple[int, int]] = []
    for first, last in pieces:
        if joined and (
            last - first < shortest or joined[-1][1] - joined[-1][0] < shortest
        ):
            joined[-1] = joined[-1][0], last
        else:
            joined.append((first, last))
    return joined


def _part(first: int, last: int, *, longest: int) -> list[tuple[int, int]]:
    """Cut what is too long into parts of about one length."""
    count = -(-(last - first) // longest)
    ends = [first + (last - first) * number // count for number in range(count + 1)]
    return list(itertools.pairwise(ends))


def _task_name(rung: RungPlan, number: int) -> str:
    return f"{rung.name}.segment-{number:04}"


def _segment_task(  # a segment is all of these
    composition: Composition,
    rung: RungPlan,
    number: int,
    frames: tuple[int, int],
    start: int,
    spec: RenderSpec,
    settings: Settings,
) -> NewTask:
    picture = slice_picture(composition, *frames)
    return NewTask(
        name=_task_name(rung, number),
        kind=TaskKind.SEGMENT,
        queue=Queue.CPU_BATCH,
        payload={
            "picture": PICTURE.dump_python(picture, mode="json"),
            "preset": rung.preset.model_dump(mode="json"),
            "size": list(rung.size),
            "threads": settings.task_threads,
            "use_cache": spec.use_cache,
            "place": {"number": number + 1, "first": frames[0] - start},
        },
        frames=frames[1] - frames[0],
    )


def sound_tasks(
    spec: RenderSpec,
    composition: Composition,
    frames: tuple[int, int],
    preset: Preset,
    cut: Sequence[tuple[int, int]],
) -> list[NewTask]:
    """Return the tasks of the sound, which come first: nothing is played without it."""
    if not composition.has_sound:
        return []
    tasks = plan_sound(composition, *frames, preset=preset, use_cache=spec.use_cache)
    ends: JsonValue = [str((last - frames[0]) / composition.rate) for _, last in cut]
    *stems, mix = tasks
    assert isinstance(mix.payload, dict)  # noqa: S101  # of plan/sound.py
    mix = replace(mix, payload={**mix.payload, "ends": ends})
    return [replace(task, is_urgent=True) for task in (*stems, mix)]
