"""Jobs, tasks and attempts as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

from farm.jobs.report import report_segments, reused_from, seconds_saved

if TYPE_CHECKING:
    from pydantic import JsonValue

    from farm.api import Job
    from farm.errors import ErrorRecord
    from farm.jobs.records import Attempt, Task


def job_to_json(job: Job, *, with_tasks: bool = False) -> dict[str, JsonValue]:
    """Return a job as plain data."""
    row, progress = job.row, job.progress
    plain: dict[str, JsonValue] = {
        "id": row.id,
        "kind": row.kind,
        "status": row.status,
        "fraction": round(progress.fraction, 4),
        "frame": progress.frame,
        "frames": progress.frames,
        "output": row.output,
        "priority": row.priority,
        "owner": row.owner,
        "project": row.project,
        "created": row.created,
        "started": row.started,
        "finished": row.finished,
        "error": _error_to_json(row.error),
        "warnings": list(row.warnings),
    }
    if with_tasks:
        plain["tasks"] = [_task_to_json(task) for task in job.tasks()]
        plain["attempts"] = [attempt_to_json(each) for each in job.attempts()]
        plain["loudness"] = {
            task.name: task.result["loudness"]
            for task in job.tasks()
            if isinstance(task.result, dict) and "loudness" in task.result
        }
        plain["segments"] = [each.to_json() for each in report_segments(job.tasks())]
        plain["spec"] = job.spec
        found = job.estimate
        plain["estimate"] = None if found is None else found.to_json()
    return plain


def attempt_to_json(attempt: Attempt) -> dict[str, JsonValue]:
    """Return an attempt as plain data."""
    return {
        "task": attempt.task_id,
        "number": attempt.number,
        "worker": attempt.worker,
        "started": attempt.started,
        "finished": attempt.finished,
        "outcome": attempt.outcome,
        "argv": attempt.argv,
        "log": attempt.log,
        "error": _error_to_json(attempt.error),
    }


def _task_to_json(task: Task) -> dict[str, JsonValue]:
    return {
        "id": task.id,
        "name": task.name,
        "kind": task.kind,
        "status": task.status,
        "queue": task.queue,
        "attempt": task.attempt,
        "frames": task.frames,
        "frames_done": task.frames_done,
        "worker": task.worker,
        "started": task.started,
        "finished": task.finished,
        "reused_from": reused_from(task),
        "seconds_saved": seconds_saved(task),
        "error": _error_to_json(task.error),
    }


def _error_to_json(error: ErrorRecord | None) -> JsonValue:
    if error is None:
        return None
    facts: dict[str, JsonValue] = {
        name: list(fact) if isinstance(fact, list) else fact
        for name, fact in error.facts.items()
    }
    return {
        "kind": error.kind,
        "message": error.message,
        "retry": error.retry,
        "facts": facts,
    }
