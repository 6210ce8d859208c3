"""What an analysis finds in media made with known content."""

from __future__ import annotations

import os
import time
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from farm.cli.analysis import _lines
from farm.errors import InvalidOption, MediaUnreadable
from farm.ffmpeg.command import Command
from farm.ffmpeg.locate import find_ffmpeg
from farm.jobs.status import JobKind
from farm.jobs.table import JobTable
from farm.plan.jobs import first_tasks
from farm.settings import Settings
from farm.timeline.analysis import Measure
from tests.here import do_here
from tests.integration.ffmpeg.analysing import NTSC, SILENCES, analyse, scenes
from tests.integration.ffmpeg.processes import LOSSLESS, run_it

if TYPE_CHECKING:
    from tests.integration.ffmpeg.conftest import MakeFilm

MEDIA = Path(__file__).parents[4] / "shared" / "media"


@pytest.mark.parametrize(
    "options",
    [
        (*LOSSLESS, "film.mkv"),
        ("-c:v", "libx264", "-bf", "3", "-g", "250", "film.mp4"),
        ("-c:v", "libx264", "-output_ts_offset", "10", "late.mp4"),
        ("-c:v", "mpeg2video", "-bf", "2", "-q:v", "2", "film.ts"),
    ],
    ids=["lossless", "b-frames", "late", "transport-stream"],
)
def test_cuts_are_found_at_their_frames(
    make_film: MakeFilm, options: tuple[str, ...]
) -> None:
    found = analyse(make_film(scenes(20, 7, 33), *options), "scenes").scenes
    assert found is not None
    assert [scene.score is None for scene in found] == [True, False, False]
    starts = [scene.start / NTSC for scene in found]
    slack = Fraction(1, 20)  # a clock of milliseconds
    assert all(
        abs(start - frame) < slack
        for start, frame in zip(starts, (0, 20, 27), strict=True)
    )
    assert abs(found[-1].end / NTSC - 60) < slack
    assert [scene.end for scene in found[:-1]] == [scene.start for scene in found[1:]]


def test_cuts_of_an_uneven_rate(make_film: MakeFilm) -> None:
    """Frames are 40 ms apart, then 100 ms."""
    uneven = scenes(10, 10, 10, rate="25").replace(
        ",setsar=1", ",setsar=1,settb=1/1000,setpts='if(lt(N,15),40*N,600+100*(N-15))'"
    )
    encode = ("-fps_mode", "passthrough", "-enc_time_base", "1:1000", "-c:v", "ffv1")
    found = analyse(make_film(uneven, *encode, "film.mkv"), "scenes").scenes
    assert found is not None
    starts = [scene.start for scene in found]
    assert starts == [Fraction(0), Fraction(2, 5), Fraction(11, 10)]


def test_a_threshold_decides_what_is_a_cut(make_film: MakeFilm) -> None:
    path = make_film(scenes(10, 10))
    found = analyse(path, "scenes", thresholds={"scene_score": 99}).scenes
    assert found is not None
    assert len(found) == 1


BLACK = (
    "testsrc2=s=96x64:r=25:d=1[x];color=black:s=96x64:r=25:d=0.6[y];"
    "testsrc2=s=96x64:r=25:d=1[z];color=black:s=96x64:r=25:d=0.4[w];"
    "[x][y][z][w]concat=n=4[v]"
)


def test_black_parts_are_found(make_film: MakeFilm) -> None:
    found = analyse(make_film(BLACK), "black").black
    assert found is not None
    assert [(span.start, span.end) for span in found] == [
        (Fraction(1), Fraction(8, 5)),
        (Fraction(13, 5), Fraction(3)),
    ]


def test_still_parts_are_found(make_film: MakeFilm) -> None:
    still = (
        "testsrc2=s=96x64:r=25:d=1[x];smptebars=s=96x64:r=25:d=2[y];"
        "testsrc2=s=96x64:r=25:d=1[z];[x][y][z]concat=n=3[v]"
    )
    found = analyse(make_film(still), "freeze").freeze
    assert found is not None
    assert [(span.start, span.end) for span in found] == [(Fraction(1), Fraction(3))]


def test_motion_is_that_of_each_second_but_for_cuts(make_film: MakeFilm) -> None:
    noise = "nullsrc=s=96x64:r=25:d=1,geq=lum='random(1)*60':cb=128:cr=128"
    moving = (
        f"color=gray:s=96x64:r=25:d=1,format=yuv420p[x];{noise},format=yuv420p[y];"
        "color=white:s=96x64:r=25:d=1,format=yuv420p[z];[x][y][z]concat=n=3[v]"
    )
    found = analyse(make_film(moving), "motion").motion
    assert found is not None
    still, busy, again = found.seconds
    assert (still, again) == (0, 0)
    # luma of two noises differs by 20 of 255, chroma, half as many samples, by nothing
    assert 3 < busy < 8
    assert found.highest == busy
    assert 0 < found.mean < busy


@pytest.mark.parametrize(
    ("weave", "verdict"),
    [("interleave_top", "tff"), ("interleave_bottom", "bff"), (None, "progressive")],
)
def test_fields_are_seen(make_film: MakeFilm, weave: str | None, verdict: str) -> None:
    moving = "mandelbrot=s=320x240:r=50:start_scale=1,trim=duration=1"
    moving += ",scroll=horizontal=0.01:vertical=0.02"
    woven = f"{moving},tinterlace={weave}[v]" if weave else f"{moving}[v]"
    found = analyse(make_film(woven), "interlace").interlace
    assert found is not None
    assert found.verdict == verdict


