"""Plan one composed picture of a timeline."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import Field

from farm.errors import InvalidOption
from farm.ffmpeg.size import width_size
from farm.ffmpeg.still_output import STILL_SUFFIXES
from farm.jobs.records import OUTPUT_TASK, NewTask
from farm.jobs.status import Queue, TaskKind
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


class FrameSpec(Spec):
    """One composed picture."""

    timeline: Timeline
    output: str
    at: Seconds
    width: int | None = Field(default=None, ge=2, le=16384)


def _check(spec: FrameSpec, settings: Settings) -> None:
    """Refuse what can be seen to be wrong before the media are read."""
    suffix = Path(spec.output).suffix.lower()
    if suffix not in STILL_SUFFIXES:
        message = (
            f"a frame cannot be written to {Path(spec.output).name}; "
            f"name it *{', *'.join(STILL_SUFFIXES)}"
        )
        raise InvalidOption(message)
    if spec.at < 0:
        message = f"there is no frame at {show_time(spec.at)}"
        raise InvalidOption(message)
    check_effects(spec.timeline, settings.media_roots)


def _plan(
    spec: FrameSpec, facts: Mapping[str, MediaFacts], settings: Settings
) -> Planned:
    """Return the task that makes the picture shown at a time."""
    placed = place(spec.timeline, facts)
    composition = placed.composition
    frame = spec.at * composition.rate // 1
    if frame >= composition.frames:
        length = show_time(composition.frames / composition.rate)
        message = (
            f"there is no frame at {show_time(spec.at)}: the timeline is {length} long"
        )
        raise InvalidOption(message)
    size = width_size(composition.width, composition.height, wanted=spec.width)
    task = NewTask(
        name=OUTPUT_TASK,
        kind=TaskKind.FRAME,
        queue=Queue.CPU_INTERACTIVE,
        payload={
            "picture": PICTURE.dump_python(
                slice_picture(composition, frame, frame + 1), mode="json"
            ),
            "size": list(size),
            "suffix": Path(spec.output).suffix.lower(),
            "threads": settings.task_threads,
        },
        frames=1,
    )
    return Planned(tasks=(task,), warnings=placed.warnings)


FRAME = JobPlan(
    spec=FrameSpec,
    sources=lambda spec: spec.timeline,
    check=_check,
    plan=_plan,
    identity=lambda _spec: Identity.STAMP,
)
