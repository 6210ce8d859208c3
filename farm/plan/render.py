"""Plan a render: segments of the picture, the sound, and their join."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, TypeAlias

from pydantic import Field, TypeAdapter

from farm.errors import InvalidOption
from farm.ffmpeg.encode import make_canvas, output_size, width_size
from farm.jobs.records import OUTPUT_TASK, NewTask
from farm.jobs.status import Queue, TaskKind
from farm.plan.copy import Copies, find_copies
from farm.plan.job import Identity, JobPlan, Planned, Spec
from farm.plan.lay import lay_copies, move
from farm.plan.light import tell_light
from farm.plan.quality import check_crf, check_vmaf
from farm.plan.segments import cut_segments
from farm.plan.size import Sized, fit_sound, plan_shares
from farm.plan.sound import MIX_TASK, plan_sound
from farm.plan.subtitles import check_subtitles, subtitle_streams
from farm.plan.timeline import PICTURE, check_effects
from farm.presets.catalog import find_preset
from farm.timeline.copy import CopyRange
from farm.timeline.loudness import LoudnessTarget  # noqa: TC001  # pydantic reads it
from farm.timeline.place import place
from farm.timeline.slice import slice_picture, slice_sound
from farm.timeline.time import (  # pydantic reads the annotations
    Seconds,
    show_time,
    to_frames,
)
from farm.timeline.timeline import Timeline  # noqa: TC001  # pydantic reads it

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pydantic import JsonValue

    from farm.presets.preset import Preset
    from farm.settings import Settings
    from farm.timeline.composition import Composition
    from farm.timeline.media import MediaFacts

_COPY = TypeAdapter(CopyRange)
#: Mean VMAF of each segment.
Vmaf: TypeAlias = Annotated[float, Field(ge=1, le=100, allow_inf_nan=False)]
#: What is taken where no preset is named, by the suffix of the output.
_USUAL_PRESETS = {".webm": "vp9-1080p"}
_USUAL_PRESET = "source"


class RenderSpec(Spec):
    """A whole timeline, or a range of it, as one file."""

    timeline: Timeline
    output: str
    preset: str | None = None
    range: tuple[Seconds, Seconds] | None = None
    device: Literal["auto", "cpu", "gpu"] = "auto"
    segments: Literal["auto", "off"] | Seconds = "auto"
    smart: Literal["auto", "off"] = "auto"
    vmaf: Vmaf | None = None
    loudness: LoudnessTarget | None = None
    max_bytes: int | None = Field(default=None, ge=1)
    use_cache: bool = True


def check_render(spec: RenderSpec, settings: Settings) -> None:
    """Refuse what can be seen to be wrong before the media are read."""
    preset = choose_preset(spec, settings)
    if spec.vmaf is not None:
        check_vmaf(preset, settings)
    if spec.max_bytes is not None:
        check_crf(preset, "--max-bytes")
    if spec.max_bytes is not None and spec.vmaf is not None:
        message = "--vmaf and --max-bytes each say how good it is; give one of them"
        raise InvalidOption(message)
    if spec.device == "gpu" and (spec.vmaf is not None or spec.max_bytes is not None):
        option = "--max-bytes" if spec.vmaf is None else "--vmaf"
        message = (
            f"{option} cannot be used with --device gpu: the CPU searches for quality "
            "and size; give one of them up"
        )
        raise InvalidOption(message)
    check_subtitles(spec.timeline, spec.output)
    if spec.range is not None and spec.range[0] >= spec.range[1]:
        start, end = (show_time(time) for time in spec.range)
        message = f"the range {start} to {end} is empty"
        raise InvalidOption(message)
    if spec.range is not None and spec.range[0] < 0:
        message = f"the range starts before the timeline, at {show_time(spec.range[0])}"
        raise InvalidOption(message)
    if isinstance(spec.segments, Fraction) and spec.segments <= 0:
        message = f"segments cannot be {show_time(spec.segments)} long"
        raise InvalidOption(message)
    check_effects(spec.timeline, settings.media_roots)


def choose_preset(spec: RenderSpec, settings: Settings) -> Preset:
    """Return the preset that was asked for, or the usual one of the output's suffix."""
    suffix = Path(spec.output).suffix.lower()
    name = spec.preset or _USUAL_PRESETS.get(suffix, _USUAL_PRESET)
    preset = find_preset(name, settings.preset_folders)
    if suffix not in preset.containers:
        message = (
            f"the preset {name} cannot be written to "
            f"{f'a {suffix} file' if suffix else 'a file without a suffix'}; "
            f"name the output *{' or *'.join(preset.containers)}"
        )
        raise InvalidOption(message, preset=name)
    return preset


@dataclass(frozen=True, slots=True, kw_only=True)
class _Render:
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


