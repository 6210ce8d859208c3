"""The tasks of each kind of job: the first, and those after the media are known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from farm.errors import InvalidTimeline
from farm.jobs.records import OUTPUT_TASK
from farm.jobs.status import JobKind
from farm.plan.analyse import ANALYSE
from farm.plan.concat import CONCAT
from farm.plan.effect_preview import (
    EFFECT_PREVIEW,
    SUBTITLE_PREVIEW,
    TRANSITION_PREVIEW,
)
from farm.plan.frame import FRAME
from farm.plan.frames import FRAMES
from farm.plan.gif import GIF
from farm.plan.hls_preview import HLS_PREVIEW
from farm.plan.job import Identity, Planned
from farm.plan.ladder import LADDER
from farm.plan.preview import PREVIEW
from farm.plan.probe import PROBE
from farm.plan.render import RENDER
from farm.plan.renditions import RENDITIONS
from farm.plan.sources import probe_tasks, read_facts
from farm.plan.storyboard import STORYBOARD
from farm.plan.thumbnails import THUMBNAILS
from farm.plan.waveform import WAVEFORM
from farm.timeline.limits import Limits, find_excesses
from farm.timeline.timeline import Timeline

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic import JsonValue

    from farm.jobs.records import NewTask
    from farm.plan.job import JobPlan
    from farm.settings import Settings

JOBS: Mapping[JobKind, JobPlan[Any]] = {
    JobKind.RENDER: RENDER,
    JobKind.RENDITIONS: RENDITIONS,
    JobKind.FRAME: FRAME,
    JobKind.FRAMES: FRAMES,
    JobKind.THUMBNAILS: THUMBNAILS,
    JobKind.FILTER_PREVIEW: EFFECT_PREVIEW,
    JobKind.EFFECT_PREVIEW: EFFECT_PREVIEW,
    JobKind.TRANSITION_PREVIEW: TRANSITION_PREVIEW,
    JobKind.SUBTITLE_PREVIEW: SUBTITLE_PREVIEW,
    JobKind.STORYBOARD: STORYBOARD,
    JobKind.PROBE: PROBE,
    JobKind.ANALYSE: ANALYSE,
    JobKind.WAVEFORM: WAVEFORM,
    JobKind.GIF: GIF,
    JobKind.PREVIEW: PREVIEW,
    JobKind.HLS_PREVIEW: HLS_PREVIEW,
    JobKind.LADDER: LADDER,
    JobKind.CONCAT: CONCAT,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstTasks:
    """What can be done before anything is known of the media."""

    tasks: tuple[NewTask, ...]
    planned: bool
    """Whether these are all tasks of the job."""
    identity: Identity = Identity.NONE
    """How its sources are known again."""


def first_tasks(kind: JobKind, spec: JsonValue, *, settings: Settings) -> FirstTasks:
    """Return the tasks that a job starts with.

    Raises:
        InvalidJob: when the job cannot be done as it is asked for.
    """
    job = JOBS[kind]
    asked = job.spec.model_validate(spec)
    job.check(asked, settings)
    identity = job.identity(asked)
    if job.first is not None:
        first = (job.first(asked),)
        return FirstTasks(tasks=first, planned=True, identity=identity)
    sources = job.sources(asked)
    if isinstance(sources, Timeline):
        problems = find_excesses(sources, Limits.of(settings))
        if problems:
            raise InvalidTimeline.of(problems)
    tasks = probe_tasks(sources, identity=identity)
    return FirstTasks(tasks=tasks, planned=False, identity=identity)


def next_tasks(
    kind: JobKind,
    spec: JsonValue,
    results: Mapping[str, JsonValue],
    *,
    settings: Settings,
) -> Planned:
    """Plan a job whose tasks so far are completed.

    Args:
        kind: of the job.
        spec: what was asked for.
        results: of its tasks, by their names.
        settings: of the farm.

    Raises:
        InvalidJob: when the media do not allow what was asked for.
    """
    job = JOBS[kind]
    if job.plan is None:
        return Planned(tasks=())
    asked = job.spec.model_validate(spec)
    told = {name: each for name, each in results.items() if name != OUTPUT_TASK}
    if job.again is not None and OUTPUT_TASK in results:
        return job.again(asked, read_facts(told), results[OUTPUT_TASK], settings)
    return job.plan(asked, read_facts(told), settings)
