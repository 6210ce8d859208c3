"""The tasks of each kind of job: the first, and those after the media are known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, assert_never

from farm.jobs.status import JobKind
from farm.plan.frame import check_frame, plan_frame
from farm.plan.render import check_render, plan_render
from farm.plan.sources import probe_tasks, read_facts
from farm.plan.spec import FrameSpec, ProbeSpec, RenderSpec

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic import JsonValue

    from farm.jobs.records import NewTask
    from farm.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstTasks:
    """What can be done before anything is known of the media."""

    tasks: tuple[NewTask, ...]
    planned: bool
    """Whether these are all tasks of the job."""
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """The other tasks of a job."""

    tasks: tuple[NewTask, ...]
    warnings: tuple[str, ...] = ()


def first_tasks(kind: JobKind, spec: JsonValue, *, settings: Settings) -> FirstTasks:
    """Return the tasks that a job starts with.

    Raises:
        InvalidJob: when the job cannot be done as it is asked for.
    """
    match kind:
        case JobKind.RENDER:
            render = RenderSpec.model_validate(spec)
            check_render(render, settings=settings)
            tasks = probe_tasks(render.timeline, with_content=render.use_cache)
            return FirstTasks(tasks=tasks, planned=False)
        case JobKind.FRAME:
            frame = FrameSpec.model_validate(spec)
            check_frame(frame)
            return FirstTasks(tasks=probe_tasks(frame.timeline), planned=False)
        case JobKind.PROBE:
            probe = ProbeSpec.model_validate(spec)
            return FirstTasks(tasks=probe_tasks(probe.path), planned=True)
        case _:
            assert_never(kind)


def next_tasks(
    kind: JobKind,
    spec: JsonValue,
    results: Mapping[str, JsonValue],
    *,
    settings: Settings,
) -> Planned:
    """Plan a job whose first tasks are completed.

    Args:
        kind: of the job.
        spec: what was asked for.
        results: of the first tasks, by their names.
        settings: of the farm.

    Raises:
        InvalidJob: when the media do not allow what was asked for.
    """
    facts = read_facts(results)
    if kind is JobKind.RENDER:
        tasks, warnings = plan_render(
            RenderSpec.model_validate(spec), facts, settings=settings
        )
    else:
        tasks, warnings = plan_frame(
            FrameSpec.model_validate(spec), facts, settings=settings
        )
    return Planned(tasks=tasks, warnings=warnings)
