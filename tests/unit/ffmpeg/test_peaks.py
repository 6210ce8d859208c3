"""Peaks: lowest and highest samples, and the bytes of the published format."""

from __future__ import annotations

import json
import struct

import numpy as np
import pytest

from farm.ffmpeg.peaks import Peaks, fit_columns, mix_channels, split_channels
from farm.ffmpeg.peaks_file import draw, write_dat, write_json


def pcm(*frames: tuple[int, ...]) -> bytes:
    """Return interleaved samples."""
    return b"".join(struct.pack(f"<{len(frame)}h", *frame) for frame in frames)


def peaks_of(lane: list[int], *, per_pixel: int, at_once: int) -> Peaks:
    """Show samples to the peaks, some at a time."""
    peaks = Peaks(samples_per_pixel=per_pixel, channels=1)
    for start in range(0, len(lane), at_once):
        peaks.see([np.array(lane[start : start + at_once], np.int16)])
    return peaks


@pytest.mark.parametrize("at_once", [1, 2, 3, 5, 100])
@pytest.mark.parametrize("per_pixel", [1, 3, 4, 50])
def test_blocks_do_not_matter(at_once: int, per_pixel: int) -> None:
    lane = [0, 5, -7, 3, 3, 3, 100, -100, 2, 1, -32768]
    found = peaks_of(lane, per_pixel=per_pixel, at_once=at_once)
    parts = [lane[at : at + per_pixel] for at in range(0, len(lane), per_pixel)]
    assert found.pairs()[:, 0].tolist() == [[min(part), max(part)] for part in parts]
    assert found.samples == len(lane)


def test_the_mean_is_rounded_to_zero() -> None:
    stereo = pcm((1, 2), (-1, -2), (32767, 32767), (-32768, -32768), (5, -8))
    assert mix_channels(stereo, 2)[0].tolist() == [1, -1, 32767, -32768, -1]
    three = pcm((1, 1, 0), (-1, -1, 0), (-32768, -32768, -32768))
    assert mix_channels(three, 3)[0].tolist() == [0, 0, -32768]


def test_channels_are_told_apart() -> None:
    left, right = split_channels(pcm((1, -1), (2, -2)), 2)
    assert (left.tolist(), right.tolist()) == ([1, 2], [-1, -2])


def stereo_pairs() -> Peaks:
    """Return two pixels of two channels."""
    peaks = Peaks(samples_per_pixel=2, channels=2)
    peaks.see(split_channels(pcm((-300, 1), (700, 2), (-32768, 3), (32767, 4)), 2))
    return peaks


def test_bytes_of_a_dat_file() -> None:
    """Header and pairs as DataFormat.md has them, byte by byte."""
    options = {"sample_rate": 48000, "samples_per_pixel": 2}
    wide = write_dat(stereo_pairs().pairs(), bits=16, **options)
    assert wide[:24] == (
        b"\x02\x00\x00\x00" b"\x00\x00\x00\x00" b"\x80\xbb\x00\x00"
        b"\x02\x00\x00\x00" b"\x02\x00\x00\x00" b"\x02\x00\x00\x00"
    )  # fmt: skip
    assert struct.unpack("<8h", wide[24:]) == (-300, 700, 1, 2, -32768, 32767, 3, 4)
    narrow = write_dat(stereo_pairs().pairs(), bits=8, **options)
    assert narrow[4:8] == b"\x01\x00\x00\x00"
    assert struct.unpack("<8b", narrow[24:]) == (-1, 2, 0, 0, -128, 127, 0, 0)


def test_json_says_the_same() -> None:
    options = {"sample_rate": 48000, "samples_per_pixel": 2}
    document = json.loads(write_json(stereo_pairs().pairs(), bits=8, **options))
    assert document == {
        "version": 2,
        "channels": 2,
        "sample_rate": 48000,
        "samples_per_pixel": 2,
        "bits": 8,
        "length": 2,
        "data": [-1, 2, 0, 0, -128, 127, 0, 0],
    }


@pytest.mark.parametrize("count", [3, 10, 11, 1000])
def test_columns_share_all_pixels(count: int) -> None:
    lane = list(range(count))
    pairs = peaks_of(lane, per_pixel=1, at_once=100).pairs()
    columns = fit_columns(pairs, 10)[:, 0]
    assert len(columns) == 10
    assert columns[0][0] == 0
    assert columns[-1][1] == count - 1
    assert (np.diff(columns[:, 0]) >= 0).all()


def test_a_drawing_reaches_from_lowest_to_highest() -> None:
    pairs = np.array([[[-32768, 32767]], [[0, 0]], [[-32768, -32768]]], np.int16)
    drawn = draw(pairs, height=10, color=(1, 2, 3))
    picture = np.frombuffer(drawn[-10 * 3 * 4 :], np.uint8).reshape(10, 3, 4)
    assert (picture[:, :, :3] == (1, 2, 3)).all()
    seen = [np.flatnonzero(picture[:, column, 3]).tolist() for column in range(3)]
    assert seen == [list(range(10)), [4], [9]]
