"""Plan a storyboard: one task that makes all pictures of it, and the sheets."""

from __future__ import annotations

from fractions import Fraction
from math import ceil
from typing import TYPE_CHECKING

from pydantic import Field, JsonValue

from farm.errors import InvalidOption
from farm.ffmpeg.sheet import LONGEST_SIDE
from farm.ffmpeg.size import width_size
from farm.jobs.records import OUTPUT_TASK, NewTask
from farm.jobs.status import Queue, TaskKind
from farm.plan.film import check_format, film_payload, film_warnings
from farm.plan.job import Identity, JobPlan, Planned, Spec
from farm.plan.timeline import PICTURE, check_effects
from farm.timeline.place import place
from farm.timeline.slice import slice_picture
from farm.timeline.time import Seconds, show_time  # pydantic reads the annotations
from farm.timeline.timeline import Timeline  # noqa: TC001  # pydantic reads it

if TYPE_CHECKING:
    from collections.abc import Mapping

    from farm.settings import Settings
    from farm.timeline.media import MediaFacts

USUAL_COUNT = 100
USUAL_COLUMNS = 10
USUAL_WIDTH = 160
_MOST = 10_000
#: Pictures of a timeline, which are composed one by one.
_MOST_COMPOSED = 1000


class StoryboardSpec(Spec):
    """Pictures of a film or timeline on sheets, with the times they stand for."""

    path: str | None = None
    timeline: Timeline | None = None
    """What is asked for, where it is no `path` of a film."""
    output: str
    count: int | None = Field(default=None, ge=1, le=_MOST)
    every: Seconds | None = None
    columns: int = Field(default=USUAL_COLUMNS, ge=1, le=1000)
    width: int | None = Field(default=None, ge=2, le=4096)
    format: str = "jpg"
    exact: bool = False
    stills: bool = False
    strip: bool = False


def _check(spec: StoryboardSpec, settings: Settings) -> None:
    check_format(spec.format)
    if spec.count is not None and spec.every is not None:
        raise InvalidOption("a storyboard has a count or a distance (every), not both")
    if spec.every is not None and spec.every <= 0:
        message = f"pictures cannot be {show_time(spec.every)} apart"
        raise InvalidOption(message)
    if (spec.path is None) == (spec.timeline is None):
        raise InvalidOption("a storyboard is of a film or of a timeline")
    if spec.timeline is not None:
        check_effects(spec.timeline, settings.media_roots)


def _plan(
    spec: StoryboardSpec, facts: Mapping[str, MediaFacts], settings: Settings
) -> Planned:
    if spec.timeline is not None:
        return _plan_timeline(spec, spec.timeline, facts, settings)
    film = facts[str(spec.path)]
    payload = film_payload(
        film,
        settings,
        width=spec.width,
        usual_width=USUAL_WIDTH,
        suffix=f".{spec.format}",
    )
    start, end = Fraction(str(payload["start"])), Fraction(str(payload["end"]))
    count = _count(spec, end - start, usual=USUAL_COUNT)
    warnings = film_warnings(film, count)
    return Planned(
        tasks=(_task(spec, {**payload, "pictures": []}, end - start, count),),
        warnings=warnings,
    )


def _plan_timeline(
    spec: StoryboardSpec,
    timeline: Timeline,
    facts: Mapping[str, MediaFacts],
    settings: Settings,
) -> Planned:
    placed = place(timeline, facts)
    composition = placed.composition
    length = composition.frames / composition.rate
    count = min(_count(spec, length, usual=min(USUAL_COUNT, composition.frames)), _MOST)
    if count > _MOST_COMPOSED:
        message = f"a storyboard of a timeline has at most {_MOST_COMPOSED} pictures"
        raise InvalidOption(message)
    step = spec.every or length / count
    pictures: list[JsonValue] = []
    for number in range(count):
        middle = (number + Fraction(1, 2)) * step
        frame = min(composition.frames - 1, middle * composition.rate // 1)
        cut = slice_picture(composition, frame, frame + 1)
        pictures.append(
            {
                "time": str(frame / composition.rate),
                "picture": PICTURE.dump_python(cut, mode="json"),
            }
        )
    width = spec.width or min(USUAL_WIDTH, composition.width)
    payload: dict[str, JsonValue] = {
        "source": None,
        "start": "0",
        "end": str(length),
        "size": list(width_size(composition.width, composition.height, wanted=width)),
        "suffix": f".{spec.format}",
        "threads": settings.task_threads,
        "pictures": pictures,
    }
    return Planned(
        tasks=(_task(spec, payload, length, count),), warnings=placed.warnings
    )


def _count(spec: StoryboardSpec, length: Fraction, *, usual: int) -> int:
    if spec.every is None:
        return spec.count or usual
    count = max(1, ceil(length / spec.every))
    if count > _MOST:
        message = (
            f"a picture every {show_time(spec.every)} makes {count} of them, "
            f"more than {_MOST}"
        )
        raise InvalidOption(message)
    return count


def _task(
    spec: StoryboardSpec, payload: dict[str, JsonValue], length: Fraction, count: int
) -> NewTask:
    size = payload["size"]
    assert isinstance(size, list)  # noqa: S101  # as it was written above
    width = int(str(size[0]))
    columns = min(spec.columns, count)
    _check_side(columns * width, f"{columns} columns")
    if spec.strip:
        _check_side(count * width, f"a strip of {count} pictures")
    return NewTask(
        name=OUTPUT_TASK,
        kind=TaskKind.STORYBOARD,
        queue=Queue.CPU_INTERACTIVE,
        payload={
            **payload,
            "count": count,
            "step": str(spec.every or length / count),
            "columns": columns,
            "exact": spec.exact,
            "stills": spec.stills,
            "strip": spec.strip,
        },
        frames=count,
    )


def _check_side(pixels: int, what: str) -> None:
    if pixels > LONGEST_SIDE:
        message = (
            f"{what} would be {pixels} pixels wide, more than {LONGEST_SIDE}; "
            "ask for fewer or smaller pictures"
        )
        raise InvalidOption(message)


STORYBOARD = JobPlan(
    spec=StoryboardSpec,
    sources=lambda spec: spec.timeline or (str(spec.path),),
    check=_check,
    plan=_plan,
    identity=lambda _spec: Identity.STAMP,
)
