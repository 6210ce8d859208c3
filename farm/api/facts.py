"""Submit questions about a media file: probes and analyses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from farm.api.output import absolute, check_output, check_sources
from farm.api.submit import Submitter
from farm.errors import InvalidOption
from farm.jobs.records import NewJob
from farm.jobs.status import JobKind
from farm.timeline.analysis import Measure

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable, Mapping

    from pydantic import JsonValue

    from farm.api.job import Job


class Facts(Submitter):
    """Methods that ask about a media file."""

    def probe(  # noqa: PLR0913  # as many as the command has options
        self,
        media: str | os.PathLike[str],
        *,
        keyframes: bool = False,
        decode: bool = False,
        priority: int = 4,
        owner: str | None = None,
        project: str | None = None,
        webhook: str | None = None,
        idempotency_key: str | None = None,
    ) -> Job:
        """Tell all of a media file: `farm.timeline.report.MediaReport` as plain data.

        Args:
            media: the file.
            keyframes: tell the time of every key frame, too.
            decode: decode all of it, to tell how much of it can be.
            priority: 0 (last) to 9 (first).
            owner: whose job it is.
            project: what the job belongs to.
            webhook: a URL that is told of it, as by `Job.notify`.
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
                owner=owner,
                project=project,
                webhook=webhook,
                idempotency_key=idempotency_key,
            )
        )

    def analyse(  # noqa: PLR0913  # as many as the command has options
        self,
        media: str | os.PathLike[str],
        output: str | os.PathLike[str] | None = None,
        *,
        what: str | Iterable[str] | None = None,
        reference: str | os.PathLike[str] | None = None,
        thresholds: Mapping[str, float] | None = None,
        priority: int = 4,
        owner: str | None = None,
        project: str | None = None,
        webhook: str | None = None,
        idempotency_key: str | None = None,
    ) -> Job:
        """Measure a media file: `farm.timeline.analysis.Analysis` as plain data.

        Args:
            media: the file.
            output: a JSON file to write, too.
            what: names of `farm.timeline.analysis.Measure`, or one text with commas;
                ``None``: all that the file allows, quality only with a reference.
            reference: what the picture is compared with for quality.
            thresholds: from where on something counts, by the names of
                `farm.timeline.analysis.Thresholds`; what is left out is as usual.
            priority: 0 (last) to 9 (first).
            owner: whose job it is.
            project: what the job belongs to.
            webhook: a URL that is told of it, as by `Job.notify`.
            idempotency_key: a job that has it already is returned instead.

        Raises:
            InvalidOption: when a name or a threshold cannot be used.
        """
        source = str(absolute(media))
        other = None if reference is None else str(absolute(reference))
        target = None if output is None else check_output(output, self.settings)
        if target is not None:
            check_sources(target, [each for each in (source, other) if each])
        return self._submit(
            NewJob(
                kind=JobKind.ANALYSE,
                spec={
                    "path": source,
                    "what": None if what is None else _read_measures(what),
                    "reference": other,
                    "thresholds": dict(thresholds or {}),
                    "output": None if target is None else str(target),
                },
                output=None if target is None else str(target),
                priority=priority,
                owner=owner,
                project=project,
                webhook=webhook,
                idempotency_key=idempotency_key,
            )
        )


def _read_measures(what: str | Iterable[str]) -> list[JsonValue]:
    """Return names of what is measured, each once; raise for one that is none."""
    given = what.split(",") if isinstance(what, str) else what
    names = list(dict.fromkeys(name.strip() for name in given))
    known = [measure.value for measure in Measure]
    for name in names:
        if name not in known:
            raise InvalidOption(
                f"{name!r} cannot be measured; choose of {', '.join(known)}"
            )
    if not names:
        raise InvalidOption(f"say what to measure: {', '.join(known)}")
    return [*names]
