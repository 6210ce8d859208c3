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
        keyframes: bool = False,
        decode: bool = False,
        priority: int = 4,
        project: str | None = None,
        idempotency_key: str | None = None,
    ) -> Job:
        """Tell all of a media file: `farm.timeline.report.MediaReport` as plain data.

        Args:
            media: the file.
            keyframes: tell the time of every key frame, too.
            decode: decode all of it, to tell how much of it can be.
            priority: 0 (last) to 9 (first).
            project: what the job belongs to.
            idempotency_key: a job that has it already is returned instead.
        """
        return self._submit(
            NewJob(
                kind=JobKind.PROBE,
                spec={
                    "path": str(absolute(media)),
                    "keyframes": keyframes,
                    "decode": decode,
                },
                priority=priority,
                project=project,
                idempotency_key=idempotency_key,
            )
        )
