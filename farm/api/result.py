"""What came out of a completed job."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, JsonValue

from farm.jobs.report import SegmentReport
from farm.place import as_place

if TYPE_CHECKING:
    from pathlib import Path

    from farm.jobs.records import Job


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """Outputs of a job, and how they were made."""

    output: Path | None
    """What was asked for: a file, or the folder of several; none for a probe."""
    outputs: tuple[Path, ...]
    """Complete and checked files; none for a probe."""
    facts: tuple[dict[str, JsonValue], ...]
    """Media facts of each output, as plain data; of the source for a probe."""
    tasks_rendered: int
    """Tasks that made pictures."""
    tasks_reused: int
    """Tasks whose result was in the cache."""
    seconds_saved: float
    """How long it had taken to make what was reused."""
    segments: tuple[SegmentReport, ...]
    """Of a render: each piece of its picture, in order."""
    seconds: float
    """From the submission to the end of the job."""
    warnings: tuple[str, ...] = ()
    """What the timeline asks for and the farm did not do."""

    def to_json(self) -> dict[str, JsonValue]:
        """Return the result as plain data."""
        return {
            "output": None if self.output is None else str(self.output),
            "outputs": [str(path) for path in self.outputs],
            "facts": list(self.facts),
            "tasks_rendered": self.tasks_rendered,
            "tasks_reused": self.tasks_reused,
            "seconds_saved": round(self.seconds_saved, 3),
            "segments": [segment.to_json() for segment in self.segments],
            "seconds": round(self.seconds, 3),
            "warnings": list(self.warnings),
        }


def build_result(job: Job) -> Result:
    """Build the result of a completed job from its row."""
    stored = _Stored.model_validate(job.result or {})
    return Result(
        output=as_place(job.output) if job.output else None,
        outputs=tuple(as_place(each.path) for each in stored.outputs if each.path)
        if job.output
        else (),
        facts=tuple(each.facts for each in stored.outputs if each.facts),
        tasks_rendered=stored.tasks.get("rendered", 0),
        tasks_reused=stored.tasks.get("reused", 0),
        seconds_saved=stored.seconds_saved,
        segments=tuple(SegmentReport(**each) for each in stored.segments),
        seconds=stored.seconds,
        warnings=stored.warnings,
    )


class _StoredOutput(BaseModel):
    path: str | None = None
    facts: dict[str, JsonValue] | None = None


class _Stored(BaseModel):
    """The part of a job's result that callers see."""

    outputs: tuple[_StoredOutput, ...] = ()
    tasks: dict[str, int] = {}
    seconds_saved: float = 0.0
    segments: tuple[dict[str, Any], ...] = ()
    seconds: float = 0.0
    warnings: tuple[str, ...] = ()
