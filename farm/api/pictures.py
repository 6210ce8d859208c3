"""Submit pictures: frames."""

from __future__ import annotations

from typing import TYPE_CHECKING

from farm.api.output import check_output
from farm.api.source import read_timeline_or_media
from farm.api.submit import Submitter
from farm.api.times import read_time
from farm.jobs.records import NewJob
from farm.jobs.status import JobKind

if TYPE_CHECKING:
    import os

    from pydantic import JsonValue

    from farm.api.job import Job
    from farm.api.source import Source
    from farm.api.times import TimeLike


class Pictures(Submitter):
    """Methods that submit pictures."""

    def frame(
        self,
        source: Source,
        output: str | os.PathLike[str],
        *,
        at: TimeLike,
        width: int | None = None,
        priority: int = 4,
        project: str | None = None,
        idempotency_key: str | None = None,
    ) -> Job:
        """Write the picture that a timeline or a film shows at a time."""
        options: dict[str, JsonValue] = {
            "at": str(read_time(at, name="time")),
            "width": width,
        }
        new = NewJob(
            kind=JobKind.FRAME,
            spec=options,
            output=str(check_output(output)),
            priority=priority,
            project=project,
            idempotency_key=idempotency_key,
        )
        return self._submit_timeline(
            new, options, read=lambda: read_timeline_or_media(source)
        )
