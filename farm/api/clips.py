"""Submit small films: previews, moving pictures, joined files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from farm.api.output import absolute, check_output, check_output_folder, check_sources
from farm.api.source import media_rules
from farm.api.submit import Submitter
from farm.api.times import plain_range, read_time
from farm.jobs.records import NewJob
from farm.jobs.status import JobKind

if TYPE_CHECKING:
    import os
    from collections.abc import Sequence

    from pydantic import JsonValue

    from farm.api.job import Job
    from farm.api.source import Source
    from farm.api.times import RangeLike, TimeLike


class Clips(Submitter):
    """Methods that submit small films."""

    def preview(  # noqa: PLR0913  # as many as the command has options
        self,
        source: Source,
        output: str | os.PathLike[str],
        *,
        range: RangeLike | None = None,  # noqa: A002  # named as on the command line
        width: int | None = None,
        speed: float | str = 1,
        hls: bool = False,
        media_root: str | os.PathLike[str] | None = None,
        missing: str = "refuse",
        priority: int = 4,
        owner: str | None = None,
        project: str | None = None,
        webhook: str | None = None,
        idempotency_key: str | None = None,
    ) -> Job:
        """Make a small proxy of a timeline or a film, in which every seek is quick.

        Args:
            source: a timeline or a film.
            output: ``*.mp4``, ``*.mov`` or ``*.mkv``; with `hls` a folder.
            range: start and end in seconds of the source; by default all of it.
            width: pixels, 2 to 4096; by default the longer side has at most 640.
            speed: times as fast, 1/16 to 16, with its sound.
            hls: the folder gets ``index.m3u8`` and segments, which grow while later
                ones are made; a job that fails or is cancelled takes them away.
            media_root: where missing media of a timeline are looked for by name.
            missing: ``refuse``, or ``black`` in their place.
            priority: 0 (last) to 9 (first).
            owner: whose job it is.
            project: to which what is kept is counted.
            webhook: a URL that is told of it, as by `Job.notify`.
            idempotency_key: a second job with the same key is the first.
        """
        media = media_rules(media_root, missing)
        options: dict[str, JsonValue] = {
            "range": plain_range(range),
            "width": width,
            "speed": str(speed),
        }
        new = NewJob(
            kind=JobKind.HLS_PREVIEW if hls else JobKind.PREVIEW,
            spec=options,
            output=str(
                check_output_folder(output, self.settings)
                if hls
                else check_output(output, self.settings)
            ),
            priority=priority,
            owner=owner,
            project=project,
            webhook=webhook,
            idempotency_key=idempotency_key,
        )
        return self._submit_source(new, options, source, media, partly=True)

    def gif(  # noqa: PLR0913  # as many as the command has options
        self,
        source: Source,
        output: str | os.PathLike[str],
        *,
        duration: TimeLike,
        start: TimeLike = 0,
        fps: float | str | None = None,
        width: int | None = None,
        loop: int = 0,
        max_bytes: int | None = None,
        media_root: str | os.PathLike[str] | None = None,
        missing: str = "refuse",
        priority: int = 4,
        owner: str | None = None,
        project: str | None = None,
        webhook: str | None = None,
        idempotency_key: str | None = None,
    ) -> Job:
        """Make a range of a timeline or a film into a gif, webp or avif.

        Args:
            source: a timeline or a film.
            output: ``*.gif``, ``*.webp`` or ``*.avif``.
            duration: seconds, more than 0 and at most 300.
            start: seconds from the start of the source.
            fps: frames a second, at most 50 for a GIF, 60 else; by default 12.5.
            width: pixels, 2 to 4096; by default at most 480.
            loop: how often it is played; 0: again and again.
            max_bytes: it has at most so many; colours, size and rate give way.
            media_root: where missing media of a timeline are looked for by name.
            missing: ``refuse``, or ``black`` in their place.
            priority: 0 (last) to 9 (first).
            owner: whose job it is.
            project: to which what is kept is counted.
            webhook: a URL that is told of it, as by `Job.notify`.
            idempotency_key: a second job with the same key is the first.
        """
        media = media_rules(media_root, missing)
        options: dict[str, JsonValue] = {
            "start": str(read_time(start, name="start")),
            "duration": str(read_time(duration, name="duration")),
            "fps": None if fps is None else str(fps),
            "width": width,
            "loop": loop,
            "max_bytes": max_bytes,
        }
        new = NewJob(
            kind=JobKind.GIF,
            spec=options,
            output=str(check_output(output, self.settings)),
            priority=priority,
            owner=owner,
            project=project,
            webhook=webhook,
            idempotency_key=idempotency_key,
        )
        return self._submit_source(new, options, source, media, partly=True)

    def concat(  # noqa: PLR0913  # as many as the command has options
        self,
        media: Sequence[str | os.PathLike[str]],
        output: str | os.PathLike[str],
        *,
        copy: str = "auto",
        preset: str | None = None,
        priority: int = 4,
        owner: str | None = None,
        project: str | None = None,
        webhook: str | None = None,
        idempotency_key: str | None = None,
    ) -> Job:
        """Join files, one after the other; the result's warnings say how it was done.

        Args:
            media: paths of one file or more, in order.
            output: where it is written; ``*.m4a``, ``*.mp3``, ``*.wav``, ``*.flac`` and
                ``*.opus`` hold the sound alone.
            copy: ``auto``: streams are copied where all files fit together, else
                they are rendered into the size and rate of the first; ``off``: they
                are rendered.
            preset: how they are rendered; with one, nothing is copied.
            priority: 0 (last) to 9 (first).
            owner: whose job it is.
            project: to which what is kept is counted.
            webhook: a URL that is told of it, as by `Job.notify`.
            idempotency_key: a second job with the same key is the first.
        """
        paths = [str(absolute(each)) for each in media]
        target = check_output(output, self.settings)
        check_sources(target, paths)
        return self._submit(
            NewJob(
                kind=JobKind.CONCAT,
                spec={
                    "media": [*paths],
                    "output": str(target),
                    "copied": copy,
                    "preset": preset,
                },
                output=str(target),
                priority=priority,
                owner=owner,
                project=project,
                webhook=webhook,
                idempotency_key=idempotency_key,
            )
        )
