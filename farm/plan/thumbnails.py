"""Plan thumbnails: one task that takes all of them out of the file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from farm.jobs.records import OUTPUT_TASK, NewTask
from farm.jobs.status import Queue, TaskKind
from farm.plan.film import check_format, film_payload, film_warnings
from farm.plan.job import Identity, JobPlan, Planned, Spec

if TYPE_CHECKING:
    from collections.abc import Mapping

    from farm.settings import Settings
    from farm.timeline.media import MediaFacts

USUAL_WIDTH = 320


class ThumbnailsSpec(Spec):
    """So many pictures of a film, evenly placed."""

    path: str
    output: str
    count: int = Field(ge=1, le=10_000)
    width: int | None = Field(default=None, ge=2, le=16384)
    format: str = "jpg"
    exact: bool = False
    representative: bool = True


def _plan(
    spec: ThumbnailsSpec, facts: Mapping[str, MediaFacts], settings: Settings
) -> Planned:
    film = facts[spec.path]
    task = NewTask(
        name=OUTPUT_TASK,
        kind=TaskKind.THUMBNAILS,
        queue=Queue.CPU_INTERACTIVE,
        payload={
            **film_payload(
                film,
                settings,
                width=spec.width,
                usual_width=USUAL_WIDTH,
                suffix=f".{spec.format}",
            ),
            "count": spec.count,
            "exact": spec.exact,
            "representative": spec.representative,
        },
        frames=spec.count,
    )
    return Planned(tasks=(task,), warnings=film_warnings(film, spec.count))


THUMBNAILS = JobPlan(
    spec=ThumbnailsSpec,
    sources=lambda spec: (spec.path,),
    check=lambda spec, _settings: check_format(spec.format),
    plan=_plan,
    identity=lambda _spec: Identity.STAMP,
)
