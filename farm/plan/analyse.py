"""Plan an analysis: one task measures all that is asked for."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING

from pydantic import Field, TypeAdapter

from farm.errors import InvalidOption, MediaUnreadable
from farm.ffmpeg.analyse import film_of
from farm.jobs.records import OUTPUT_TASK, NewTask
from farm.jobs.status import Queue, TaskKind
from farm.plan.job import Identity, JobPlan, Planned, Spec
from farm.timeline.analysis import OF_SOUND, Measure, Thresholds
from farm.timeline.media import MediaFacts
from farm.timeline.time import show_time

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from farm.settings import Settings
    from farm.timeline.media import VideoFacts

#: What takes longer to decode than a person waits goes where renders are.
_SHORT_SECONDS = 60
_SMALLEST_COMPARED = 16  # pixels; VMAF looks at the picture in four sizes
_LENGTHS_APART = Fraction(1, 10)  # seconds
_FACTS = TypeAdapter(MediaFacts | None)
_THRESHOLDS = TypeAdapter(Thresholds)


class AnalyseSpec(Spec):
    """What to measure of a file."""

    path: str
    what: tuple[Measure, ...] | None = Field(default=None, min_length=1)
    """``None``: all that the file allows."""
    reference: str | None = None
    thresholds: Thresholds = Field(default_factory=Thresholds)
    output: str | None = None


def _sources(spec: AnalyseSpec) -> tuple[str, ...]:
    return tuple(path for path in (spec.path, spec.reference) if path is not None)


def _check(spec: AnalyseSpec, _settings: Settings) -> None:
    """Refuse what can be seen to be wrong before the media are read."""
    is_compared = spec.what is not None and Measure.QUALITY in spec.what
    if is_compared and spec.reference is None:
        message = "quality is measured against a reference: name one"
        raise InvalidOption(message)
    if spec.reference is not None and spec.what is not None and not is_compared:
        message = "a reference is only used to measure quality: ask for that, too"
        raise InvalidOption(message)


def _plan(
    spec: AnalyseSpec, facts: Mapping[str, MediaFacts], settings: Settings
) -> Planned:
    """Return the task that measures what is asked for."""
    source = facts[spec.path]
    reference = None if spec.reference is None else facts[spec.reference]
    what = _choose(spec, source)
    warnings: list[str] = []
    if Measure.QUALITY in what and reference is not None:
        warnings += _check_likeness(source, reference)
    seconds = source.duration
    film = film_of(source) if set(what) - OF_SOUND else None
    is_short = seconds <= _SHORT_SECONDS
    task = NewTask(
        name=OUTPUT_TASK,
        kind=TaskKind.ANALYSE,
        queue=Queue.CPU_INTERACTIVE if is_short else Queue.CPU_BATCH,
        payload={
            "source": _FACTS.dump_python(source, mode="json"),
            "reference": _FACTS.dump_python(reference, mode="json"),
            "what": [measure.value for measure in what],
            "thresholds": _THRESHOLDS.dump_python(spec.thresholds, mode="json"),
            "threads": settings.task_threads,
        },
        # of sound, its progress is counted in seconds
        frames=(film.frames or 0) if film else math.ceil(seconds),
    )
    return Planned(tasks=(task,), warnings=tuple(warnings))


def _choose(spec: AnalyseSpec, source: MediaFacts) -> tuple[Measure, ...]:
    """Return what is to be measured, in a fixed order.

    What was asked for by name must be there; else it is all that there is.

    Raises:
        InvalidOption: when the file lacks the picture or sound that is measured.
    """
    has_film, has_sound = film_of(source) is not None, bool(source.audio)
    allowed = [
        measure
        for measure in Measure
        if (has_sound if measure in OF_SOUND else has_film)
        and (measure is not Measure.QUALITY or spec.reference is not None)
    ]
    if spec.what is None:
        if not allowed:
            message = f"{spec.path} has neither film nor sound that can be measured"
            raise InvalidOption(message, path=spec.path)
        return tuple(allowed)
    lacking = [measure for measure in Measure if measure in {*spec.what} - {*allowed}]
    if lacking:
        named = ", ".join(lacking)
        what = "no sound" if lacking[0] in OF_SOUND else _why_no_film(source)
        message = f"{spec.path} has {what}: {named} cannot be measured"
        raise InvalidOption(message, path=spec.path)
    return tuple(measure for measure in Measure if measure in spec.what)


def _why_no_film(source: MediaFacts) -> str:
    is_still = any(not video.is_cover for video in source.video)
    return "but a still picture" if is_still else "no picture"


def _check_likeness(source: MediaFacts, reference: MediaFacts) -> list[str]:
    """Say what makes a comparison doubtful.

    Raises:
        MediaUnreadable: when the reference has no film.
        InvalidOption: when it is too small.
    """
    mine, theirs = film_of(source), film_of(reference)
    if theirs is None:
        message = f"the reference {reference.path} holds no film to compare with"
        raise MediaUnreadable(message, path=reference.path)
    if min(theirs.width, theirs.height) < _SMALLEST_COMPARED:
        message = (
            f"the reference {reference.path} is {theirs.width}x{theirs.height}; "
            f"quality is measured from {_SMALLEST_COMPARED}x{_SMALLEST_COMPARED} on"
        )
        raise InvalidOption(message, path=reference.path)
    return [] if mine is None else [*_doubts(mine, theirs)]


def _doubts(mine: VideoFacts, theirs: VideoFacts) -> Iterator[str]:
    lengths = mine.end - mine.start, theirs.end - theirs.start
    if abs(lengths[0] - lengths[1]) > _LENGTHS_APART:
        yield (
            "quality: the two are not equally long "
            f"({show_time(lengths[0])} and {show_time(lengths[1])}); "
            "what is longer is not compared"
        )
    if mine.rate != theirs.rate:
        yield (
            f"quality: the frame rates differ ({mine.rate} and {theirs.rate}); "
            "each frame is compared with the nearest in time"
        )
    if mine.is_hdr != theirs.is_hdr:
        yield "quality: one of the two is HDR and the other is not"
    elif theirs.is_hdr:
        yield "quality: the model of VMAF was not made for HDR"


ANALYSE = JobPlan(
    spec=AnalyseSpec,
    sources=_sources,
    check=_check,
    plan=_plan,
    identity=lambda _spec: Identity.STAMP,
)
