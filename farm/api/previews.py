"""Submit previews: media with an effect, a transition or subtitles applied."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from farm.api.output import absolute, check_output, check_sources
from farm.api.submit import Submitter
from farm.api.times import read_time
from farm.effects.catalog import read_effect_use
from farm.errors import InvalidOption
from farm.jobs.records import NewJob
from farm.jobs.status import JobKind
from farm.timeline.subtitle_files import read_as_ass
from farm.timeline.tables import with_table

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping, Sequence

    from pydantic import JsonValue

    from farm.api.job import Job
    from farm.api.times import TimeLike
    from farm.timeline.clip import EffectUse


def _read_use(text: str) -> EffectUse:
    try:
        return with_table(read_effect_use(text), folder=Path.cwd())
    except ValueError as error:
        raise InvalidOption(str(error)) from error


class Previews(Submitter):
    """Methods that submit previews.

    Each writes one frame (jpg, png, webp, avif), or a silent clip (mp4, gif).
    """

    def filter_preview(  # noqa: PLR0913  # as many as the command has options
        self,
        media: str | os.PathLike[str],
        output: str | os.PathLike[str],
        *,
        filter: str | Sequence[str],  # noqa: A002  # named as on the command line
        at: TimeLike,
        duration: TimeLike = 2,
        width: int | None = None,
        priority: int = 4,
        owner: str | None = None,
        project: str | None = None,
        webhook: str | None = None,
        idempotency_key: str | None = None,
    ) -> Job:
        """Show a film with entries of the catalogue, one after the other.

        Args:
            media: the film.
            output: the file to write.
            filter: one or more of ``NAME`` or ``NAME=VALUE``, ``NAME=PARAMETER=VALUE``;
                further values after a colon.
            at: time of the frame, or of the start of the clip.
            duration: of a clip, up to 30 s.
            width: in pixels.
            priority: 0 (last) to 9 (first).
            owner: whose job it is.
            project: who pays for the cache.
            webhook: a URL that is told of it, as by `Job.notify`.
            idempotency_key: the same key gives the same job.
        """
        texts = [filter] if isinstance(filter, str) else filter
        uses = [_read_use(text).model_dump(mode="json") for text in texts]
        options: dict[str, JsonValue] = {"effects": [*uses]}
        return self._preview(
            NewJob(
                kind=JobKind.FILTER_PREVIEW,
                spec=options,
                priority=priority,
                owner=owner,
                project=project,
                webhook=webhook,
                idempotency_key=idempotency_key,
            ),
            {**options, "path": str(absolute(media)), "at": _time(at)},
            output,
            duration=duration,
            width=width,
        )

    def effect_preview(  # noqa: PLR0913  # as many as the command has options
        self,
        media: str | os.PathLike[str],
        output: str | os.PathLike[str],
        *,
        effect: str,
        parameters: Mapping[str, float] | None = None,
        at: TimeLike,
        duration: TimeLike = 2,
        width: int | None = None,
        priority: int = 4,
        owner: str | None = None,
        project: str | None = None,
        webhook: str | None = None,
        idempotency_key: str | None = None,
    ) -> Job:
        """Show a film with an effect of the catalogue, by its name and parameters."""
        use: JsonValue = {"name": effect, "parameters": dict(parameters or {})}
        return self._preview(
            NewJob(
                kind=JobKind.EFFECT_PREVIEW,
                spec=None,
                priority=priority,
                owner=owner,
                project=project,
                webhook=webhook,
                idempotency_key=idempotency_key,
            ),
            {"effects": [use], "path": str(absolute(media)), "at": _time(at)},
            output,
            duration=duration,
            width=width,
        )

    def transition_preview(  # noqa: PLR0913  # as many as the command has options
        self,
        before: str | os.PathLike[str],
        after: str | os.PathLike[str],
        output: str | os.PathLike[str],
        *,
        transition: str = "dissolve",
        seconds: TimeLike = 1,
        cut: TimeLike | None = None,
        into: TimeLike | None = None,
        progress: float = 0.5,
        width: int | None = None,
        priority: int = 4,
        owner: str | None = None,
        project: str | None = None,
        webhook: str | None = None,
        idempotency_key: str | None = None,
    ) -> Job:
        """Show how one film becomes another.

        Args:
            before: the film that leaves.
            after: the film that comes.
            output: the file to write.
            transition: its kind, as in a timeline.
            seconds: length of the transition; a clip shows half a second around it.
            cut: time of the first film at its middle; by default near its end.
            into: time of the second film at its middle; by default near its start.
            progress: of a frame, how far the change has gone, 0 to 1.
            width: in pixels.
            priority: 0 (last) to 9 (first).
            owner: whose job it is.
            project: who pays for the cache.
            webhook: a URL that is told of it, as by `Job.notify`.
            idempotency_key: the same key gives the same job.
        """
        options: dict[str, JsonValue] = {
            "before": str(absolute(before)),
            "after": str(absolute(after)),
            "transition": transition,
            "seconds": _time(seconds),
            "cut": None if cut is None else _time(cut),
            "into": None if into is None else _time(into),
            "progress": progress,
        }
        return self._preview(
            NewJob(
                kind=JobKind.TRANSITION_PREVIEW,
                spec=None,
                priority=priority,
                owner=owner,
                project=project,
                webhook=webhook,
                idempotency_key=idempotency_key,
            ),
            options,
            output,
            width=width,
        )

    def subtitle_preview(  # noqa: PLR0913  # as many as the command has options
        self,
        media: str | os.PathLike[str],
        output: str | os.PathLike[str],
        *,
        subtitles: str | os.PathLike[str],
        at: TimeLike,
        duration: TimeLike = 2,
        width: int | None = None,
        priority: int = 4,
        owner: str | None = None,
        project: str | None = None,
        webhook: str | None = None,
        idempotency_key: str | None = None,
    ) -> Job:
        """Show a film with subtitles of a file (SubRip, WebVTT, ASS) at their times."""
        options: dict[str, JsonValue] = {
            "path": str(absolute(media)),
            "subtitles": read_as_ass(absolute(subtitles)),
            "at": _time(at),
        }
        return self._preview(
            NewJob(
                kind=JobKind.SUBTITLE_PREVIEW,
                spec=None,
                priority=priority,
                owner=owner,
                project=project,
                webhook=webhook,
                idempotency_key=idempotency_key,
            ),
            options,
            output,
            duration=duration,
            width=width,
        )

    def _preview(
        self,
        new: NewJob,
        options: Mapping[str, JsonValue],
        output: str | os.PathLike[str],
        *,
        duration: TimeLike = 2,
        width: int | None,
    ) -> Job:
        path = check_output(output, self.settings)
        sources = [options.get(name) for name in ("path", "before", "after")]
        check_sources(path, [str(source) for source in sources if source])
        spec: dict[str, JsonValue] = {
            **options,
            "output": str(path),
            "duration": _time(duration),
            "width": width,
        }
        return self._submit(replace(new, spec=spec, output=str(path)))


def _time(value: TimeLike) -> str:
    return str(read_time(value, name="time"))
