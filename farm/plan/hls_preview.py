"""Plan a preview that is played while it is made: segments in order, growing lists."""

from __future__ import annotations

from typing import TYPE_CHECKING

from farm.ffmpeg.size import width_size
from farm.plan.job import Identity, JobPlan, Planned
from farm.plan.package import RungPlan, plan_package
from farm.plan.preview import (
    PRESET,
    PreviewSpec,
    preview_queue,
    preview_render,
    usual_width,
)
from farm.plan.render_spec import check_render
from farm.presets.catalog import find_preset
from farm.timeline.place import place

if TYPE_CHECKING:
    from collections.abc import Mapping

    from farm.settings import Settings
    from farm.timeline.media import MediaFacts

_RUNG = "video"


def _check(spec: PreviewSpec, settings: Settings) -> None:
    """Refuse what can be seen to be wrong before the media are read."""
    check_render(preview_render(spec, suffix=".mp4"), settings)


def _plan(
    spec: PreviewSpec, facts: Mapping[str, MediaFacts], settings: Settings
) -> Planned:
    """Return the tasks of a package of one size."""
    render = preview_render(spec, suffix=".mp4")
    placed = place(render.timeline, facts)
    composition = placed.composition
    rung = RungPlan(
        name=_RUNG,
        size=width_size(
            composition.width,
            composition.height,
            wanted=spec.width or usual_width(spec.timeline),
        ),
        preset=find_preset(PRESET, settings.preset_folders),
    )
    tasks = plan_package(
        render,
        facts,
        settings,
        composition=composition,
        rungs=[rung],
        queue=preview_queue,
        grows=True,
    )
    return Planned(tasks=tasks, warnings=placed.warnings)


HLS_PREVIEW = JobPlan(
    spec=PreviewSpec,
    sources=lambda spec: spec.timeline,
    check=_check,
    plan=_plan,
    identity=lambda _spec: Identity.STAMP,
)
