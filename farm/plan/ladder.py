"""Plan a ladder: a film in several sizes for players that choose, its sound once."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from farm.errors import InvalidOption
from farm.ffmpeg.size import scaled_size
from farm.jobs.status import Queue
from farm.plan.job import Identity, JobPlan, Planned, Spec
from farm.plan.package import RungPlan, plan_package
from farm.plan.render_spec import RenderSpec, check_render
from farm.presets.catalog import find_preset
from farm.presets.rungs import find_rungs, rung_factor, rung_preset
from farm.timeline.place import place
from farm.timeline.time import Seconds  # noqa: TC001  # pydantic reads it
from farm.timeline.timeline import Timeline  # noqa: TC001  # pydantic reads it

if TYPE_CHECKING:
    from collections.abc import Mapping

    from farm.settings import Settings
    from farm.timeline.media import MediaFacts

_PRESET = "ladder"


class LadderSpec(Spec):
    """A timeline, or a range of it, in several sizes."""

    timeline: Timeline
    output: str
    """The folder of the files."""
    rungs: tuple[str, ...] = ()
    """None: all that are not larger than the timeline."""
    hls: bool = True
    dash: bool = True
    range: tuple[Seconds, Seconds] | None = None
    use_cache: bool = True


def _render(spec: LadderSpec) -> RenderSpec:
    """Return the render that all of its sizes show."""
    return RenderSpec(
        timeline=spec.timeline,
        output=f"{spec.output}.mp4",
        preset=_PRESET,
        range=spec.range,
        smart="off",
        use_cache=spec.use_cache,
    )


def _check(spec: LadderSpec, settings: Settings) -> None:
    """Refuse what can be seen to be wrong before the media are read."""
    if not (spec.hls or spec.dash):
        message = "a ladder is for HLS, for DASH, or for both"
        raise InvalidOption(message)
    find_rungs(spec.rungs, width=spec.timeline.width, height=spec.timeline.height)
    check_render(_render(spec), settings)


def _plan(
    spec: LadderSpec, facts: Mapping[str, MediaFacts], settings: Settings
) -> Planned:
    """Return the tasks of a package of several sizes."""
    placed = place(spec.timeline, facts)
    composition = placed.composition
    width, height = composition.width, composition.height
    preset = find_preset(_PRESET, settings.preset_folders)
    rungs = []
    for rung in find_rungs(spec.rungs, width=width, height=height):
        factor = min(Fraction(1), rung_factor(rung, width, height))
        size = scaled_size(width, height, factor=factor)
        bounded = rung_preset(preset, rung, rate=composition.rate)
        rungs.append(RungPlan(name=rung.name, size=size, preset=bounded))
    tasks = plan_package(
        _render(spec),
        facts,
        settings,
        composition=composition,
        rungs=rungs,
        queue=lambda _seconds: Queue.CPU_BATCH,
        hls=spec.hls,
        dash=spec.dash,
    )
    return Planned(tasks=tasks, warnings=placed.warnings)


LADDER = JobPlan(
    spec=LadderSpec,
    sources=lambda spec: spec.timeline,
    check=_check,
    plan=_plan,
    identity=lambda spec: Identity.CONTENT if spec.use_cache else Identity.NONE,
)
