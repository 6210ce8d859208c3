"""What an analysis finds in media made with known content."""

from __future__ import annotations

import math
import os
import time
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import pytest
from pydantic import TypeAdapter

from farm.cli.analysis import _lines
from farm.errors import InvalidOption, MediaUnreadable
from farm.ffmpeg.command import Command
from farm.ffmpeg.locate import find_ffmpeg
from farm.jobs.status import JobKind
from farm.jobs.table import JobTable
from farm.plan.jobs import first_tasks
from farm.settings import Settings
from farm.timeline.analysis import Analysis, Measure
from farm.timeline.schemas import build_schema
from tests.here import do_here
from tests.integration.ffmpeg.processes import run_it
from tests.misfits import misfits

MEDIA = Path(__file__).parents[4] / "shared" / "media"
SCHEMA = build_schema("farm-analysis-1.schema.json")
NTSC = Fraction(1001, 30000)
LOSSLESS = ("-c:v", "ffv1", "-c:a", "pcm_s16le")

if TYPE_CHECKING:

    class Make(Protocol):
        """Makes a media file of a filter graph with the outputs v or a."""

        def __call__(self, graph: str, *options: str) -> Path: ...


@pytest.fixture
def make(ffmpeg: Path, scratch: Path) -> Make:
    def make_file(graph: str, *options: str) -> Path:
        name = options[-1] if options else "film.mkv"
        maps = [
            word
            for each in "va"
            if f"[{each}]" in graph
            for word in ("-map", f"[{each}]")
        ]
        arguments = ("-filter_complex", graph, *maps, *(options[:-1] or LOSSLESS), name)
        run_it(ffmpeg, scratch, Command(arguments=arguments, output=name))
        return scratch / name

    return make_file


def analyse(path: Path, *what: str, **options: Any) -> Analysis:  # noqa: ANN401
    return _analyse(path, what, options)[0]


def _analyse(
    path: Path, what: tuple[str, ...], options: dict[str, Any]
) -> tuple[Analysis, tuple[str, ...]]:
    storage = path.parent / "storage"
    done = do_here(
        JobKind.ANALYSE,
        {"path": str(path), "what": list(what) or None, **options},
        settings=Settings(storage=storage, media_roots=("/",)),
    )
    output = done.results["output"]
    assert isinstance(output, dict)
    assert misfits(output["facts"], SCHEMA, SCHEMA) == []
    return TypeAdapter(Analysis).validate_python(output["facts"]), done.warnings


def scenes(*frames: int, rate: str = "30000/1001", size: str = "96x64") -> str:
    """Return a graph of so many frames each of red, blue, yellow and green."""
    colors = ("red", "blue", "yellow", "green")
    parts = [
        f"color={color}:s={size}:r={rate},trim=end_frame={count}[{color}]"
        for color, count in zip(colors, frames, strict=False)
    ]
    labels = "".join(f"[{color}]" for color in colors[: len(frames)])
    return ";".join(parts) + f";{labels}concat=n={len(frames)},setsar=1[v]"


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
def test_cuts_are_found_at_their_frames(make: Make, options: tuple[str, ...]) -> None:
    found = analyse(make(scenes(20, 7, 33), *options), "scenes").scenes
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


def test_cuts_of_an_uneven_rate(make: Make) -> None:
    """Frames are 40 ms apart, then 100 ms."""
    uneven = scenes(10, 10, 10, rate="25").replace(
        ",setsar=1", ",setsar=1,settb=1/1000,setpts='if(lt(N,15),40*N,600+100*(N-15))'"
    )
    encode = ("-fps_mode", "passthrough", "-enc_time_base", "1:1000", "-c:v", "ffv1")
    found = analyse(make(uneven, *encode, "film.mkv"), "scenes").scenes
    assert found is not None
    starts = [scene.start for scene in found]
    assert starts == [Fraction(0), Fraction(2, 5), Fraction(11, 10)]


def test_a_threshold_decides_what_is_a_cut(make: Make) -> None:
    path = make(scenes(10, 10))
    found = analyse(path, "scenes", thresholds={"scene_score": 99}).scenes
    assert found is not None
    assert len(found) == 1


SILENCES = (
    "aevalsrc='if(between(t,1,2.5)+between(t,4,4.2)+gte(t,5),0,0.5*sin(2000*PI*t))"
    "':s=48000:d=6[a]"
)


def test_silences_are_found(make: Make) -> None:
    found = analyse(make(SILENCES), "silence").silence
    assert found is not None
    times = [float(time) for span in found for time in (span.start, span.end)]
    assert times == pytest.approx([1, 2.5, 5, 6], abs=0.001)


