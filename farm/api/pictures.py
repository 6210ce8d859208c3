"""Submit pictures: frames, thumbnails, storyboards."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

from farm.api.output import absolute, check_output, check_output_folder
from farm.api.source import is_media, media_rules, read_timeline
from farm.api.submit import Submitter
from farm.api.times import read_time
from farm.errors import InvalidOption
from farm.jobs.records import NewJob
from farm.jobs.status import JobKind
from farm.plan.purpose import find_purpose
from farm.timeline.subtitle_files import read_subtitle_times

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pydantic import JsonValue

    from farm.api.job import Job
    from farm.api.source import Source
    from farm.api.times import TimeLike


class Pictures(Submitter):
    """Methods that submit pictures."""

    def frame(  # noqa: PLR0913  # as many as the command has options
        self,
        source: Source,
        output: str | os.PathLike[str],
        *,
        at: TimeLike,
        width: int | None = None,
        media_root: str | os.PathLike[str] | None = None,
        missing: str = "refuse",
        priority: int = 4,
        owner: str | None = None,
        project: str | None = None,
        webhook: str | None = None,
        idempotency_key: str | None = None,
    ) -> Job:
        """Write the picture that a timeline or a film shows at a time."""
        media = media_rules(media_root, missing)
        options: dict[str, JsonValue] = {
            "at": str(read_time(at, name="time")),
            "width": width,
        }
        new = NewJob(
            kind=JobKind.FRAME,
            spec=options,
            output=str(check_output(output, self.settings)),
            priority=priority,
            owner=owner,
            project=project,
            webhook=webhook,
            idempotency_key=idempotency_key,
        )
        return self._submit_source(new, options, source, media, partly=True)

    def thumbnails(  # noqa: PLR0913  # as many as the command has options
        self,
        media: str | os.PathLike[str],
        output: str | os.PathLike[str],
        *,
        count: int,
        width: int | None = None,
        format: str = "jpg",  # noqa: A002  # named as on the command line
        exact: bool = False,
        representative: bool = True,
        priority: int = 4,
        owner: str | None = None,
        project: str | None = None,
        webhook: str | None = None,
        idempotency_key: str | None = None,
    ) -> Job:
        """Write so many pictures of a film, evenly placed, into a folder.

        Args:
            media: the film.
            output: the folder; it is made.
            count: 1 to 10,000.
            width: in pixels; by default 320, or as wide as the film.
            format: ``jpg``, ``png``, ``webp`` or ``avif``.
            exact: take the frames shown at the places themselves; else the nearest
                key frames, which is faster.
            representative: where a picture is black, faded or plain, take another
                nearby.
            priority: 0 (last) to 9 (first).
            owner: whose job it is.
            project: who pays for the cache.
            webhook: a URL that is told of it, as by `Job.notify`.
            idempotency_key: the same key gives the same job.
        """
        return self._submit(
            NewJob(
                kind=JobKind.THUMBNAILS,
                spec={
                    "path": str(absolute(media)),
                    "output": str(check_output_folder(output, self.settings)),
                    "count": count,
                    "width": width,
                    "format": format,
                    "exact": exact,
                    "representative": representative,
                },
                output=str(check_output_folder(output, self.settings)),
                priority=priority,
                owner=owner,
                project=project,
                webhook=webhook,
                idempotency_key=idempotency_key,
            )
        )

    def storyboard(  # noqa: PLR0913  # as many as the command has options
        self,
        source: Source,
        output: str | os.PathLike[str],
        *,
        count: int | None = None,
        every: TimeLike | None = None,
        columns: int = 10,
        width: int | None = None,
        format: str = "jpg",  # noqa: A002  # named as on the command line
        exact: bool = False,
        stills: bool = False,
        strip: bool = False,
        media_root: str | os.PathLike[str] | None = None,
        missing: str = "refuse",
        priority: int = 4,
        owner: str | None = None,
        project: str | None = None,
        webhook: str | None = None,
        idempotency_key: str | None = None,
    ) -> Job:
        """Lay pictures of a film or timeline on sheets, for players and editors.

        The folder gets the sheets, ``storyboard.vtt`` with a cue for each picture, and
        ``frames.json`` with the time each was taken at.

        Args:
            source: a film or a timeline.
            output: the folder; it is made.
            count: of pictures; by default 100.
            every: instead of a count, seconds from one to the next.
            columns: pictures in a row.
            width: of a picture in pixels; by default 160.
            format: ``jpg``, ``png``, ``webp`` or ``avif``.
            exact: take the frame in the middle of each part of a film.
            stills: also write each picture as a file of its own.
            strip: also write all pictures in one row.
            media_root: where missing media of a timeline are looked for by name.
            missing: ``refuse``, or ``black`` in their place.
            priority: 0 (last) to 9 (first).
            owner: whose job it is.
            project: who pays for the cache.
            webhook: a URL that is told of it, as by `Job.notify`.
            idempotency_key: the same key gives the same job.
        """
        media = media_rules(media_root, missing)
        options: dict[str, JsonValue] = {
            "count": count,
            "every": None if every is None else str(read_time(every, name="distance")),
            "columns": columns,
            "width": width,
            "format": format,
            "exact": exact,
            "stills": stills,
            "strip": strip,
        }
        new = NewJob(
            kind=JobKind.STORYBOARD,
            spec=options,
            output=str(check_output_folder(output, self.settings)),
            priority=priority,
            owner=owner,
            project=project,
            webhook=webhook,
            idempotency_key=idempotency_key,
        )
        if isinstance(source, str | os.PathLike) and is_media(source):
            path = str(absolute(source))
            spec: dict[str, JsonValue] = {**options, "path": path, "output": new.output}
            return self._submit(replace(new, spec=spec))
        return self._submit_timeline(
            new, options, read=lambda: read_timeline(source, media)
        )

    def frames(  # noqa: PLR0913  # as many as the command has options
        self,
        source: Source,
        output: str | os.PathLike[str],
        *,
        at: Sequence[TimeLike] | None = None,
        purpose: str | None = None,
        strategy: str | None = None,
        every: TimeLike | None = None,
        threshold: float = 0.3,
        offset: TimeLike = "1/2",
        subtitles: str | os.PathLike[str] | None = None,
        limit: int | None = None,
        scores: bool = False,
        width: int | None = None,
        format: str | None = None,  # noqa: A002  # named as on the command line
        media_root: str | os.PathLike[str] | None = None,
        missing: str = "refuse",
        priority: int = 4,
        owner: str | None = None,
        project: str | None = None,
        webhook: str | None = None,
        idempotency_key: str | None = None,
    ) -> Job:
        """Write several frames into a folder, and ``frames.json`` that lists them.

        Args:
            source: a film or timeline; strategies look through films.
            output: the folder; it is made.
            at: times; a timeline is black where nothing is.
            purpose: a key of `farm.plan.purpose.PURPOSES`: usual options of one use.
            strategy: instead of times: ``interval``, ``scenes`` (where the picture
                changes at once), ``keyframes``, ``subtitles`` or ``combined``.
            every: seconds between frames (interval), at least so many (combined).
            threshold: change that makes a new scene, 0 to 1.
            offset: seconds into a subtitle.
            subtitles: a file of them; by default those in the film.
            limit: at most so many, spread over all.
            scores: tell the change of key frames, too, for which all of the film is
                decoded; of frames by another strategy it is always told.
            width: in pixels; a film by a strategy is not made larger.
            format: ``jpg``, ``png``, ``webp`` or ``avif``.
            media_root: where missing media of a timeline are looked for by name.
            missing: ``refuse``, or ``black`` in their place.
            priority: 0 (last) to 9 (first).
            owner: whose job it is.
            project: who pays for the cache.
            webhook: a URL that is told of it, as by `Job.notify`.
            idempotency_key: the same key gives the same job.
        """
        media = media_rules(media_root, missing)
        usual = find_purpose(purpose)
        new = NewJob(
            kind=JobKind.FRAMES,
            spec=None,
            output=str(check_output_folder(output, self.settings)),
            priority=priority,
            owner=owner,
            project=project,
            webhook=webhook,
            idempotency_key=idempotency_key,
        )
        options: dict[str, JsonValue] = {
            "width": width or usual.width,
            "format": format or usual.format,
        }
        if at is not None:
            if strategy is not None:
                raise InvalidOption("frames are at times or by a strategy, not both")
            options["at"] = [str(read_time(time, name="time")) for time in at]
            return self._submit_source(new, options, source, media, partly=True)
        if not (isinstance(source, str | os.PathLike) and is_media(source)):
            raise InvalidOption("strategies look through films; of a timeline, say at")
        distance = usual.every if every is None else read_time(every, name="distance")
        options |= {
            "path": str(absolute(source)),
            "output": new.output,
            "strategy": strategy or usual.strategy,
            "every": str(distance),
            "threshold": threshold,
            "offset": str(read_time(offset, name="offset")),
            "cues": None
            if subtitles is None
            else list(read_subtitle_times(absolute(subtitles))),
            "limit": limit or usual.limit,
            "scores": scores,
        }
        return self._submit(replace(new, spec=options))
