"""Timecodes count frames, and times by them come to count from the file's start."""

from __future__ import annotations

import pytest

from farm.timeline.timecode import frames_of


@pytest.mark.parametrize(
    ("code", "rate", "frames"),
    [
        ("00:00:00:00", 25, 0),
        ("01:00:01:05", 25, 90_030),
        # SMPTE 12M: an hour of drop frame is 107,892 frames
        ("01:00:00;00", 30, 107_892),
        ("00:01:00;02", 30, 1_800),
        ("00:10:00;00", 30, 17_982),
        ("00:01:00;04", 60, 3_600),
        ("noon", 25, None),
        ("01:00:00:00", 0, None),
    ],
)
def test_frames_of_a_timecode(code: str, rate: int, frames: int | None) -> None:
    assert frames_of(code, rate) == frames