@pytest.mark.parametrize("turn", [0, 90])
def test_borders_are_measured_upright(
    make_film: MakeFilm, scratch: Path, turn: int
) -> None:
    padded = "testsrc2=s=160x80:r=25:d=1,pad=200:160:12:50[v]"
    path = make_film(padded, "-c:v", "libx264", "-crf", "5", "film.mp4")
    if turn:
        path = make_turned(path, turn)
    crop = analyse(path, "crop").crop
    assert crop is not None
    assert crop.has_borders
    box = (crop.x, crop.y, crop.width, crop.height)
    # turned clockwise, the left is on top: the bottom border of 30 is on the left
    expected = (30, 12, 80, 160) if turn else (12, 50, 160, 80)
    assert box == pytest.approx(expected, abs=2)


def make_turned(path: Path, turn: int) -> Path:
    name = "turned.mp4"
    arguments = (
        "-display_rotation:v:0",
        f"-{turn}",
        "-i",
        path.name,
        "-c",
        "copy",
        name,
    )
    command = Command(arguments=arguments, output=name)
    run_it(find_ffmpeg(Settings()), path.parent, command)
    return path.parent / name


def test_no_borders_and_nothing_but_black(make_film: MakeFilm) -> None:
    plain = analyse(make_film("testsrc2=s=96x64:r=25:d=1[v]"), "crop").crop
    assert plain is not None
    assert not plain.has_borders
    assert analyse(make_film("color=black:s=96x64:r=25:d=1[v]"), "crop").crop is None


def test_key_frames(make_film: MakeFilm) -> None:
    keys = ("-c:v", "libx264", "-g", "10", "-sc_threshold", "0", "-bf", "2")
    path = make_film("testsrc2=s=96x64:r=25:d=1[v]", *keys, "film.mp4")
    found = analyse(path, "keyframes").keyframes
    assert found is not None
    assert found.times == (Fraction(0), Fraction(2, 5), Fraction(4, 5))
    assert found.mean_seconds == 0.4
    assert found.longest == Fraction(2, 5)


def test_all_at_once_is_what_each_says_alone(make_film: MakeFilm) -> None:
    path = make_film(f"{BLACK};{SILENCES}")
    both = analyse(path, reference=str(path))
    for measure in Measure:
        alone = analyse(
            path,
            measure,
            **({"reference": str(path)} if measure is Measure.QUALITY else {}),
        )
        assert getattr(alone, measure) == getattr(both, measure), measure
        others = {each for each in Measure if each is not measure}
        assert all(getattr(alone, each) is None for each in others)
    text = "\n".join(_lines(both))
    assert "black      2" in text
    assert "PSNR infinite" in text


def test_what_a_file_lacks_is_told(make_film: MakeFilm) -> None:
    silent = make_film("testsrc2=s=96x64:r=25:d=1[v]")
    assert analyse(silent).silence is None
    with pytest.raises(InvalidOption, match="has no sound: silence, loudness cannot"):
        analyse(silent, "loudness", "silence", "scenes")
    sound = make_film("sine=440:d=1[a]", "-c:a", "flac", "a.flac")
    assert analyse(sound).loudness is not None
    with pytest.raises(InvalidOption, match="has no picture: crop cannot"):
        analyse(sound, "crop")
    still = make_film("testsrc2=s=96x64,trim=end_frame=1[v]", "-c:v", "png", "a.png")
    with pytest.raises(InvalidOption, match="has but a still picture: scenes cannot"):
        analyse(still, "scenes")
    with pytest.raises(InvalidOption, match="neither film nor sound"):
        analyse(still)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"what": ["quality"]}, "name one"),
        ({"what": ["scenes"], "reference": "/b.mkv"}, "only used to measure quality"),
    ],
)
def test_wrong_usage_is_told_before_the_media_are_read(
    options: dict[str, Any], message: str
) -> None:
    spec = {"path": "/nowhere.mkv", **options}
    with pytest.raises(InvalidOption, match=message):
        first_tasks(JobKind.ANALYSE, spec, settings=Settings())


def test_what_was_measured_is_not_measured_again(
    make_film: MakeFilm, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = make_film("testsrc2=s=96x64:r=25:d=1[v]")
    monkeypatch.setattr("farm.cache.stamp._SETTLED_SECONDS", -1.0)
    os.utime(path, (time.time() - 60, time.time() - 60))
    settings = Settings(storage=tmp_path / "storage", media_roots=("/",))
    table = JobTable.open(settings.database)
    spec: dict[str, Any] = {"path": str(path), "what": ["scenes"]}
    first = do_here(JobKind.ANALYSE, spec, settings=settings, table=table)
    again = do_here(JobKind.ANALYSE, spec, settings=settings, table=table)
    other = do_here(
        JobKind.ANALYSE, {**spec, "what": ["black"]}, settings=settings, table=table
    )
    table.close()
    one, two, three = (done.results["output"] for done in (first, again, other))
    assert isinstance(one, dict)
    assert isinstance(two, dict)
    assert isinstance(three, dict)
    assert "reused_from" not in one
    assert "reused_from" in two
    assert one["facts"] == two["facts"]
    assert "reused_from" not in three


@pytest.mark.slow
@pytest.mark.skipif(not MEDIA.is_dir(), reason="the media are not here")
@pytest.mark.parametrize("folder", ["odd", "broken", "phone", "pro", "audio", "image"])
def test_every_real_file_is_measured_or_refused(tmp_path: Path, folder: str) -> None:
    measured = 0
    settings = Settings(storage=tmp_path, media_roots=(MEDIA,))
    for path in sorted((MEDIA / folder).iterdir()):
        try:
            do_here(JobKind.ANALYSE, {"path": str(path)}, settings=settings)
        except (InvalidOption, MediaUnreadable) as error:
            assert "\n" not in error.message  # noqa: PT017  # most are measured
            continue
        measured += 1
    assert measured > 1