def test_short_and_faint_silences(make: Make) -> None:
    path = make(SILENCES)
    short = analyse(path, "silence", thresholds={"silence_seconds": 0.1}).silence
    assert short is not None
    assert [round(float(span.start), 2) for span in short] == [1, 4, 5]
    faint = make("sine=440:d=2,volume=-46dB[a]")  # -64 dB of full scale
    assert len(analyse(faint, "silence").silence or ()) == 1
    assert analyse(faint, "silence", thresholds={"silence_db": -70}).silence == ()


@pytest.mark.parametrize("level", [-23, -33, -12])
def test_loudness_of_a_known_tone(make: Make, level: int) -> None:
    """EBU Tech 3341: a stereo sine of 1 kHz at -23 dBFS is -23 LUFS."""
    tone = f"{10 ** (level / 20)}*sin(2000*PI*t)"
    path = make(
        f"aevalsrc='{tone}|{tone}':s=48000:d=5[a]", "-c:a", "pcm_s24le", "a.wav"
    )
    found = analyse(path, "loudness").loudness
    assert found is not None
    assert found.integrated == pytest.approx(level, abs=0.1)
    assert found.max_momentary == pytest.approx(level, abs=0.1)
    assert found.true_peak == pytest.approx(level, abs=0.2)
    assert found.sample_peak == pytest.approx(level, abs=0.1)
    assert found.range == pytest.approx(0, abs=0.1)


def test_true_peaks_lie_between_samples(make: Make) -> None:
    """A sine at a quarter of the rate, 45 degrees off: samples reach 0.707 of it."""
    tone = "min(1,t*5)*0.5*sin(PI*(n/2+0.25))"
    path = make(f"aevalsrc='{tone}':s=48000:d=2[a]", "-c:a", "pcm_s24le", "a.wav")
    found = analyse(path, "loudness").loudness
    assert found is not None
    assert found.sample_peak == pytest.approx(-9.0, abs=0.1)
    assert found.true_peak == pytest.approx(-6.0, abs=0.3)


def test_loudness_range(make: Make) -> None:
    """EBU Tech 3342: 20 s at -20 dBFS, then 20 s at -30, is a range of 10 LU."""
    tone = "if(lt(t,20),0.1,0.0316228)*sin(2000*PI*t)"
    path = make(f"aevalsrc='{tone}|{tone}':s=48000:d=40[a]", "-c:a", "flac", "a.flac")
    found = analyse(path, "loudness").loudness
    assert found is not None
    assert found.range == pytest.approx(10, abs=1)


def test_silence_has_no_loudness(make: Make) -> None:
    found = analyse(make("anullsrc=r=48000:d=2[a]"), "loudness").loudness
    assert found is not None
    assert (found.integrated, found.true_peak, found.sample_peak) == (None, None, None)


BLACK = (
    "testsrc2=s=96x64:r=25:d=1[x];color=black:s=96x64:r=25:d=0.6[y];"
    "testsrc2=s=96x64:r=25:d=1[z];color=black:s=96x64:r=25:d=0.4[w];"
    "[x][y][z][w]concat=n=4[v]"
)


def test_black_parts_are_found(make: Make) -> None:
    found = analyse(make(BLACK), "black").black
    assert found is not None
    assert [(span.start, span.end) for span in found] == [
        (Fraction(1), Fraction(8, 5)),
        (Fraction(13, 5), Fraction(3)),
    ]


def test_still_parts_are_found(make: Make) -> None:
    still = (
        "testsrc2=s=96x64:r=25:d=1[x];smptebars=s=96x64:r=25:d=2[y];"
        "testsrc2=s=96x64:r=25:d=1[z];[x][y][z]concat=n=3[v]"
    )
    found = analyse(make(still), "freeze").freeze
    assert found is not None
    assert [(span.start, span.end) for span in found] == [(Fraction(1), Fraction(3))]


def test_motion_is_that_of_each_second_but_for_cuts(make: Make) -> None:
    noise = "nullsrc=s=96x64:r=25:d=1,geq=lum='random(1)*60':cb=128:cr=128"
    moving = (
        f"color=gray:s=96x64:r=25:d=1,format=yuv420p[x];{noise},format=yuv420p[y];"
        "color=white:s=96x64:r=25:d=1,format=yuv420p[z];[x][y][z]concat=n=3[v]"
    )
    found = analyse(make(moving), "motion").motion
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
def test_fields_are_seen(make: Make, weave: str | None, verdict: str) -> None:
    moving = "mandelbrot=s=320x240:r=50:start_scale=1,trim=duration=1"
    moving += ",scroll=horizontal=0.01:vertical=0.02"
    woven = f"{moving},tinterlace={weave}[v]" if weave else f"{moving}[v]"
    found = analyse(make(woven), "interlace").interlace
    assert found is not None
    assert found.verdict == verdict


@pytest.mark.parametrize("turn", [0, 90])
def test_borders_are_measured_upright(make: Make, scratch: Path, turn: int) -> None:
    padded = "testsrc2=s=160x80:r=25:d=1,pad=200:160:12:50[v]"
    path = make(padded, "-c:v", "libx264", "-crf", "5", "film.mp4")
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


