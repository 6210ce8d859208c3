"""Submit what is played: renders."""

from __future__ import annotations

from typing import TYPE_CHECKING

from farm.api.output import check_output
from farm.api.source import read_timeline
from farm.api.submit import Submitter
from farm.api.times import read_range, read_time
from farm.errors import InvalidOption
from farm.jobs.records import NewJob
from farm.jobs.status import JobKind

if TYPE_CHECKING:
    import os

    from pydantic import JsonValue

    from farm.api.job import Job
    from farm.api.source import Source
    from farm.api.times import RangeLike


class Movies(Submitter):
    """Methods that submit what is played."""

    def render(  # noqa: PLR0913  # as many as the command has options
        self,
        timeline: Source,
        output: str | os.PathLike[str],
        *,
        preset: str | None = None,
        range: RangeLike | None = None,  # noqa: A002  # named as on the command line
        priority: int = 4,
        device: str = "auto",
        segments: str | float = "auto",
        smart: str = "auto",
        use_cache: bool = True,
        project: str | None = None,
        idempotency_key: str | None = None,
    ) -> Job:
        """Render a timeline, or a range of it, into one file.

        With `smart` not ``off``, whole groups of pictures of untouched H.264 sources
        that fit the preset are copied instead of encoded.
        """
        times = None if range is None else read_range(range)
        options: dict[str, JsonValue] = {
            "preset": preset,
            "range": None if times is None else [str(time) for time in times],
            "device": device,
            "segments": _read_segments(segments),
            "smart": smart,
            "use_cache": use_cache,
        }
        new = NewJob(
            kind=JobKind.RENDER,
            spec=options,
            output=str(check_output(output)),
            priority=priority,
            project=project,
            idempotency_key=idempotency_key,
        )
        return self._submit_timeline(new, options, read=lambda: read_timeline(timeline))


def _read_segments(segments: str | float) -> str:
    if segments in {"auto", "off"}:
        return str(segments)
    seconds = read_time(segments, name="length of segments")
    if not seconds:
        raise InvalidOption("the length of segments must be more than 0 seconds")
    return str(seconds)
