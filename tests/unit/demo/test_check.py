"""The demonstration's check finds what is wrong with a render."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest

from farm.demo.check import find_faults
from farm.demo.expected import Bright, Expected, Look, Tone
from farm.ffmpeg.command import Command
from farm.ffmpeg.locate import find_ffmpeg
from farm.ffmpeg.run import run
from farm.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

FFMPEG = find_ffmpeg(Settings.read())
RIGHT = Expected(
    frames=25,
    rate=Fraction(25),
    width=64,
    height=36,
    sample_rate=48000,
    samples=48000,
    looks=(Look(at=Fraction(1, 2), x=0.5, y=0.5, color="#2060a0", what="ground"),),
    brights=(Bright(at=Fraction(1, 2), top=0, bottom=1, is_there=False, what="title"),),
    tones=(
        Tone(at=Fraction(1, 2), hertz=440, is_there=True, what="tone"),
        Tone(at=Fraction(1, 2), hertz=660, is_there=False, what="other tone"),
    ),
)


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("film")
    color = "scale=out_color_matrix=bt709:out_range=tv,format=yuv444p"
    arguments = (
        *("-f", "lavfi", "-i", "color=c=#2060a0:s=64x36:r=25:d=1"),
        *("-f", "lavfi", "-i", "sine=f=440:r=48000:d=1"),
        *("-vf", color, "-colorspace", "bt709", "-c:v", "ffv1"),
        *("-c:a", "pcm_s16le", "film.mkv"),
    )
    run(
        Command(arguments=arguments, output="film.mkv"),
        ffmpeg=FFMPEG,
        scratch=folder,
        stall_seconds=30,
        limit_seconds=30,
    )
    return folder / "film.mkv"


def test_a_film_that_is_right_has_no_faults(film: Path) -> None:
    assert find_faults(film, RIGHT, ffmpeg=FFMPEG) == []


@pytest.mark.parametrize(
    ("wanted", "fault"),
    [
        (replace(RIGHT, frames=26), "it has 25 frames, not 26"),
        (replace(RIGHT, width=66), "the picture is 64x36, not 66x36"),
        (replace(RIGHT, rate=Fraction(30), looks=(), brights=()), "the rate is 25"),
        (replace(RIGHT, samples=47999), "it has 48000 samples, not 47999"),
        (
            replace(RIGHT, looks=(replace(RIGHT.looks[0], color="#a06020"),)),
            "ground at 0.5 s is #",
        ),
        (
            replace(RIGHT, brights=(replace(RIGHT.brights[0], is_there=True),)),
            "title is missing at 0.5 s",
        ),
        (
            replace(RIGHT, tones=(replace(RIGHT.tones[0], is_there=False),)),
            "tone (440 Hz) is heard at 0.5 s",
        ),
        (
            replace(RIGHT, tones=(replace(RIGHT.tones[1], is_there=True),)),
            "other tone (660 Hz) is not heard at 0.5 s",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_wrong_is_named(film: Path, wanted: Expected, fault: str) -> None:
    faults = find_faults(film, wanted, ffmpeg=FFMPEG)

    assert [line for line in faults if line.startswith(fault)]