def test_no_borders_and_nothing_but_black(make: Make) -> None:
    plain = analyse(make("testsrc2=s=96x64:r=25:d=1[v]"), "crop").crop
    assert plain is not None
    assert not plain.has_borders
    assert analyse(make("color=black:s=96x64:r=25:d=1[v]"), "crop").crop is None


def test_key_frames(make: Make) -> None:
    keys = ("-c:v", "libx264", "-g", "10", "-sc_threshold", "0", "-bf", "2")
    path = make("testsrc2=s=96x64:r=25:d=1[v]", *keys, "film.mp4")
    found = analyse(path, "keyframes").keyframes
    assert found is not None
    assert found.times == (Fraction(0), Fraction(2, 5), Fraction(4, 5))
    assert found.mean_seconds == 0.4
    assert found.longest == Fraction(2, 5)


def test_likeness_of_the_same_film(make: Make) -> None:
    path = make("testsrc2=s=128x96:r=25:d=1[v]")
    found = analyse(path, "quality", reference=str(path)).quality
    assert found is not None
    assert found.frames == 25
    assert found.vmaf.mean is not None
    assert found.vmaf.mean > 95
    assert found.ssim.mean == found.ssim.lowest == 1
    assert (found.psnr.mean, found.psnr.lowest) == (None, None)


def test_psnr_of_a_known_error(make: Make) -> None:
    """Luma that is off by 5: a mean square error of 25 in two thirds of all samples."""
    gray = "color=gray:s=96x64:r=25:d=1,format=yuv420p"
    reference = make(f"{gray}[v]", *LOSSLESS, "reference.mkv")
    other = make(f"{gray},lutyuv=y=val+5[v]")
    found = analyse(other, "quality", reference=str(reference)).quality
    assert found is not None
    assert found.psnr.mean == pytest.approx(
        10 * math.log10(255**2 / (25 * 4 / 6)), abs=0.01
    )


def test_worse_is_told_to_be_worse(make: Make) -> None:
    source = "testsrc2=s=320x240:r=25:d=1,noise=alls=10"
    reference = make(f"{source}[v]", *LOSSLESS, "reference.mkv")
    found = []
    for crf in (10, 30, 45):
        # of another size and clock than the reference
        path = make(
            f"{source},scale=160:120[v]", "-c:v", "libx264", "-crf", str(crf), "c.mp4"
        )
        quality = analyse(path, "quality", reference=str(reference)).quality
        assert quality is not None
        assert (quality.width, quality.height) == (320, 240)
        found.append((quality.vmaf.mean, quality.ssim.mean, quality.psnr.mean))
    assert found == sorted(found, reverse=True)


def test_unequal_lengths_are_compared_while_both_play(make: Make) -> None:
    reference = make("testsrc2=s=96x64:r=25:d=2[v]", *LOSSLESS, "reference.mkv")
    path = make("testsrc2=s=96x64:r=25:d=1[v]")
    found, warnings = _analyse(path, ("quality",), {"reference": str(reference)})
    assert found.quality is not None
    assert found.quality.frames == 25
    assert "not equally long" in warnings[0]


def test_all_at_once_is_what_each_says_alone(make: Make) -> None:
    path = make(f"{BLACK};{SILENCES}")
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


def test_what_a_file_lacks_is_told(make: Make) -> None:
    silent = make("testsrc2=s=96x64:r=25:d=1[v]")
    assert analyse(silent).silence is None
    with pytest.raises(InvalidOption, match="has no sound: silence, loudness cannot"):
        analyse(silent, "loudness", "silence", "scenes")
    sound = make("sine=440:d=1[a]", "-c:a", "flac", "a.flac")
    assert analyse(sound).loudness is not None
    with pytest.raises(InvalidOption, match="has no picture: crop cannot"):
        analyse(sound, "crop")
    still = make("testsrc2=s=96x64,trim=end_frame=1[v]", "-c:v", "png", "a.png")
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


def test_references_that_cannot_be_compared(make: Make) -> None:
    path = make("testsrc2=s=96x64:r=25:d=1[v]")
    tiny = make("testsrc2=s=8x8:r=25:d=1[v]", *LOSSLESS, "tiny.mkv")
    with pytest.raises(InvalidOption, match="is 8x8; quality is measured from 16x16"):
        analyse(path, "quality", reference=str(tiny))
    sound = make("sine=440:d=1[a]", "-c:a", "flac", "a.flac")
    with pytest.raises(MediaUnreadable, match="holds no film to compare with"):
        analyse(path, "quality", reference=str(sound))


def test_what_was_measured_is_not_measured_again(
    make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = make("testsrc2=s=96x64:r=25:d=1[v]")
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
