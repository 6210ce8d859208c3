"""Case g: what a longer timeline costs to load, to plan and to turn into commands."""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING

from benchmarks.figures import Case, Figure
from benchmarks.planning import build_document, build_results, build_spec
from farm.ffmpeg.encode import build_segment_command
from farm.jobs.status import JobKind, TaskKind
from farm.kinds.payload import SegmentPayload
from farm.plan.jobs import next_tasks
from farm.settings import Settings
from farm.timeline.load import load_timeline

if TYPE_CHECKING:
    from collections.abc import Sequence

_CLIP_SECONDS = 2
_MOST_EXPONENT = 1.1
_ACTS = ("load", "plan", "compile")
_WHAT = (
    "A timeline of {sizes} clips of 2 s: reading the document, planning its segments "
    "from known facts, and building the FFmpeg command of each segment; processor "
    "time. The exponent is that of the power of the clips by which the time grows from "
    "the first to the last of these."
)


def measure_clips(*, sizes: Sequence[int], rounds: int) -> Case:
    """Measure each size in turn, so many times."""
    took: dict[tuple[str, int], list[float]] = {
        (act, size): [] for act in _ACTS for size in sizes
    }
    _measure_once(sizes[0])  # loads what is loaded once
    for _ in range(rounds):
        for size in sizes:
            for act, seconds in _measure_once(size).items():
                took[act, size].append(seconds)
    figures = []
    for act in _ACTS:
        figures += [
            Figure(
                name=f"{act}, {size:,} clips",
                unit="ms",
                values=tuple(1000 * each for each in took[act, size]),
            )
            for size in sizes
        ]
        few, many = took[act, sizes[0]], took[act, sizes[-1]]
        figures.append(
            Figure(
                name=f"{act}, exponent",
                unit="",
                values=tuple(
                    math.log(large / small) / math.log(sizes[-1] / sizes[0])
                    for small, large in zip(few, many, strict=True)
                ),
                most=_MOST_EXPONENT,
            )
        )
    return Case(
        name="clips",
        what=_WHAT.format(sizes=", ".join(f"{size:,}" for size in sizes)),
        figures=tuple(figures),
        details={},
    )


def _measure_once(clips: int) -> dict[str, float]:
    settings = Settings.read()
    seconds = clips * _CLIP_SECONDS
    document = build_document(clips, seconds=seconds)
    start = time.process_time()
    load_timeline(document)
    loaded = time.process_time()
    spec = build_spec(clips, seconds=seconds)
    ready = time.process_time()
    planned = next_tasks(JobKind.RENDER, spec, build_results(), settings=settings)
    done = time.process_time()
    for task in planned.tasks:
        if task.kind is TaskKind.SEGMENT:
            _compile(SegmentPayload.model_validate(task.payload))
    return {
        "load": loaded - start,
        "plan": done - ready,
        "compile": time.process_time() - done,
    }


def _compile(payload: SegmentPayload) -> None:
    if payload.copied is None:
        build_segment_command(
            payload.picture,
            payload.preset,
            size=payload.size,
            threads=payload.threads,
            set_number=payload.set_number,
            gpu=payload.gpu,
        )
