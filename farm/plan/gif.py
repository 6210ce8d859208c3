"""Plan a moving picture: a short range of a timeline or a film, without sound."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import Field

from farm.errors import InvalidOption
from farm.ffmpeg.gif import GIF_SUFFIXES, MOST_FPS
from farm.ffmpeg.size import width_size
from farm.jobs.records import OUTPUT_TASK, NewTask
from farm.jobs.status import Queue, TaskKind
from farm.plan.job import Identity, JobPlan, Planned, Spec
from farm.plan.timeline import PICTURE, check_effects
from farm.timeline.place import place
from farm.timeline.slice import slice_picture
from farm.timeline.time import (  # pydantic reads the annotations
    Rate,
    Seconds,
    show_time,
    to_frames,
)
from farm.timeline.timeline import Timeline  # noqa: TC001  # pydantic reads it

if TYPE_CHECKING:
    from collections.abc import Mapping

    from farm.settings import Settings
    from farm.timeline.media import MediaFacts

LONGEST_SECONDS = 300
_USUAL_FPS, _USUAL_WIDTH = Fraction(25, 2), 480
#: Longer ones wait behind renders: they would hold a place that a person waits for.
_LONGEST_INTERACTIVE_SECONDS = 15


class GifSpec(Spec):
    """A range as a moving picture."""

    timeline: Timeline
    output: str
    start: Seconds = Fraction(0)
    duration: Seconds
    fps: Rate | None = None
    width: int | None = Field(default=None, ge=2, le=4096)
    loop: int = Field(default=0, ge=0, le=65535)
    max_bytes: int | None = Field(default=None, ge=1)


def _check(spec: GifSpec, settings: Settings) -> None:
    """Refuse what can be seen to be wrong before the media are read."""
    suffix = Path(spec.output).suffix.lower()
    if suffix not in GIF_SUFFIXES:
        message = (
            f"a moving picture cannot be written to {Path(spec.output).name}; "
            f"name it *{', *'.join(GIF_SUFFIXES)}"
        )
        raise InvalidOption(message)
    if not 0 < spec.duration <= LONGEST_SECONDS:
        message = (
            f"a moving picture cannot be {show_time(spec.duration)} long; "
            f"give a duration of more than 0 and at most {LONGEST_SECONDS} s"
        )
        raise InvalidOption(message)
    if spec.start < 0:
        raise InvalidOption(f"there is no frame at {show_time(spec.start)}")
    if spec.fps is not None and spec.fps > MOST_FPS[suffix]:
        message = f"{suffix} is played with at most {MOST_FPS[suffix]} frames a second"
        raise InvalidOption(message)
    check_effects(spec.timeline, settings.media_roots)


def _plan(
    spec: GifSpec, facts: Mapping[str, MediaFacts], settings: Settings
) -> Planned:
    """Return the task that makes it."""
    placed = place(spec.timeline, facts)
    composition = placed.composition
    length = composition.frames / composition.rate
    start = to_frames(spec.start, composition.rate)
    wanted = max(start + 1, to_frames(spec.start + spec.duration, composition.rate))
    if start >= composition.frames:
        message = (
            f"there is no frame at {show_time(spec.start)}: it is "
            f"{show_time(length)} long"
        )
        raise InvalidOption(message)
    end = min(wanted, composition.frames)
    warnings = list(placed.warnings)
    if end < wanted:
        made = show_time((end - start) / composition.rate)
        warnings.append(f"the moving picture is {made} long: there it ends")
    width = spec.width or min(_USUAL_WIDTH, composition.width)
    seconds = (end - start) / composition.rate
    is_short = seconds <= _LONGEST_INTERACTIVE_SECONDS and spec.max_bytes is None
    task = NewTask(
        name=OUTPUT_TASK,
        kind=TaskKind.GIF,
        queue=Queue.CPU_INTERACTIVE if is_short else Queue.CPU_BATCH,
        payload={
            "picture": PICTURE.dump_python(
                slice_picture(composition, start, end), mode="json"
            ),
            "size": list(
                width_size(composition.width, composition.height, wanted=width)
            ),
            "fps": str(spec.fps or min(_USUAL_FPS, composition.rate)),
            "loop": spec.loop,
            "max_bytes": spec.max_bytes,
            "suffix": Path(spec.output).suffix.lower(),
            "threads": settings.task_threads,
        },
        frames=end - start,
    )
    return Planned(tasks=(task,), warnings=tuple(warnings))


GIF = JobPlan(
    spec=GifSpec,
    sources=lambda spec: spec.timeline,
    check=_check,
    plan=_plan,
    identity=lambda _spec: Identity.STAMP,
)
