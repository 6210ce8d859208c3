"""What the farm knows when a job is submitted: facts of its sources, its result.

A person waits for a small job. Where the facts of its sources are kept, it is planned
at once; where the cache has its result, no worker is asked.
"""

from __future__ import annotations

import os
import socket
from typing import TYPE_CHECKING

from farm.cache.build import find_build
from farm.cache.storage import open_storage
from farm.cache.store import FOLDER, ArtifactStore
from farm.coordinator.publish import publish_job
from farm.errors import FarmError, TaskFailed
from farm.ffmpeg.locate import find_ffmpeg
from farm.jobs.records import OUTPUT_TASK, Claim, JobId, Task, TaskId
from farm.jobs.status import TaskStatus
from farm.kinds.context import KeyAsked, TaskContext
from farm.kinds.probe import find_known
from farm.kinds.registry import KINDS
from farm.kinds.sources import Sources
from farm.place import ObjectPath

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from pydantic import JsonValue

    from farm.ffmpeg.command import Command
    from farm.jobs.records import Job, NewTask
    from farm.jobs.status import JobKind
    from farm.jobs.table import JobTable
    from farm.settings import Settings

_LEASE_SECONDS = 10.0
_WORKER = f"submit-{os.getpid()}@{socket.gethostname()}"


def find_facts(
    probes: Sequence[NewTask], table: JobTable, settings: Settings
) -> dict[str, JsonValue] | None:
    """Return what probes would find, by their names; ``None``: not all is known."""
    results: dict[str, JsonValue] = {}
    own = Sources.of(settings)
    for probe in probes:
        assert isinstance(probe.payload, dict)  # noqa: S101  # of plan/sources.py
        sources, identity = probe.payload["sources"], probe.payload["identity"]
        assert isinstance(sources, list)  # noqa: S101
        facts: dict[str, JsonValue] = {}
        for source in sources:
            assert isinstance(source, dict)  # noqa: S101
            path = str(source["path"])
            try:
                known = find_known(
                    table.artifacts, path, identity=str(identity), sources=own
                )
            except FarmError:  # the probe will say it
                return None
            if known is None:
                return None
            facts[path] = known
        results[probe.name] = {"sources": facts}
    return results


def find_key(
    kind: JobKind, tasks: Sequence[NewTask], table: JobTable, settings: Settings
) -> str | None:
    """Return the key of the result of a job of one task; ``None``: it has none."""
    if len(tasks) != 1 or tasks[0].name != OUTPUT_TASK:
        return None
    storage = settings.storage_folder
    if isinstance(storage, ObjectPath) or not (storage / FOLDER).is_dir():
        return None  # it lies elsewhere
    try:
        KINDS[tasks[0].kind](_asking(kind, tasks[0], table, settings))
    except KeyAsked as asked:
        return asked.key
    except FarmError:  # the worker will say it
        return None
    return None


def take_known(job: Job, table: JobTable, settings: Settings) -> bool:
    """Complete a job of one task with what the cache has; else leave it queued.

    Returns whether it has ended.
    """
    (task,) = table.tasks(job.id)
    claim = table.claim(task.id, worker=_WORKER, lease_seconds=_LEASE_SECONDS)
    if claim is None:  # a worker was faster
        return False
    store = ArtifactStore(
        index=table.artifacts,
        storage=open_storage(settings),
        job_id=job.id,
        owner=f"{task.id}-{claim.attempt}",
        project=claim.project,
    )
    context = _context(claim, table, settings, store=store)
    try:
        result = KINDS[task.kind](context)
    except FarmError:  # it has just been evicted, or is damaged
        table.release(task.id, attempt=claim.attempt, note="not in the cache any more")
        return False
    if isinstance(result, dict) and context.warnings:
        result = {**result, "warnings": [*context.warnings]}
    if not table.complete(task.id, attempt=claim.attempt, result=result):
        return False
    try:
        publish_job(table, *table.job_and_tasks(job.id), storage=open_storage(settings))
    except FarmError as error:
        table.fail_job(job.id, error)
    return True


def _asking(
    kind: JobKind, task: NewTask, table: JobTable, settings: Settings
) -> TaskContext:
    row = Task(
        id=TaskId(""),
        job_id=JobId(""),
        name=task.name,
        kind=task.kind,
        status=TaskStatus.ACTIVE,
        queue=task.queue,
        payload=task.payload,
        priority=0,
        frames=task.frames,
        frames_done=0,
        attempt=0,
        attempts_allowed=1,
        worker=None,
        lease_until=None,
        created=0,
        started=None,
        finished=None,
        error=None,
        result=None,
    )
    claim = Claim(task=row, attempt=0, job_kind=kind, needs={})
    return _context(claim, table, settings, store=None)


def _context(
    claim: Claim, table: JobTable, settings: Settings, *, store: ArtifactStore | None
) -> TaskContext:
    ffmpeg = find_ffmpeg(settings)
    return TaskContext(
        claim=claim,
        settings=settings,
        ffmpeg=ffmpeg,
        scratch=settings.scratch_folder,
        run=_refuse,
        store=store,
        build=find_build(ffmpeg, table.artifacts),
        only_key=store is None,
    )


def _refuse(command: Command) -> Path:
    message = f"{command.output} is not made where a job is submitted"
    raise TaskFailed(message)
