"""Pieces equal the whole for real films; skipped where these are not at hand."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from farm.ffmpeg.probe import probe_media
from tests.integration.render.pieces import Cutter
from tests.integration.render.random_timelines import make_dice
from tests.integration.render.timelines import audio, clip, timeline, video

if TYPE_CHECKING:
    from farm.settings import Settings
    from tests.integration.render.conftest import Render

FOLDER = Path(__file__).parents[4] / "shared" / "media"
QUICK = {
    "bottles_noaudio_29.83fps.mp4", "numbered_1fps_75s.mkv", "start_at_10s.mp4",
    "dv_pal_interlaced.mov", "flower_fragmented.mp4", "slow_motion_vfr.mp4",
}  # fmt: skip


def find_files(*folders: str) -> list[Path]:
    """Return all files of folders, but for papers; nothing where there are none."""
    found = (path for folder in folders for path in (FOLDER / folder).glob("*.*"))
    return sorted(path for path in found if path.suffix not in {".md", ".txt"})


FILMS = find_files("clips", "phone", "pro", "odd")
SOUNDS = find_files("audio", "clips")

pytestmark = pytest.mark.skipif(not FILMS, reason="the real media are not at hand")


@pytest.mark.parametrize(
    "path",
    [
        pytest.param(
            path,
            id=path.name,
            marks=() if path.name in QUICK else pytest.mark.slow,
        )
        for path in FILMS
    ],
)
def test_pieces_of_a_real_film(path: Path, settings: Settings) -> None:
    facts = probe_media(path)
    films = [film for film in facts.video if not film.is_cover]
    if not films:
        pytest.skip("it has no picture")
    cutter = Cutter(settings=settings)
    dice = make_dice(path.name)
    for rate, speed in (("30000/1001", "1"), ("25", "7/3")):
        length = min(facts.duration, 2 * Fraction(speed))
        begin = Fraction(round(dice.random() * float(facts.duration - length), 3))
        item = clip(path, begin.limit_denominator(1000), length, speed=speed)
        if films[0].is_image:
            item = clip(path) | {"duration": "1"}
        document = timeline(video(item), rate=rate)
        frames = cutter.compose(document).frames
        cuts = [dice.randrange(1, frames) for _ in range(3 * (frames > 1))]

        assert cutter.differing(document, cuts) == []


@pytest.mark.slow
@pytest.mark.parametrize("path", SOUNDS, ids=lambda path: path.name)
def test_a_range_of_a_real_sound_is_the_same_as_in_the_whole(
    path: Path, render: Render
) -> None:
    facts = probe_media(path)
    if not facts.audio:
        pytest.skip("it has no sound")
    length = min(facts.duration, Fraction(4))
    document = timeline(audio(clip(path, 0, length)))

    whole = render(document)
    part = render(document, range=["0.4", "99"])

    assert (part.samples == whole.samples[:, 19200:]).all()
