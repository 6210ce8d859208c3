"""Jobs, tasks and attempts, as tables and lines."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING

from farm.cli.output import say, say_aside, say_table, show_moment, show_seconds
from farm.jobs.report import (
    is_copied,
    report_segments,
    reused_from,
    saved_by_copies,
    seconds_saved,
)
from farm.jobs.status import TaskKind, TaskStatus

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from farm.api import Job
    from farm.api.estimate import Estimate
    from farm.errors import ErrorRecord
    from farm.jobs.records import Event, Task

_CACHED = {
    TaskKind.SEGMENT: "rendered",
    TaskKind.SOUND: "rendered",
    TaskKind.MIX: "mixed",
}


def say_jobs(jobs: Sequence[Job]) -> None:
    """Print jobs, a line each."""
    if not jobs:
        say("No jobs.")
        return
    with_owner = any(job.row.owner for job in jobs)
    owner = ("OWNER",) if with_owner else ()
    say_table(
        ("ID", *owner, "KIND", "STATUS", "DONE", "CREATED", "OUTPUT OR CAUSE"),
        [_job_row(job, with_owner=with_owner) for job in jobs],
    )


def say_job(job: Job) -> None:
    """Print one job with its tasks, and what went wrong."""
    row, tasks = job.row, job.tasks()
    _say_head(job)
    if row.error:
        say(f"cause: {row.error.message}")
        for problem in _problems(row.error):
            say(f"  - {problem}")
    for warning in row.warnings:
        say(f"warning: {warning}")
    for told in _loudness(tasks):
        say(told)
    if tasks:
        say("")
        say_table(
            (
                *("TASK", "KIND", "STATUS", "QUEUE", "TRIES", "FRAMES", "TOOK"),
                *("HOW", "WORKER"),
            ),
            [_task_row(task) for task in tasks],
        )
        _say_saved(tasks)
        _say_quality(tasks)
    for task in tasks:
        if task.error:
            say(f"\n{task.name}: {task.error.message}")


def _say_head(job: Job) -> None:
    """Print what a job is, and whose."""
    row = job.row
    say(f"job {row.id}: {row.kind} {row.status}, {job.progress.fraction:.0%} done")
    say(f"created {show_moment(row.created)}, ended {show_moment(row.finished)}")
    if not row.status.is_final:
        say(show_estimate(job.estimate))
    for name in ("owner", "project", "output"):
        if told := getattr(row, name):
            say(f"{name} {told}")


def show_estimate(found: Estimate | None) -> str:
    """Write how long a job takes, or that nobody knows."""
    if found is None:
        return "takes: not known yet, too few jobs like it were completed"
    learnt = f"(learnt from {found.runs} jobs like it)"
    if found.elapsed_seconds is None:
        low, high = found.low_seconds, found.high_seconds
        range_ = f"{show_seconds(low)} to {show_seconds(high)}"
        return f"takes {range_} once it starts {learnt}"
    if found.left_seconds is None:
        return f"takes longer than nine in ten did {learnt}"
    low, high = found.left_seconds
    return f"left: {show_seconds(low)} to {show_seconds(high)} {learnt}"


def event_to_line(event: Event, *, as_json: bool) -> str:
    """Write an event in one line."""
    if as_json:
        plain = {
            "id": event.id,
            "at": event.at,
            "job": event.job_id,
            "task": event.task_id,
            "before": event.before,
            "after": event.after,
            "attempt": event.attempt,
            "note": event.note,
            "owner": event.owner,
            "project": event.project,
        }
        return json.dumps(plain, ensure_ascii=False)
    about = event.task_id or event.job_id
    what = "task" if event.task_id else "job"
    moved = f"{event.before} → {event.after}" if event.before else event.after
    note = f": {event.note}" if event.note else ""
    owner = f" of {event.owner}" if event.owner else ""
    return f"{show_moment(event.at)} {event.id} {what} {about}{owner} {moved}{note}"


def _say_saved(tasks: Sequence[Task]) -> None:
    """Print what was saved, and why untouched sources were encoded."""
    segments = report_segments(tasks)
    if saved := sum(seconds_saved(task) for task in tasks):
        say(f"\n{show_seconds(saved)} of work were saved by what was reused")
    if copied := saved_by_copies(tasks):
        say(f"\nabout {show_seconds(copied)} of work were saved by what was copied")
    reasons = Counter(each.not_copied for each in segments if each.not_copied)
    for why, count in reasons.items():
        say(f"{_segments(count)} encoded, not copied: {why}")
    for model, count in Counter(each.gpu for each in segments if each.gpu).items():
        say(f"{_segments(count)} made by GPU: {model}")
    reasons = Counter(each.not_gpu for each in segments if each.not_gpu)
    for why, count in reasons.items():
        say(f"{_segments(count)} made by the CPU, not by a GPU: {why}")


def _segments(count: int) -> str:
    return f"{count} segment{'s' if count > 1 else ''}"


def _loudness(tasks: Sequence[Task]) -> Iterator[str]:
    """Yield how loud each mix came out, where a loudness was wanted."""
    for task in tasks:
        found = task.result.get("loudness") if isinstance(task.result, dict) else None
        if task.kind is not TaskKind.MIX or not isinstance(found, dict):
            continue
        if found["integrated"] is None:
            yield f"{task.name}: silent, loudness not changed"
        else:
            yield (
                f"{task.name}: {found['integrated']} LUFS of {found['target']}, "
                f"true peak {found['true_peak']} dBTP, gain {found['gain_db']} dB"
                f"{', limited' if found['limited'] else ''}"
            )


def _say_quality(tasks: Sequence[Task]) -> None:
    """Print which CRF was found for each segment, where one was searched for."""
    found = [each for each in report_segments(tasks) if each.crf is not None]
    if not found:
        return
    say("")
    say_table(
        ("SEGMENT", "FRAMES", "CRF", "VMAF"),
        [
            (
                each.name,
                str(each.end - each.start),
                f"{each.crf:g}",
                "-" if each.vmaf is None else f"{each.vmaf:.2f}",
            )
            for each in found
        ],
    )


def say_attempts(job: Job) -> None:
    """Print every attempt's commands and the end of its log."""
    names = {task.id: task.name for task in job.tasks()}
    attempts = job.attempts()
    if not attempts:
        say_aside(f"farm: no worker has tried the job {job.id} yet")
    for attempt in attempts:
        name = names.get(attempt.task_id, attempt.task_id)
        outcome = attempt.outcome or "active"
        say(f"== {name}, attempt {attempt.number} on {attempt.worker}: {outcome}")
        if attempt.argv:
            say(attempt.argv)
        if attempt.log:
            say(attempt.log)
        if attempt.error:
            say(f"cause: {attempt.error.message}")


def _job_row(job: Job, *, with_owner: bool) -> tuple[str, ...]:
    row = job.row
    return (
        row.id,
        *((row.owner or "-",) if with_owner else ()),
        row.kind,
        row.status,
        f"{job.progress.fraction:.0%}",
        show_moment(row.created),
        row.error.message if row.error else row.output or "-",
    )


def _task_row(task: Task) -> tuple[str, ...]:
    took = "-"
    if task.started and task.finished:
        took = show_seconds(task.finished - task.started)
    return (
        task.name,
        task.kind,
        task.status,
        task.queue,
        str(task.attempt),
        f"{task.frames_done}/{task.frames}" if task.frames else "-",
        took,
        _how(task),
        task.worker or "-",
    )


def _how(task: Task) -> str:
    """Return whether a picture or sound was made, or whose is used again."""
    if task.kind not in _CACHED or task.status is not TaskStatus.COMPLETED:
        return "-"
    if is_copied(task):
        return "copied"
    job_id = reused_from(task)
    return _CACHED[task.kind] if job_id is None else f"reused from {job_id}"


def _problems(error: ErrorRecord) -> list[str]:
    problems = error.facts.get("problems")
    return problems if isinstance(problems, list) else []
