"""Plan a render: segments of the picture, the sound, and their join."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from farm.ffmpeg.encode import make_canvas
from farm.ffmpeg.size import output_size, width_size
from farm.jobs.status import Queue
from farm.plan.copy import Copies, find_copies
from farm.plan.job import Identity, JobPlan, Planned
from farm.plan.lay import lay_copies
from farm.plan.light import tell_light
from farm.plan.render_spec import RenderSpec, check_render, choose_preset, range_frames
from farm.plan.render_tasks import Render, join_task, segment_tasks, sound_tasks
from farm.plan.segments import cut_segments
from farm.plan.size import Sized, fit_sound, plan_shares
from farm.plan.steady import plan_steady
from farm.plan.subtitles import subtitle_streams
from farm.timeline.place import place
from farm.timeline.slice import slice_picture

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from farm.jobs.records import NewTask
    from farm.presets.preset import Preset
    from farm.settings import Settings
    from farm.timeline.composition import Composition
    from farm.timeline.media import MediaFacts


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
    render = Render(
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
    looks, segments = plan_steady(
        segment_tasks(render, settings),
        settings,
        prefix=prefix,
        use_cache=spec.use_cache,
    )
    shares: list[NewTask] = []
    sound = sound_tasks(render) if composition.has_sound else []
    if spec.max_bytes is not None:
        shares, segments = plan_shares(
            segments,
            max_bytes=spec.max_bytes,
            preset=preset.model_dump(mode="json"),
            sound=sound[-1].name if sound else None,
            frames=end - start,
            prefix=prefix,
        )
    join = join_task(render, [task.name for task in [*sound[-1:], *segments]])
    # Long ones first: then no slot starts a long one when the others are done.
    by_length = sorted(segments, key=lambda task: -task.frames)
    odd = [] if width else _size_warning(composition, render.size, preset)
    silent = (
        ["nothing is to be heard whose loudness could be set"]
        if spec.loudness is not None and not composition.has_sound
        else []
    )
    waits = queue((end - start) / composition.rate)
    tasks = [
        replace(task, queue=waits)
        for task in (*sound, *looks, *shares, *by_length, join)
    ]
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


RENDER = JobPlan(
    spec=RenderSpec,
    sources=lambda spec: spec.timeline,
    check=check_render,
    plan=plan_render,
    identity=lambda spec: Identity.CONTENT if spec.use_cache else Identity.NONE,
)
