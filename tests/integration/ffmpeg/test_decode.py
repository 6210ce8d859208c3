"""How much of a file comes out when it is decoded to its end."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from pydantic import TypeAdapter

from farm.cli.facts import _lines
from farm.jobs.status import JobKind
from farm.settings import Settings
from farm.timeline.report import Decoded, MediaReport
from tests.here import do_here

if TYPE_CHECKING:
    from pydantic import JsonValue

MEDIA = Path(__file__).parents[4] / "shared" / "media"

pytestmark = pytest.mark.skipif(not MEDIA.is_dir(), reason="the media are not here")


def probe(name: str, tmp_path: Path, **options: JsonValue) -> MediaReport:
    done = do_here(
        JobKind.PROBE,
        {"path": str(MEDIA / name), "decode": True, **options},
        settings=Settings(storage=tmp_path, media_roots=(MEDIA,)),
    )
    output = done.results["output"]
    assert isinstance(output, dict)
    return TypeAdapter(MediaReport).validate_python(output["facts"])


@pytest.mark.parametrize(
    ("name", "frames"),
    [
        ("odd/start_at_10s.mp4", 120),
        ("broken/truncated_end.mp4", 90),
        ("broken/truncated_end.webm", 73),
        ("phone/VID_20191220_170832.mp4", 41),
        ("clips/numbered_30fps.webm", 75),
    ],
)
def test_frames_that_come_out(tmp_path: Path, name: str, frames: int) -> None:
    video = probe(name, tmp_path).video[0]
    assert video.decoded is not None
    assert video.decoded.count == frames
    assert abs(video.decoded.start - video.start) < Fraction(1, 1000)


def test_samples_that_come_out(tmp_path: Path) -> None:
    report = probe("audio/guitar.wav", tmp_path)
    assert report.audio[0].decoded == Decoded(
        count=1006848, start=Fraction(0), end=Fraction(1006848, 44100)
    )
    assert report.decoded_duration == report.duration


def test_a_still_has_nothing_to_decode(tmp_path: Path) -> None:
    report = probe("image/falcon.jpg", tmp_path)
    assert report.decoded_duration is None
    assert report.video[0].decoded is None


def test_a_person_is_told_where_lengths_differ(tmp_path: Path) -> None:
    text = "\n".join(_lines(probe("broken/truncated_end.mp4", tmp_path)))
    assert "its header says 5.055 s" in text
    assert "it is truncated" in text
    assert "decoded: 90 frames, 0 s to 3.003 s" in text
