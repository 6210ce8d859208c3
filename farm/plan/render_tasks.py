"""The tasks of a render, from what was decided about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pydantic import TypeAdapter

from farm.jobs.records import OUTPUT_TASK, NewTask
from farm.jobs.status import Queue, TaskKind
from farm.plan.lay import move
from farm.plan.sound import MIX_TASK, plan_sound
from farm.plan.timeline import PICTURE
from farm.timeline.copy import CopyRange
from farm.timeline.slice import slice_picture, slice_sound

if TYPE_CHECKING:
    from pydantic import JsonValue

    from farm.plan.copy import Copies
    from farm.presets.preset import Preset
    from farm.settings import Settings
    from farm.timeline.composition import Composition
    from farm.timeline.loudness import LoudnessTarget

_COPY = TypeAdapter(CopyRange)


@dataclass(frozen=True, slots=True, kw_only=True)
class Render:
    """What was decided about a render."""

    composition: Composition
    preset: Preset
    size: tuple[int, int]
    start: int
    end: int
    segments: list[tuple[int, int, CopyRange | None]]
    copies: Copies
    suffix: str
    vmaf: float | None
    loudness: LoudnessTarget | None
    max_bytes: int | None
    use_cache: bool
    prefix: str
    subtitles: list[JsonValue]

    def segment_name(self, number: int) -> str:
        """Return the name of the task that makes a segment."""
        return f"{self.prefix}segment-{number:04}"


def segment_tasks(render: Render, settings: Settings) -> list[NewTask]:
    """Return a task for each segment of the picture."""
    preset = render.preset.model_dump(mode="json")
    return [
        NewTask(
            name=render.segment_name(number),
            kind=TaskKind.SEGMENT,
            queue=Queue.CPU_BATCH,
            payload={
                "picture": PICTURE.dump_python(
                    slice_picture(render.composition, start, end), mode="json"
                ),
                "preset": preset,
                "size": list(render.size),
                "threads": settings.task_threads,
                "use_cache": render.use_cache,
                "copied": _dump(move(copy, copy.start)) if copy else None,
                "set_number": render.copies.set_number,
                "vmaf": render.vmaf,
                "not_copied": "" if copy else render.copies.why_not(start, end),
            },
            frames=end - start,
        )
        for number, (start, end, copy) in enumerate(render.segments)
    ]


def _dump(copy: CopyRange) -> JsonValue:
    plain: JsonValue = _COPY.dump_python(copy, mode="json")
    return plain


def sound_tasks(render: Render) -> list[NewTask]:
    """Return the tasks of the sound; the last one mixes it."""
    return plan_sound(
        render.composition,
        render.start,
        render.end,
        preset=render.preset,
        use_cache=render.use_cache,
        loudness=render.loudness,
        prefix=render.prefix,
    )


def join_task(render: Render, needs: list[str]) -> NewTask:
    """Return the task that joins what the needed ones made."""
    composition = render.composition
    sound = slice_sound(composition, render.start, render.end)
    mix = f"{render.prefix}{MIX_TASK}" if composition.has_sound else None
    return NewTask(
        name=f"{render.prefix}{OUTPUT_TASK}",
        kind=TaskKind.CONCAT,
        queue=Queue.CPU_BATCH,
        payload={
            "pieces": [name for name in needs if name != mix],
            "copies": {
                render.segment_name(number): _dump(copy)
                for number, (_, _, copy) in enumerate(render.segments)
                if copy
            },
            "sound": mix,
            "rate": str(composition.rate),
            "size": list(render.size),
            "frames": render.end - render.start,
            "samples": sound.samples,
            "sample_rate": sound.sample_rate,
            "preset": render.preset.model_dump(mode="json"),
            "suffix": render.suffix,
            "subtitles": render.subtitles,
            "vmaf": render.vmaf,
            "max_bytes": render.max_bytes,
        },
        needs=tuple(needs),
        frames=max(1, (render.end - render.start) // 50),
    )
