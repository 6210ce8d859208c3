"""How long a job takes, as a range learnt from past ones, or that nobody knows.

Of the last 200 jobs of the same kind and preset, the 30 nearest in size are taken, each
scaled to the size of this one. The range holds four fifths of them.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from math import log
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pydantic import JsonValue

    from farm.jobs.history import Run

LAST_RUNS = 200
_NEAREST = 30
_FEWEST = 3
"""Fewer runs tell nothing of how much they differ."""
_LOW, _MIDDLE, _HIGH = 0.1, 0.5, 0.9


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """How long a job takes from its first task to its end, in seconds."""

    low_seconds: float
    """One in ten was faster."""
    typical_seconds: float
    high_seconds: float
    """One in ten was slower."""
    runs: int
    """How many past jobs it is learnt from."""
    elapsed_seconds: float | None = None
    """How long it runs; ``None``: it has not started, and its wait comes before."""

    @property
    def left_seconds(self) -> tuple[float, float] | None:
        """Time left, from and to; ``None``: it takes longer than nine in ten did."""
        elapsed = self.elapsed_seconds or 0.0
        if elapsed >= self.high_seconds:
            return None
        return max(0.0, self.low_seconds - elapsed), self.high_seconds - elapsed

    def to_json(self) -> dict[str, JsonValue]:
        """Return it as plain data."""
        left = self.left_seconds
        return {**asdict(self), "left_seconds": None if left is None else [*left]}


@dataclass(frozen=True, slots=True, kw_only=True)
class RunStats:
    """How long the last jobs of one kind and preset took, in seconds."""

    kind: str
    preset: str
    """Or the suffix of the output, where none was named."""
    runs: int
    """How many there ever were; the figures are of the last 200."""
    low_seconds: float
    typical_seconds: float
    high_seconds: float
    frames_per_second: float | None
    """Of the typical job; ``None`` where work is not counted in frames."""
    last_finished: float


def estimate(
    runs: Sequence[Run], *, frames: int, elapsed_seconds: float | None
) -> Estimate | None:
    """Return how long a job of so many frames takes; ``None``: nobody knows.

    Args:
        runs: of jobs of the same kind and preset.
        frames: of this job; 0: not known, or not counted in frames.
        elapsed_seconds: how long it runs; ``None``: it has not started.
    """
    if frames:
        sized = [run for run in runs if run.frames]
        sized.sort(key=lambda run: abs(log(run.frames / frames)))
        taken = [run.seconds * frames / run.frames for run in sized[:_NEAREST]]
    else:
        taken = [run.seconds for run in runs[:_NEAREST]]
    if len(taken) < _FEWEST:
        return None
    return Estimate(
        low_seconds=quantile(taken, _LOW),
        typical_seconds=quantile(taken, _MIDDLE),
        high_seconds=quantile(taken, _HIGH),
        runs=len(taken),
        elapsed_seconds=elapsed_seconds,
    )


def summarise(kind: str, preset: str, count: int, runs: Sequence[Run]) -> RunStats:
    """Return how long jobs of one kind and preset took."""
    seconds = [run.seconds for run in runs]
    rates = [run.frames / run.seconds for run in runs if run.frames and run.seconds]
    return RunStats(
        kind=kind,
        preset=preset,
        runs=count,
        low_seconds=quantile(seconds, _LOW),
        typical_seconds=quantile(seconds, _MIDDLE),
        high_seconds=quantile(seconds, _HIGH),
        frames_per_second=quantile(rates, _MIDDLE) if rates else None,
        last_finished=runs[0].finished,
    )


def quantile(values: Sequence[float], share: float) -> float:
    """Return the value that so large a share is at most, linear between two."""
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)
