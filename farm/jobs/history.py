"""How long jobs took: written when their events are summed up, read to foretell."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, or_, select

from farm.jobs.dialect import insert_or_replace
from farm.jobs.models.sums import job_runs
from farm.jobs.models.work import events, jobs, tasks
from farm.jobs.records import OUTPUT_TASK
from farm.jobs.status import JobKind, JobStatus

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection, RowMapping


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """How long a completed job took, from its first task to its end."""

    frames: int
    """How much work it was; 0 where it is not counted in frames."""
    seconds: float
    finished: float


def note_runs(connection: Connection, job_ids: Sequence[str]) -> None:
    """Write how long completed jobs took.

    What the cache had whole tells nothing, nor does a job that was paused or retried:
    it took as long as people let it lie, or did a part of its work before.
    """
    broken_off = _find_broken_off(connection, job_ids)
    found = select(*_FACTS, jobs.c.started, jobs.c.finished).where(
        jobs.c.id.in_(job_ids), jobs.c.started.is_not(None)
    )
    frames = _count_frames(connection, job_ids)
    for row in connection.execute(found).mappings():
        count = frames.get(row["id"])
        if count is None or row["id"] in broken_off:
            continue
        values = {
            "job_id": row["id"],
            "kind": row["kind"].value,
            "preset": _preset(row),
            "frames": count,
            "seconds": row["finished"] - row["started"],
            "finished": row["finished"],
        }
        insert_or_replace(connection, job_runs, values)


def _find_broken_off(connection: Connection, job_ids: Sequence[str]) -> set[str]:
    """Return the jobs that were paused or retried, or had ended once before."""
    found = select(events.c.job_id).where(
        events.c.job_id.in_(job_ids),
        events.c.task_id.is_(None),
        or_(
            events.c.after == JobStatus.PAUSED,
            events.c.before.in_([status for status in JobStatus if status.is_final]),
        ),
    )
    return set(connection.scalars(found))


def find_runs(
    connection: Connection, *, kind: str, preset: str, limit: int
) -> list[Run]:
    """Return how long the last jobs like this took, newest first."""
    found = (
        select(job_runs.c.frames, job_runs.c.seconds, job_runs.c.finished)
        .where(job_runs.c.kind == kind, job_runs.c.preset == preset)
        .order_by(job_runs.c.finished.desc())
        .limit(limit)
    )
    return [Run(**row) for row in connection.execute(found).mappings()]


def count_runs(connection: Connection) -> list[tuple[str, str, int]]:
    """Return kinds and presets of completed jobs, and how many there were."""
    found = (
        select(job_runs.c.kind, job_runs.c.preset, func.count())
        .group_by(job_runs.c.kind, job_runs.c.preset)
        .order_by(job_runs.c.kind, job_runs.c.preset)
    )
    return [(kind, preset, count) for kind, preset, count in connection.execute(found)]


def find_preset_of(connection: Connection, job_id: str) -> str:
    """Return the preset that a job names, or the suffix of its output."""
    found = select(*_FACTS).where(jobs.c.id == job_id)
    row = connection.execute(found).mappings().one_or_none()
    return "" if row is None else _preset(row)


_OF_FOLDERS = {
    JobKind.HLS_PREVIEW,
    JobKind.LADDER,
    JobKind.THUMBNAILS,
    JobKind.STORYBOARD,
    JobKind.FRAMES,
}
"""What becomes a folder, whose name may look like one with a suffix."""
_FACTS = (
    jobs.c.id,
    jobs.c.kind,
    jobs.c.output,
    # what was asked for may be megabytes: the database takes these out of it
    jobs.c.spec["preset"].label("preset"),
    jobs.c.spec["presets"].label("presets"),
)


def _preset(row: RowMapping) -> str:
    several: Any = row["presets"]
    if isinstance(several, list):
        return "+".join(sorted(str(each) for each in several))
    if row["preset"]:
        return str(row["preset"])
    if row["kind"] in _OF_FOLDERS or not row["output"]:
        return ""
    return PurePath(row["output"]).suffix.lower()


def _count_frames(
    connection: Connection, job_ids: Sequence[str]
) -> dict[str, int | None]:
    """Return the frames of jobs; ``None`` for one whose output was reused whole."""
    counted = (
        select(tasks.c.job_id, func.sum(tasks.c.frames))
        .where(tasks.c.job_id.in_(job_ids))
        .group_by(tasks.c.job_id)
    )
    frames: dict[str, int | None] = {
        job_id: int(count) for job_id, count in connection.execute(counted)
    }
    results = select(tasks.c.job_id, tasks.c.result).where(
        tasks.c.job_id.in_(job_ids), tasks.c.name == OUTPUT_TASK
    )
    for job_id, result in connection.execute(results):
        if isinstance(result, dict) and "reused_from" in result:
            frames[job_id] = None
    return frames
