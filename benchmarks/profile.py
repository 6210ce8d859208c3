"""Where the time of a render went, from the attempts in the job table."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pydantic import JsonValue

    from farm.api import Job


def profile_job(job: Job, *, slots: int) -> dict[str, JsonValue]:
    """Return when each task ran, and how long the slots had nothing to do."""
    created, finished = job.row.created, job.row.finished
    assert finished is not None, "the job has not ended"
    names = {task.id: task for task in job.tasks()}
    spans = {
        names[attempt.task_id].name: (
            attempt.started - created,
            (attempt.finished or finished) - created,
        )
        for attempt in job.attempts()
    }
    work = {n: s for n, s in spans.items() if n == "mix" or n.startswith("segment")}
    first = min(start for start, _ in work.values())
    ends = sorted(end for _, end in work.values())
    busy = sum(end - start for start, end in work.values())
    alone = ends[-1] - ends[-2] if len(ends) > 1 else 0.0
    return {
        "total_seconds": round(finished - created, 3),
        "before_first_segment": round(first, 3),
        "segments_and_mix": round(ends[-1] - first, 3),
        "idle_while_others_work": round(slots * (ends[-1] - first) - busy - alone, 3),
        "last_one_alone": round(alone, 3),
        "join_and_check": round(spans["output"][1] - ends[-1], 3),
        "publish": round(finished - created - spans["output"][1], 3),
        "tasks": {
            name: [round(start, 3), round(end, 3)]
            for name, (start, end) in spans.items()
        },
    }
