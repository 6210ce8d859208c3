from __future__ import annotations

from fractions import Fraction

import pytest

from farm.errors import InvalidOption
from farm.presets.catalog import find_preset
from farm.presets.rungs import RUNGS, find_rungs, rung_factor, rung_preset


@pytest.mark.parametrize(
    ("width", "height", "largest"),
    [
        (3840, 2160, "2160p"),
        (1920, 1080, "1080p"),
        (1080, 1920, "1080p"),  # upright
        (1920, 800, "1080p"),  # as wide as the box
        (1440, 1080, "1080p"),  # as high as the box
        (1900, 1000, "720p"),
        (320, 180, "240p"),  # smaller than all
    ],
)
def test_no_rung_is_larger_than_the_picture(
    width: int, height: int, largest: str
) -> None:
    names = [rung.name for rung in find_rungs((), width=width, height=height)]
    all_names = [rung.name for rung in RUNGS]

    assert names == all_names[all_names.index(largest) :]


def test_rungs_that_are_named_come_largest_first() -> None:
    found = find_rungs(("240p", "720p"), width=1920, height=1080)

    assert [rung.name for rung in found] == ["720p", "240p"]


@pytest.mark.parametrize(
    ("names", "why"),
    [
        (("2160p",), "the rung 2160p is larger than the picture, which is 1920x1080"),
        (("720",), "there is no rung '720'; there are: 2160p, 1440p"),
        (("720p", "720p"), "the rung 720p is named twice"),
    ],
)
def test_a_wrong_rung_is_refused(names: tuple[str, ...], why: str) -> None:
    with pytest.raises(InvalidOption, match=why):
        find_rungs(names, width=1920, height=1080)


def test_the_rate_is_bounded_and_higher_for_more_frames() -> None:
    preset = find_preset("ladder")
    rung = RUNGS[3]

    usual = rung_preset(preset, rung, rate=Fraction(25)).video.options
    more = rung_preset(preset, rung, rate=Fraction(60)).video.options

    assert (usual["maxrate"], usual["bufsize"]) == ("3000k", "6000k")
    assert (more["maxrate"], more["bufsize"]) == ("4500k", "9000k")
    assert usual["crf"] == preset.video.options["crf"]


def test_a_picture_fits_the_box_upright_too() -> None:
    assert rung_factor(RUNGS[3], 1080, 1920) == Fraction(2, 3)
    assert rung_factor(RUNGS[3], 1920, 800) == Fraction(2, 3)
