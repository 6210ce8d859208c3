"""Carry out a job in this process: the same plan, kinds and FFmpeg, but no farm."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from farm.ffmpeg.locate import find_ffmpeg
from farm.ffmpeg.run import run
from farm.jobs.records import Claim, JobId, NewTask, Task, TaskId
from farm.jobs.status import JobKind, TaskStatus
from farm.kinds.context import TaskContext
from farm.kinds.registry import KINDS
from farm.plan.jobs import first_tasks, next_tasks
from farm.timeline.load import load_timeline

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pydantic import JsonValue

    from farm.ffmpeg.command import Command
    from farm.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What came out of a job."""

    file: Path
    results: dict[str, JsonValue]
    warnings: tuple[str, ...]
    tasks: tuple[NewTask, ...]


def render_here(
    timeline: object, *, settings: Settings, suffix: str = ".mkv", **options: JsonValue
) -> Done:
    """Render a timeline, losslessly unless a preset is named."""
    loaded = load_timeline(timeline)
    spec: dict[str, JsonValue] = {
        "timeline": loaded.timeline.model_dump(mode="json"),
        "output": f"/nowhere/out{suffix}",
        "preset": "lossless",
        **options,
    }
    return do_here(JobKind.RENDER, spec, settings=settings)


def frame_here(
    timeline: object,
    at: str,
    *,
    settings: Settings,
    suffix: str = ".png",
    **options: JsonValue,
) -> Done:
    """Make one picture of a timeline."""
    spec: dict[str, JsonValue] = {
        "timeline": load_timeline(timeline).timeline.model_dump(mode="json"),
        "output": f"/nowhere/out{suffix}",
        "at": at,
        **options,
    }
    return do_here(JobKind.FRAME, spec, settings=settings)


def do_here(kind: JobKind, spec: JsonValue, *, settings: Settings) -> Done:
    """Do all tasks of a job in order."""
    first = first_tasks(kind, spec, settings=settings)
    results = _do_all(first.tasks, {}, kind, settings)
    warnings, tasks = first.warnings, first.tasks
    if not first.planned:
        planned = next_tasks(kind, spec, results, settings=settings)
        results |= _do_all(planned.tasks, results, kind, settings)
        warnings, tasks = (*warnings, *planned.warnings), (*tasks, *planned.tasks)
    output = results["output"]
    file = str(output["file"]) if isinstance(output, dict) and "file" in output else ""
    return Done(
        file=settings.storage_folder / file,
        results=results,
        warnings=warnings,
        tasks=tasks,
    )


def _do_all(
    tasks: Sequence[NewTask],
    before: dict[str, JsonValue],
    kind: JobKind,
    settings: Settings,
) -> dict[str, JsonValue]:
    results = dict(before)
    for task in tasks:
        needs = {name: results[name] for name in task.needs}
        results[task.name] = _do(task, needs, kind, settings)
    return results


def _do(
    task: NewTask, needs: dict[str, JsonValue], kind: JobKind, settings: Settings
) -> JsonValue:
    ffmpeg = find_ffmpeg(settings)
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)

        def run_command(command: Command) -> Path:
            run(
                command,
                ffmpeg=ffmpeg,
                scratch=scratch,
                stall_seconds=60,
                limit_seconds=600,
            )
            return scratch / command.output

        claim = Claim(task=_row(task), attempt=1, job_kind=kind, needs=needs)
        context = TaskContext(
            claim=claim,
            settings=settings,
            ffmpeg=ffmpeg,
            scratch=scratch,
            run=run_command,
        )
        return KINDS[task.kind](context)


def _row(task: NewTask) -> Task:
    return Task(
        id=TaskId("task"),
        job_id=JobId("job"),
        name=task.name,
        kind=task.kind,
        status=TaskStatus.ACTIVE,
        queue=task.queue,
        payload=task.payload,
        priority=4,
        frames=task.frames,
        frames_done=0,
        attempt=1,
        attempts_allowed=3,
        worker=None,
        lease_until=None,
        created=0,
        started=0,
        finished=None,
        error=None,
        result=None,
    )
