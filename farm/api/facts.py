"""Submit questions about a media file: probes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from farm.api.output import absolute
from farm.api.submit import Submitter
from farm.jobs.records import NewJob
from farm.jobs.status import JobKind

if TYPE_CHECKING:
    import os

    from farm.api.job import Job


class Facts(Submitter):
    """Methods that ask about a media file."""

    def probe(
        self,
        media: str | os.PathLike[str],
        *,
        priority: int = 4,
        project: str | None = None,
        idempotency_key: str | None = None,
    ) -> Job:
        """Read the facts of a media file."""
        return self._submit(
            NewJob(
                kind=JobKind.PROBE,
                spec={"path": str(absolute(media))},
                priority=priority,
                project=project,
                idempotency_key=idempotency_key,
            )
        )
