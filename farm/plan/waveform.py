"""Plan a waveform: of a file at once, of a timeline after its mix."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from farm.errors import InvalidJob, InvalidOption
from farm.jobs.records import OUTPUT_TASK, NewTask
from farm.jobs.status import Queue, TaskKind
from farm.plan.job import Identity, JobPlan, Planned, Spec
from farm.plan.sound import plan_sound
from farm.presets.catalog import find_preset
from farm.timeline.base import Color  # noqa: TC001  # pydantic reads it
from farm.timeline.place import place
from farm.timeline.timeline import Timeline  # noqa: TC001  # pydantic reads it

if TYPE_CHECKING:
    from collections.abc import Mapping

    from farm.settings import Settings
    from farm.timeline.media import MediaFacts

WAVEFORM_SUFFIXES = (".png", ".json", ".dat")
#: Its mix is that of the preset: every sample as a render would play it.
_MIX_PRESET = "lossless"
#: Longer mixes wait behind renders: they would hold a place that a person waits for.
_LONGEST_INTERACTIVE_SECONDS = 120
_Level = Annotated[int, Field(ge=1, le=1_000_000)]


class WaveformSpec(Spec):
    """Peaks of a file's first sound stream, or of the mix of a timeline."""

    timeline: Timeline | None = None
    media: str | None = None
    output: str
    format: Literal["png", "json", "dat"]
    samples_per_pixel: _Level = 256
    zoom: tuple[_Level, ...] = Field(default=(), max_length=32)
    """Samples per pixel of each file in the folder that is the output."""
    bits: Literal[8, 16] = 16
    split_channels: bool = False
    width: int = Field(default=1200, ge=2, le=16384)
    height: int = Field(default=200, ge=2, le=4096)
    color: Color = "#2f7ed8"


def _check(spec: WaveformSpec, _settings: Settings) -> None:
    """Refuse what can be seen to be wrong before the media are read."""
    if spec.zoom and spec.format == "png":
        raise InvalidOption("zoom levels are data: write them as dat or json")
    if len(set(spec.zoom)) < len(spec.zoom):
        raise InvalidOption("a zoom level is named twice")
    suffix = Path(spec.output).suffix.lower()
    if not spec.zoom and suffix != f".{spec.format}":
        message = (
            f"a waveform cannot be written to {Path(spec.output).name}; "
            f"name it *{', *'.join(WAVEFORM_SUFFIXES)}"
        )
        raise InvalidOption(message)


def _plan(
    spec: WaveformSpec, facts: Mapping[str, MediaFacts], _settings: Settings
) -> Planned:
    """Return the task that looks at the sound, after those that mix it."""
    if spec.timeline is None:
        return Planned(tasks=(_task(spec),))
    placed = place(spec.timeline, facts)
    composition = placed.composition
    if not composition.has_sound:
        raise InvalidJob("there is no sound in the timeline, of which to make peaks")
    seconds = composition.samples / composition.sample_rate
    is_short = seconds <= _LONGEST_INTERACTIVE_SECONDS
    waits = Queue.CPU_INTERACTIVE if is_short else Queue.CPU_BATCH
    mixing = [
        replace(task, queue=waits)
        for task in plan_sound(
            composition,
            0,
            composition.frames,
            preset=find_preset(_MIX_PRESET),
            use_cache=True,
        )
    ]
    task = _task(spec, needs=(mixing[-1].name,))
    return Planned(tasks=(*mixing, task), warnings=placed.warnings)


def _task(spec: WaveformSpec, *, needs: tuple[str, ...] = ()) -> NewTask:
    color = bytes.fromhex(spec.color.removeprefix("#"))
    levels = spec.zoom or (spec.samples_per_pixel,)
    return NewTask(
        name=OUTPUT_TASK,
        kind=TaskKind.WAVEFORM,
        queue=Queue.CPU_INTERACTIVE,
        payload={
            "path": spec.media,
            "sound": needs[-1] if needs else "",
            "suffix": f".{spec.format}",
            "levels": [] if spec.format == "png" else list(levels),
            "many": bool(spec.zoom),
            "bits": spec.bits,
            "split_channels": spec.split_channels,
            "width": spec.width,
            "height": spec.height,
            "color": list(color),
        },
        needs=needs,
        frames=1,
    )


WAVEFORM = JobPlan(
    spec=WaveformSpec,
    # a file is opened by the task itself: to probe it would read all of it twice
    sources=lambda spec: () if spec.timeline is None else spec.timeline,
    check=_check,
    plan=_plan,
    identity=lambda _spec: Identity.STAMP,
)
