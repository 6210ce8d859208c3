"""Paths become smooth, and what is laid fills the picture."""

from __future__ import annotations

import math
import random

import numpy as np
import pytest

from farm.effects.steady import find_kept, find_shifts, smooth_path, work_format
from farm.ffmpeg.shaky import find_motion


@pytest.mark.parametrize("reach", [1, 2, 15, 100])
def test_a_steady_pan_stays_as_it_is(reach: int) -> None:
    line = [3.5 * at - 7 for at in range(40)]

    assert smooth_path(line, reach) == pytest.approx(line)


def test_a_path_of_one_frame_stays() -> None:
    assert smooth_path([2.0], 15) == [2.0]
    assert find_shifts(((0.1, 0.1, 0.1),), 15) == ((0.0, 0.0, 0.0),)


def test_a_step_is_spread_over_as_many_frames_as_are_said() -> None:
    smooth = smooth_path([0.0] * 50 + [1.0] * 50, 8)

    assert smooth == sorted(smooth)
    assert smooth[41] == pytest.approx(0)
    assert 0.05 < smooth[46] < 0.5 < smooth[53] < 0.95
    assert smooth[58] == pytest.approx(1)


def test_a_frame_is_moved_no_further_than_the_bounds() -> None:
    shifts = find_shifts(((0, 0, 0), (0.9, -0.9, 2), (-0.9, 0.9, -2)), 2)

    assert max(abs(value) for shift in shifts for value in shift) == pytest.approx(0.15)
    assert max(abs(shift[0]) for shift in shifts) == pytest.approx(0.12)


def test_no_corner_of_what_is_kept_lies_outside() -> None:
    dice = random.Random(5)  # noqa: S311  # no secret
    for _ in range(50):
        shift = (dice.uniform(-20, 20), dice.uniform(-9, 9), dice.uniform(-0.1, 0.1))

        kept = find_kept([shift], 320, 192)

        x, y, turn = shift
        corners = [
            (sx * 160 * kept, sy * 96 * kept) for sx in (-1, 1) for sy in (-1, 1)
        ]
        seen = [
            (
                math.cos(turn) * right - math.sin(turn) * down - x,
                math.sin(turn) * right + math.cos(turn) * down - y,
            )
            for right, down in corners
        ]
        room = [min(160 - abs(right), 96 - abs(down)) for right, down in seen]
        assert 1.9 < min(room) < 2.1  # just the edge that is mixed


def test_what_stands_still_is_not_made_larger() -> None:
    assert find_kept([(0, 0, 0)], 320, 192) == 1


def test_most_parts_decide_how_the_camera_moved() -> None:
    dice = random.Random(3)  # noqa: S311  # no secret
    turn, right, down = 0.02, 6.3, -3.6
    places = [(x, y) for x in range(-310, 311, 87) for y in range(-150, 151, 61)]
    parts = [
        [round(right + turn * y), round(down - turn * x), x, y]
        if at % 4
        else [dice.randint(-40, 40), dice.randint(-40, 40), x, y]
        for at, (x, y) in enumerate(places)
    ]

    found = find_motion(np.array(parts, dtype=float))

    assert found == pytest.approx((right, down, turn), abs=0.35)
    assert found[2] == pytest.approx(turn, abs=0.001)


def test_parts_that_do_not_agree_tell_nothing() -> None:
    dice = random.Random(3)  # noqa: S311  # no secret
    parts = [[dice.randint(-90, 90) for _ in range(4)] for _ in range(60)]

    assert find_motion(np.array(parts, dtype=float)) == (0, 0, 0)
    assert find_motion(np.zeros((3, 4))) == (0, 0, 0)


@pytest.mark.parametrize(
    ("own", "work"),
    [
        ("yuv420p", "yuv420p"),
        ("yuv422p10le", "yuv422p"),
        ("yuv444p", "yuv444p"),
        ("yuva444p", "yuva420p"),
        ("yuva420p10le", "yuva420p"),
        ("gbrp", "yuv444p"),
    ],
)
def test_frames_are_moved_in_the_format_that_is_nearest(own: str, work: str) -> None:
    assert work_format(own) == work
