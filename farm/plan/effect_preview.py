"""Plan previews: a frame or a short clip of media with something applied to it."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import Field

from farm.effects.catalog import find_effect_problem
from farm.errors import InvalidOption
from farm.ffmpeg.effect_preview import CLIP_SUFFIXES
from farm.ffmpeg.size import width_size
from farm.ffmpeg.still_output import STILL_SUFFIXES
from farm.jobs.records import OUTPUT_TASK, NewTask
from farm.jobs.status import Queue, TaskKind
from farm.plan.job import Identity, JobPlan, Planned, Spec
from farm.plan.timeline import PICTURE, find_place_problem
from farm.timeline.applied import effect_timeline, transition_timeline
from farm.timeline.clip import EffectUse  # noqa: TC001  # pydantic reads it
from farm.timeline.place import place
from farm.timeline.slice import slice_picture
from farm.timeline.time import Seconds, show_time  # pydantic reads the annotations
from farm.timeline.transition import check_transition_kind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from farm.settings import Settings
    from farm.timeline.media import MediaFacts
    from farm.timeline.timeline import Timeline

#: Longest clip that is made in one piece while somebody waits.
LONGEST_SECONDS = 30


class PreviewSpec(Spec):
    """What every preview has."""

    output: str
    width: int | None = Field(default=None, ge=2, le=16384)
    duration: Seconds = Field(default="2", validate_default=True)
    """Length of a clip."""


class EffectPreviewSpec(PreviewSpec):
    """A film with effects of the catalogue."""

    path: str
    effects: tuple[EffectUse, ...]
    at: Seconds


class SubtitlePreviewSpec(PreviewSpec):
    """A film with subtitles."""

    path: str
    subtitles: str
    """As an ASS document."""
    at: Seconds


class TransitionPreviewSpec(PreviewSpec):
    """A transition from one film to another."""

    before: str
    after: str
    transition: str = "dissolve"
    seconds: Seconds = Field(default="1", validate_default=True)
    """Length of the transition."""
    cut: Seconds | None = None
    """Time of `before` at which the middle lies."""
    into: Seconds | None = None
    """Time of `after` that is shown there."""
    progress: float = Field(default=0.5, ge=0, le=1)
    """How far the change has gone, of a single frame."""


def _check(spec: PreviewSpec, _settings: Settings) -> None:
    suffix = Path(spec.output).suffix.lower()
    if suffix not in (*STILL_SUFFIXES, *CLIP_SUFFIXES):
        names = ", *".join((*STILL_SUFFIXES, *CLIP_SUFFIXES))
        message = f"a preview cannot be written to {Path(spec.output).name}; "
        raise InvalidOption(f"{message}name it *{names}")
    if not 0 < spec.duration <= LONGEST_SECONDS:
        message = (
            f"a preview cannot last {show_time(spec.duration)}; "
            f"it may last up to {LONGEST_SECONDS} s"
        )
        raise InvalidOption(message)


def _check_effects(spec: EffectPreviewSpec, settings: Settings) -> None:
    _check(spec, settings)
    if not spec.effects:
        raise InvalidOption("say which effect to show")
    for use in spec.effects:
        problem = find_effect_problem(use)
        problem = problem or find_place_problem(use, settings.media_roots)
        if problem:
            raise InvalidOption(problem)


def _check_transition(spec: TransitionPreviewSpec, settings: Settings) -> None:
    _check(spec, settings)
    try:
        check_transition_kind(spec.transition)
    except ValueError as error:
        raise InvalidOption(str(error)) from error
    if not 0 < spec.seconds <= LONGEST_SECONDS:
        message = f"a transition cannot last {show_time(spec.seconds)} here"
        raise InvalidOption(message)


def _plan_effects(
    spec: EffectPreviewSpec, facts: Mapping[str, MediaFacts], settings: Settings
) -> Planned:
    timeline = effect_timeline(facts[spec.path], spec.effects)
    return _plan(spec, timeline, facts, settings, at=spec.at)


def _plan_subtitles(
    spec: SubtitlePreviewSpec, facts: Mapping[str, MediaFacts], settings: Settings
) -> Planned:
    timeline = effect_timeline(facts[spec.path], ())
    return _plan(spec, timeline, facts, settings, at=spec.at, subtitles=spec.subtitles)


def _plan_transition(
    spec: TransitionPreviewSpec, facts: Mapping[str, MediaFacts], settings: Settings
) -> Planned:
    timeline, middle = transition_timeline(
        facts[spec.before],
        facts[spec.after],
        kind=spec.transition,
        seconds=spec.seconds,
        cut=spec.cut,
        into=spec.into,
    )
    if Path(spec.output).suffix.lower() in CLIP_SUFFIXES:
        whole = spec.model_copy(update={"duration": Fraction(LONGEST_SECONDS * 2)})
        return _plan(whole, timeline, facts, settings, at=Fraction(0))
    progress = Fraction(spec.progress).limit_denominator(1000) - Fraction(1, 2)
    at = middle + progress * spec.seconds
    return _plan(spec, timeline, facts, settings, at=at)


def _plan(
    spec: PreviewSpec,
    timeline: Timeline,
    facts: Mapping[str, MediaFacts],
    settings: Settings,
    *,
    at: Fraction,
    subtitles: str | None = None,
) -> Planned:
    """Return the task that makes the frame, or the clip from there on."""
    placed = place(timeline, facts)
    composition = placed.composition
    frame = at * composition.rate // 1
    if not 0 <= frame < composition.frames:
        length = show_time(composition.frames / composition.rate)
        message = f"there is no frame at {show_time(at)}: the film is {length} long"
        raise InvalidOption(message)
    suffix = Path(spec.output).suffix.lower()
    is_clip = suffix in CLIP_SUFFIXES
    count = max(1, spec.duration * composition.rate // 1) if is_clip else 1
    last = min(composition.frames, frame + count)
    size = width_size(composition.width, composition.height, wanted=spec.width)
    task = NewTask(
        name=OUTPUT_TASK,
        kind=TaskKind.EFFECT_PREVIEW,
        queue=Queue.CPU_INTERACTIVE,
        payload={
            "picture": PICTURE.dump_python(
                slice_picture(composition, frame, last), mode="json"
            ),
            "size": list(size),
            "suffix": suffix,
            "threads": settings.task_threads,
            "subtitles": subtitles,
            "start": str(frame / composition.rate),
        },
        frames=last - frame,
    )
    return Planned(tasks=(task,), warnings=placed.warnings)


EFFECT_PREVIEW = JobPlan(
    spec=EffectPreviewSpec,
    sources=lambda spec: (spec.path,),
    check=_check_effects,
    plan=_plan_effects,
    identity=lambda _spec: Identity.STAMP,
)
SUBTITLE_PREVIEW = JobPlan(
    spec=SubtitlePreviewSpec,
    sources=lambda spec: (spec.path,),
    check=_check,
    plan=_plan_subtitles,
    identity=lambda _spec: Identity.STAMP,
)
TRANSITION_PREVIEW = JobPlan(
    spec=TransitionPreviewSpec,
    sources=lambda spec: (spec.before, spec.after),
    check=_check_transition,
    plan=_plan_transition,
    identity=lambda _spec: Identity.STAMP,
)
