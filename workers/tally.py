"""Count what FFmpeg did, to be told when the attempt is reported."""

from __future__ import annotations

from typing import TYPE_CHECKING

from farm.metrics.sums import (
    FRAMES,
    INPUT_BYTES,
    INPUTS_FETCHED,
    INPUTS_FOUND,
    MEDIA_SECONDS,
    RUN_SECONDS,
    RUNS_FAILED,
    RUNS_OK,
    sum_name,
)

if TYPE_CHECKING:
    from collections import Counter

    from farm.ffmpeg.run import RunResult
    from farm.jobs.status import TaskKind
    from farm.objects.inputs import Held


def count_run(tally: Counter[str], kind: TaskKind, done: RunResult | None) -> None:
    """Count a run of FFmpeg; ``None``: it did not end well."""
    if done is None:
        tally[sum_name(RUNS_FAILED, kind)] += 1
        return
    tally[sum_name(RUNS_OK, kind)] += 1
    sums = {
        FRAMES: float(done.progress.frame),
        MEDIA_SECONDS: max(0.0, done.progress.out_seconds),
        RUN_SECONDS: done.seconds,
    }
    for what, value in sums.items():
        # a Counter holds what can be added
        tally[sum_name(what, kind)] += value  # type: ignore[assignment]


def count_copies(tally: Counter[str], kind: TaskKind, held: Held) -> None:
    """Count the copies of objects that an attempt used."""
    for copy in held.copies.values():
        what = INPUTS_FETCHED if copy.is_new else INPUTS_FOUND
        tally[sum_name(what, kind)] += 1
        if copy.is_new:
            tally[sum_name(INPUT_BYTES, kind)] += copy.size_bytes
