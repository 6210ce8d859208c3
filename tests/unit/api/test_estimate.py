from __future__ import annotations

import pytest

from farm.api.estimate import estimate, quantile, summarise
from farm.cli.describe import show_estimate
from farm.jobs.history import Run


def runs(*rows: tuple[int, float]) -> list[Run]:
    return [
        Run(frames=frames, seconds=seconds, finished=1.0) for frames, seconds in rows
    ]


def test_nothing_is_known_of_few_runs() -> None:
    few = runs((100, 1.0), (100, 1.0))

    assert estimate([], frames=100, elapsed_seconds=None) is None
    assert estimate(few, frames=100, elapsed_seconds=None) is None
    assert "not known" in show_estimate(None)


def test_runs_without_frames_tell_nothing_of_a_job_with_frames() -> None:
    unsized = runs((0, 1.0), (0, 1.0), (0, 1.0))

    assert estimate(unsized, frames=100, elapsed_seconds=None) is None
    assert estimate(unsized, frames=0, elapsed_seconds=None) is not None


def test_the_range_holds_four_fifths_of_the_runs() -> None:
    found = estimate(
        runs(*((100, float(second)) for second in range(11))),
        frames=100,
        elapsed_seconds=None,
    )

    assert found is not None
    assert (found.low_seconds, found.typical_seconds, found.high_seconds) == (1, 5, 9)
    assert found.left_seconds == (1, 9)
    assert show_estimate(found) == (
        "takes 1.0 s to 9.0 s once it starts (learnt from 11 jobs like it)"
    )


def test_runs_are_scaled_and_the_nearest_in_size_count() -> None:
    far = [(10, 50.0)] * 40
    near = [(1000, 10.0)] * 30
    found = estimate(runs(*far, *near), frames=2000, elapsed_seconds=None)

    assert found is not None
    assert found.low_seconds == found.high_seconds == pytest.approx(20.0)
    assert found.runs == 30


def test_what_is_left_shrinks_and_is_not_known_in_the_end() -> None:
    past = runs((100, 10.0), (100, 20.0), (100, 30.0))

    def left(elapsed: float) -> tuple[float, float] | None:
        found = estimate(past, frames=100, elapsed_seconds=elapsed)
        assert found is not None
        return found.left_seconds

    assert left(0.0) == (12.0, 28.0)
    assert left(20.0) == (0.0, 8.0)
    assert left(28.0) is None
    over = estimate(past, frames=100, elapsed_seconds=40.0)
    assert "longer than nine in ten" in show_estimate(over)
    assert over is not None
    assert over.to_json()["left_seconds"] is None


def test_quantiles_lie_between_neighbours() -> None:
    assert quantile([4.0], 0.9) == 4.0
    assert quantile([3.0, 1.0, 2.0], 0.5) == 2.0
    assert quantile([1.0, 2.0], 0.25) == 1.25


def test_stats_tell_frames_a_second_where_there_are_frames() -> None:
    assert summarise("render", ".mp4", 9, runs((100, 2.0))).frames_per_second == 50
    assert summarise("probe", "", 9, runs((0, 2.0))).frames_per_second is None
