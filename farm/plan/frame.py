"""Plan one composed picture of a timeline."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from farm.errors import InvalidOption
from farm.ffmpeg.encode import STILL_SUFFIXES, width_size
from farm.jobs.records import NewTask
from farm.jobs.status import Queue, TaskKind
from farm.plan.timeline import PICTURE, check_effects
from farm.timeline.place import place
from farm.timeline.slice import slice_picture
from farm.timeline.time import show_time

if TYPE_CHECKING:
    from collections.abc import Mapping

    from farm.plan.spec import FrameSpec
    from farm.settings import Settings
    from farm.timeline.media import MediaFacts


def check_frame(spec: FrameSpec) -> None:
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
    check_effects(spec.timeline)


def plan_frame(
    spec: FrameSpec, facts: Mapping[str, MediaFacts], *, settings: Settings
) -> tuple[tuple[NewTask, ...], tuple[str, ...]]:
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
        name="output",
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
    return (task,), placed.warnings
