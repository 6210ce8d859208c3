"""Plan several frames: at times that are given, or that a strategy finds."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

from pydantic import Field, JsonValue

from farm.errors import InvalidOption
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

MOST_FRAMES = 10_000
_MOST_COMPOSED = 1000

Strategy = Literal["interval", "scenes", "keyframes", "subtitles", "combined"]


class FramesSpec(Spec):
    """Frames of a timeline at times, or of a film by a strategy."""

    timeline: Timeline | None = None
    at: tuple[Seconds, ...] = ()
    """Times of the `timeline`, in the order of the pictures."""
    path: str | None = None
    """The film that the `strategy` looks through."""
    strategy: Strategy | None = None
    every: Seconds = Field(default="1", validate_default=True)
    """Seconds from one frame to the next (interval), or at least so many (combined)."""
    threshold: float = Field(default=0.3, ge=0, le=1)
    """Change from frame to frame that makes a new scene."""
    offset: Seconds = Field(default="1/2", validate_default=True)
    """Seconds from the start of a subtitle, which it does not outlast."""
    cues: tuple[tuple[Seconds, Seconds], ...] | None = None
    """Start and end of each subtitle; by default those of the film itself."""
    limit: int | None = Field(default=None, ge=1, le=MOST_FRAMES)
    """At most so many, spread over all that were found."""
    scores: bool = False
    """Measure how much each frame differs from the one before."""
    output: str
    width: int | None = Field(default=None, ge=2, le=16384)
    format: str = "jpg"


def _check(spec: FramesSpec, settings: Settings) -> None:
    check_format(spec.format)
    if spec.every <= 0:
        raise InvalidOption(f"frames cannot be {show_time(spec.every)} apart")
    if spec.timeline is None:
        if spec.path is None or spec.strategy is None:
            raise InvalidOption("frames are of a film by a strategy, or at times")
        return
    if not spec.at:
        raise InvalidOption("say at which times the frames are wanted")
    if len(spec.at) > _MOST_COMPOSED:
        message = f"{len(spec.at)} times are more than {_MOST_COMPOSED}"
        raise InvalidOption(message)
    for time in spec.at:
        if time < 0:
            raise InvalidOption(f"there is no frame at {show_time(time)}")
    check_effects(spec.timeline, settings.media_roots)


def _plan(
    spec: FramesSpec, facts: Mapping[str, MediaFacts], settings: Settings
) -> Planned:
    if spec.timeline is not None:
        return _plan_times(spec, spec.timeline, facts, settings)
    film = facts[str(spec.path)]
    _check_subtitles(spec, film)
    payload = film_payload(
        film,
        settings,
        width=None,
        usual_width=spec.width,  # a smaller film is not made larger
        suffix=f".{spec.format}",
    )
    return Planned(tasks=(_task(spec, payload),), warnings=film_warnings(film, 1))


def _check_subtitles(spec: FramesSpec, film: MediaFacts) -> None:
    if spec.strategy == "subtitles" and spec.cues is None and not film.subtitles:
        message = (
            f"{Path(film.path).name} has no subtitles; give a file of them (subtitles)"
        )
        raise InvalidOption(message)


def _plan_times(
    spec: FramesSpec,
    timeline: Timeline,
    facts: Mapping[str, MediaFacts],
    settings: Settings,
) -> Planned:
    placed = place(timeline, facts)
    composition = placed.composition
    pictures: list[JsonValue] = []
    for time in spec.at:
        frame = time * composition.rate // 1
        if frame >= composition.frames:
            length = show_time(composition.frames / composition.rate)
            message = (
                f"there is no frame at {show_time(time)}: the timeline is {length} long"
            )
            raise InvalidOption(message)
        cut = slice_picture(composition, frame, frame + 1)
        pictures.append(
            {
                "time": str(frame / composition.rate),
                "picture": PICTURE.dump_python(cut, mode="json"),
            }
        )
    size = width_size(composition.width, composition.height, wanted=spec.width)
    payload: dict[str, JsonValue] = {
        "source": None,
        "start": "0",
        "end": str(composition.frames / composition.rate),
        "size": list(size),
        "suffix": f".{spec.format}",
        "threads": settings.task_threads,
        "pictures": pictures,
    }
    return Planned(tasks=(_task(spec, payload),), warnings=placed.warnings)


def _task(spec: FramesSpec, payload: dict[str, JsonValue]) -> NewTask:
    plain = spec.model_dump(mode="json")
    options = ("strategy", "every", "threshold", "offset", "cues", "limit", "scores")
    return NewTask(
        name=OUTPUT_TASK,
        kind=TaskKind.FRAMES,
        queue=Queue.CPU_INTERACTIVE,
        payload={"pictures": [], **payload, **{name: plain[name] for name in options}},
        frames=max(1, len(spec.at)),
    )


FRAMES = JobPlan(
    spec=FramesSpec,
    sources=lambda spec: spec.timeline or (str(spec.path),),
    check=_check,
    plan=_plan,
    identity=lambda _spec: Identity.STAMP,
)
