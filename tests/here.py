"""Carry out a job in this process: the same plan, kinds and FFmpeg, but no farm."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from farm.cache.build import find_build
from farm.cache.store import ArtifactStore
from farm.ffmpeg.locate import find_ffmpeg
from farm.ffmpeg.run import run
from farm.jobs.records import INSTEAD, Claim, JobId, NewJob, NewTask, Task, TaskId
from farm.jobs.status import JobKind, TaskStatus
from farm.kinds.context import TaskContext
from farm.kinds.registry import KINDS
from farm.plan.jobs import first_tasks, next_tasks
from farm.timeline.load import load_timeline

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pydantic import JsonValue

    from farm.ffmpeg.command import Command
    from farm.jobs.table import JobTable
    from farm.settings import Settings

_JOB_ID = JobId("job")


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What came out of a job."""

    file: Path
    results: dict[str, JsonValue]
    warnings: tuple[str, ...]
    tasks: tuple[NewTask, ...]
    task_warnings: tuple[str, ...] = ()
    """What the tasks said that the user should know."""

    def segments(self, *, reused: bool) -> list[str]:
        """Return the names of the segments that were reused, or that were not."""
        return [
            name
            for name, result in self.results.items()
            if name.startswith("segment")
            and isinstance(result, dict)
            and ("reused_from" in result) == reused
        ]


def render_here(
    timeline: object,
    *,
    settings: Settings,
    suffix: str = ".mkv",
    table: JobTable | None = None,
    **options: JsonValue,
) -> Done:
    """Render a timeline, losslessly unless a preset is named.

    With a job table, what is in its cache is used again.
    """
    loaded = load_timeline(timeline)
    spec: dict[str, JsonValue] = {
        "timeline": loaded.timeline.model_dump(mode="json"),
        "output": f"/nowhere/out{suffix}",
        "preset": "lossless",
        **options,
    }
    return do_here(JobKind.RENDER, spec, settings=settings, table=table)


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


def do_here(
    kind: JobKind,
    spec: JsonValue,
    *,
    settings: Settings,
    table: JobTable | None = None,
) -> Done:
    """Do all tasks of a job in order."""
    work = _Work(kind=kind, settings=settings, table=table)
    if table is not None:
        work.job_id = table.add_job(NewJob(kind=kind, spec=None)).id
    first = first_tasks(kind, spec, settings=settings)
    results = work.do_all(first.tasks, {})
    warnings: tuple[str, ...] = ()
    tasks = first.tasks
    if not first.planned:
        is_all = False
        while not is_all:
            planned = next_tasks(kind, spec, results, settings=settings)
            is_all = planned.is_all
            results |= work.do_all(planned.tasks, results)
            warnings = (*warnings, *planned.warnings)
            tasks = (*tasks, *planned.tasks)
    output = results["output"]
    if isinstance(output, dict) and INSTEAD in output:
        output = results[str(output[INSTEAD])]
    file = str(output["file"]) if isinstance(output, dict) and "file" in output else ""
    return Done(
        file=settings.storage_folder / file,
        results=results,
        warnings=warnings,
        tasks=tasks,
        task_warnings=tuple(dict.fromkeys(work.warnings)),
    )


def do_task_here(
    task: NewTask,
    results: dict[str, JsonValue],
    *,
    settings: Settings,
    table: JobTable | None = None,
) -> JsonValue:
    """Do one task of a render once more, with the results of those before it."""
    work = _Work(kind=JobKind.RENDER, settings=settings, table=table)
    if table is not None:
        work.job_id = table.add_job(NewJob(kind=JobKind.RENDER, spec=None)).id
    return work.do_all([task], results)[task.name]


@dataclass(slots=True, kw_only=True)
class _Work:
    kind: JobKind
    settings: Settings
    table: JobTable | None
    job_id: JobId = _JOB_ID
    warnings: list[str] = field(default_factory=list)

    def do_all(
        self, tasks: Sequence[NewTask], before: dict[str, JsonValue]
    ) -> dict[str, JsonValue]:
        results = dict(before)
        for task in tasks:
            needs = {name: results[name] for name in task.needs}
            results[task.name] = self._do(task, needs)
        return results

    def _do(self, task: NewTask, needs: dict[str, JsonValue]) -> JsonValue:
        settings, ffmpeg = self.settings, find_ffmpeg(self.settings)
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

            row = _row(task, self.job_id)
            claim = Claim(task=row, attempt=1, job_kind=self.kind, needs=needs)
            context = TaskContext(
                claim=claim,
                settings=settings,
                ffmpeg=ffmpeg,
                scratch=scratch,
                run=run_command,
                store=self._store(task),
                build=find_build(ffmpeg, None) if self.table else "",
                warnings=self.warnings,
            )
            result = KINDS[task.kind](context)
            if isinstance(result, dict) and context.warnings:  # as a worker does
                return {**result, "warnings": [*context.warnings]}
            return result

    def _store(self, task: NewTask) -> ArtifactStore | None:
        if self.table is None:
            return None
        return ArtifactStore(
            index=self.table.artifacts,
            storage=self.settings.storage_folder,
            job_id=self.job_id,
            owner=f"{self.job_id}-{task.name}",
        )


def _row(task: NewTask, job_id: JobId) -> Task:
    return Task(
        id=TaskId("task"),
        job_id=job_id,
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
