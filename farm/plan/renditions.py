"""Plan one timeline in several presets: a render for each, as one job."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import Field

from farm.errors import InvalidOption
from farm.jobs.records import OUTPUT_TASK, NewTask
from farm.jobs.status import Queue, TaskKind
from farm.plan.job import Identity, JobPlan, Planned, Spec
from farm.plan.render import plan_render
from farm.plan.render_spec import RenderSpec, Vmaf, check_render
from farm.presets.catalog import find_preset
from farm.timeline.loudness import LoudnessTarget  # noqa: TC001  # pydantic reads it
from farm.timeline.time import Seconds  # noqa: TC001  # pydantic reads it
from farm.timeline.timeline import Timeline  # noqa: TC001  # pydantic reads it

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from farm.settings import Settings
    from farm.timeline.media import MediaFacts

_MOST = 16


class RenditionsSpec(Spec):
    """A timeline, or a range of it, as several files."""

    timeline: Timeline
    output: str
    """The folder of the files."""
    name: str
    """What the files' names begin with; that of the preset follows."""
    presets: tuple[str, ...] = Field(min_length=1, max_length=_MOST)
    range: tuple[Seconds, Seconds] | None = None
    vmaf: Vmaf | None = None
    loudness: LoudnessTarget | None = None
    use_cache: bool = True


def _renders(spec: RenditionsSpec, settings: Settings) -> Iterator[RenderSpec]:
    """Yield what each rendition is by itself."""
    for name in spec.presets:
        suffix = find_preset(name, settings.preset_folders).containers[0]
        yield RenderSpec(
            timeline=spec.timeline,
            output=str(Path(spec.output, f"{spec.name}-{name}{suffix}")),
            preset=name,
            range=spec.range,
            vmaf=spec.vmaf,
            loudness=spec.loudness,
            use_cache=spec.use_cache,
        )


def _check(spec: RenditionsSpec, settings: Settings) -> None:
    """Refuse what can be seen to be wrong before the media are read."""
    twice = {name for name in spec.presets if spec.presets.count(name) > 1}
    if twice:
        message = f"the preset {min(twice)} is named twice"
        raise InvalidOption(message)
    for render in _renders(spec, settings):
        check_render(render, settings=settings)


def _plan(
    spec: RenditionsSpec, facts: Mapping[str, MediaFacts], settings: Settings
) -> Planned:
    """Return the tasks of all renders, and one that gathers their files."""
    tasks: list[NewTask] = []
    warnings: list[str] = []
    files: dict[str, str] = {}
    for render in _renders(spec, settings):
        planned = plan_render(render, facts, settings, prefix=f"{render.preset}.")
        tasks += planned.tasks
        warnings += planned.warnings
        files[planned.tasks[-1].name] = Path(render.output).name
    gather = NewTask(
        name=OUTPUT_TASK,
        kind=TaskKind.GATHER,
        queue=Queue.CPU_INTERACTIVE,
        payload={"files": dict(files)},
        needs=tuple(files),
    )
    tasks.sort(key=lambda task: -task.frames)  # then all slots end together
    return Planned(tasks=(*tasks, gather), warnings=tuple(dict.fromkeys(warnings)))


RENDITIONS = JobPlan(
    spec=RenditionsSpec,
    sources=lambda spec: spec.timeline,
    check=_check,
    plan=_plan,
    identity=lambda spec: Identity.CONTENT if spec.use_cache else Identity.NONE,
)