def plan_render(
    spec: RenderSpec,
    facts: Mapping[str, MediaFacts],
    settings: Settings,
    *,
    prefix: str = "",
    width: int | None = None,
    queue: Callable[[Fraction], Queue] = lambda _seconds: Queue.CPU_BATCH,
) -> Planned:
    """Return the tasks of a render and what the user should know.

    Args:
        spec: what is rendered.
        facts: of its sources.
        settings: of the farm.
        prefix: of the names of all tasks; the last one makes the file.
        width: of the output in pixels; ``None``: as the preset has it.
        queue: where its tasks wait, by the length of the output in seconds.
    """
    placed = place(spec.timeline, facts)
    composition = placed.composition
    preset = choose_preset(spec, settings)
    start, end = range_frames(spec, composition)
    lit = tell_light(preset, composition, start, end)
    preset = lit.preset
    sized = Sized(preset=preset)
    if spec.max_bytes is not None:
        sized = fit_sound(
            preset,
            max_bytes=spec.max_bytes,
            seconds=(end - start) / composition.rate,
            frames=end - start,
            has_sound=composition.has_sound,
        )
        preset = sized.preset
    size = (
        width_size(composition.width, composition.height, wanted=width)
        if width
        else output_size(composition.width, composition.height, lines=preset.lines)
    )
    mean_seconds = Fraction(settings.segment_seconds).limit_denominator(1000)
    copies = _find_copies(spec, composition, (start, end), preset, size, facts)
    cut = cut_segments(
        composition,
        start,
        end,
        wanted=spec.segments,
        mean_seconds=mean_seconds,
        key_times={
            (path, stream): times
            for path, known in facts.items()
            for stream, times in known.key_times
        },
    )
    render = _Render(
        composition=composition,
        preset=preset,
        size=size,
        start=start,
        end=end,
        segments=lay_copies(
            cut,
            copies.ranges,
            least=round(mean_seconds * composition.rate / 2),
        ),
        copies=copies,
        suffix=Path(spec.output).suffix.lower(),
        vmaf=spec.vmaf,
        loudness=spec.loudness,
        max_bytes=spec.max_bytes,
        use_cache=spec.use_cache,
        prefix=prefix,
        subtitles=subtitle_streams(spec.timeline, composition, start, end),
    )
    segments = _segment_tasks(render, settings)
    shares: list[NewTask] = []
    sound = _sound_tasks(render) if composition.has_sound else []
    if spec.max_bytes is not None:
        shares, segments = plan_shares(
            segments,
            max_bytes=spec.max_bytes,
            preset=preset.model_dump(mode="json"),
            sound=sound[-1].name if sound else None,
            frames=end - start,
            prefix=prefix,
        )
    join = _join_task(render, [task.name for task in [*sound[-1:], *segments]])
    # Long ones first: then no slot starts a long one when the others are done.
    by_length = sorted(segments, key=lambda task: -task.frames)
    odd = [] if width else _size_warning(composition, render.size, preset)
    silent = (
        ["nothing is to be heard whose loudness could be set"]
        if spec.loudness is not None and not composition.has_sound
        else []
    )
    waits = queue((end - start) / composition.rate)
    tasks = [replace(task, queue=waits) for task in (*sound, *shares, *by_length, join)]
    return Planned(
        tasks=tuple(tasks),
        warnings=(
            *placed.warnings,
            *odd,
            *silent,
            *sized.warnings,
            *lit.warnings,
        ),
    )


def _find_copies(
    spec: RenderSpec,
    composition: Composition,
    frames: tuple[int, int],
    preset: Preset,
    size: tuple[int, int],
    facts: Mapping[str, MediaFacts],
) -> Copies:
    """Return what is copied of sources: nothing where the cuts are the user's."""
    if spec.vmaf is not None or spec.max_bytes is not None:
        # a copy has the bytes of its source, however many
        return Copies()
    if spec.device == "gpu":
        # what is copied is joined with what x264 makes, whose parameter sets can lie
        # beside those of the source
        return Copies()
    if spec.smart == "off" or spec.segments != "auto" or preset.video.codec != "h264":
        return Copies()
    first = slice_picture(composition, frames[0], frames[0] + 1)
    return find_copies(
        composition,
        *frames,
        canvas=make_canvas(
            first,
            width=size[0],
            height=size[1],
            pix_fmt=preset.video.pix_fmt,
            dynamic=preset.video.range,
        ),
        encoding=preset.video,
        gops={
            (path, each.index): each
            for path, known in facts.items()
            for each in known.gops
        },
    )


def _size_warning(
    composition: Composition, size: tuple[int, int], preset: Preset
) -> list[str]:
    """Say that an odd size was made even, as most formats need it."""
    wanted = composition.width, composition.height
    if preset.lines is not None or size == wanted:
        return []
    made = f"{size[0]}x{size[1]} instead of {wanted[0]}x{wanted[1]}"
    return [f"the picture is {made}: width and height must be even"]


def range_frames(spec: RenderSpec, composition: Composition) -> tuple[int, int]:
    """Return the first frame that is rendered, and the one after the last."""
    if spec.range is None:
        return 0, composition.frames
    start = to_frames(spec.range[0], composition.rate)
    end = min(to_frames(spec.range[1], composition.rate), composition.frames)
    if start < end:
        return start, end
    length = show_time(composition.frames / composition.rate)
    message = (
        f"the range {show_time(spec.range[0])} to {show_time(spec.range[1])} holds no "
        f"frame of the timeline, which is {length} long"
    )
    raise InvalidOption(message)


def _segment_tasks(render: _Render, settings: Settings) -> list[NewTask]:
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


def _sound_tasks(render: _Render) -> list[NewTask]:
    return plan_sound(
        render.composition,
        render.start,
        render.end,
        preset=render.preset,
        use_cache=render.use_cache,
        loudness=render.loudness,
        prefix=render.prefix,
    )


def _join_task(render: _Render, needs: list[str]) -> NewTask:
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


RENDER = JobPlan(
    spec=RenderSpec,
    sources=lambda spec: spec.timeline,
    check=check_render,
    plan=plan_render,
    identity=lambda spec: Identity.CONTENT if spec.use_cache else Identity.NONE,
)
