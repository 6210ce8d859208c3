"""Plan a preview: the render of a timeline, small, fast to make and quick to seek."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from pydantic import Field, ValidationError

from farm.errors import InvalidOption
from farm.jobs.status import Queue
from farm.plan.job import Identity, JobPlan, Planned, Spec
from farm.plan.render import RENDER, plan_render
from farm.plan.render_spec import RenderSpec
from farm.timeline.faster import play_faster
from farm.timeline.time import Seconds, Speed  # noqa: TC001  # pydantic reads them
from farm.timeline.timeline import Timeline  # noqa: TC001  # pydantic reads it

if TYPE_CHECKING:
    from collections.abc import Mapping

    from farm.settings import Settings
    from farm.timeline.media import MediaFacts

PRESET = "preview"
_USUAL_SIDE = 640
#: Longer previews wait behind renders: they would hold the places of the interactive
#: queue, which are for work that a person waits for.
LONGEST_INTERACTIVE_SECONDS = 15


class PreviewSpec(Spec):
    """A small proxy of a timeline, or of a range of it."""

    timeline: Timeline
    output: str
    range: tuple[Seconds, Seconds] | None = None
    """On the timeline as it is, before `speed`."""
    width: int | None = Field(default=None, ge=2, le=4096)
    speed: Speed = Field(default=Fraction(1), ge=Fraction(1, 16), le=16)


def preview_render(spec: PreviewSpec, *, suffix: str = "") -> RenderSpec:
    """Return the render that is the preview; the suffix is added to its output."""
    timeline, times = spec.timeline, spec.range
    if spec.speed != 1:
        try:
            timeline = play_faster(timeline, spec.speed)
        except ValidationError as error:
            message = (
                f"at {spec.speed} times its speed, a clip would be too fast or slow"
            )
            raise InvalidOption(message) from error
        if times is not None:
            times = times[0] / spec.speed, times[1] / spec.speed
    return RenderSpec(
        timeline=timeline,
        output=f"{spec.output}{suffix}",
        preset=PRESET,
        range=times,
        smart="off",
    )


def _check(spec: PreviewSpec, settings: Settings) -> None:
    """Refuse what can be seen to be wrong before the media are read."""
    RENDER.check(preview_render(spec), settings)


def _plan(
    spec: PreviewSpec, facts: Mapping[str, MediaFacts], settings: Settings
) -> Planned:
    """Return the tasks of a render, which wait where a preview of its length does."""
    width = spec.width or usual_width(spec.timeline)
    return plan_render(
        preview_render(spec), facts, settings, width=width, queue=preview_queue
    )


def usual_width(timeline: Timeline) -> int:
    """Return a width with which no side is longer than is usual."""
    upright = _USUAL_SIDE * timeline.width // timeline.height
    return max(2, min(_USUAL_SIDE, timeline.width, upright))


def preview_queue(seconds: Fraction) -> Queue:
    """Return where the tasks of a preview wait, by its length."""
    is_short = seconds <= LONGEST_INTERACTIVE_SECONDS
    return Queue.CPU_INTERACTIVE if is_short else Queue.CPU_BATCH


PREVIEW = JobPlan(
    spec=PreviewSpec,
    sources=lambda spec: spec.timeline,
    check=_check,
    plan=_plan,
    identity=lambda _spec: Identity.STAMP,
)
