"""The whole sound is as loud as is wanted, and no peak passes the ceiling."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from farm.ffmpeg.locate import find_ffmpeg
from farm.jobs.table import JobTable
from tests.here import render_here
from tests.integration.render.measure import decode
from tests.integration.render.timelines import audio, clip, gap, plain, timeline, video

if TYPE_CHECKING:
    from pathlib import Path

    from farm.settings import Settings
    from tests.here import Done
    from tests.integration.render.media import MediaFolder

SECONDS = 4


def document(source: Path, **more: object) -> dict[str, Any]:
    return timeline(
        video(plain("#000000", SECONDS)),
        audio(clip(source, 0, SECONDS)),
        width=64,
        height=36,
        **more,
    )


@pytest.fixture
def music(media: MediaFolder) -> Path:
    """Return sound without high peaks, at about -32 LUFS."""
    return media.make(
        "music.wav",
        *("-f", "lavfi", "-i", f"anoisesrc=color=pink:seed=3:r=48000:d={SECONDS}"),
        *("-af", "volume=-12dB,aformat=channel_layouts=stereo"),
        *("-c:a", "pcm_s16le"),
    )


@pytest.fixture
def drums(media: MediaFolder) -> Path:
    """Return short loud hits over a quiet hum: peaks 30 dB above the loudness."""
    wave = "0.03*sin(2*PI*220*t)+0.8*sin(2*PI*90*t)*exp(-60*mod(t\\,0.5))"
    return media.make(
        "drums.wav",
        *("-f", "lavfi", "-i", f"aevalsrc='{wave}|{wave}':s=48000:d={SECONDS}"),
        *("-c:a", "pcm_s16le"),
    )


def heard(path: Path, settings: Settings) -> tuple[float, float]:
    """Return loudness and true peak of a file, by another filter than the farm's."""
    done = subprocess.run(
        [
            str(find_ffmpeg(settings)),
            *("-hide_banner", "-nostats", "-i", str(path), "-vn"),
            *("-af", "loudnorm=print_format=json", "-f", "null", "-"),
        ],
        capture_output=True,
        check=True,
        text=True,
    )
    told = json.loads(
        done.stderr[done.stderr.rindex("{") : done.stderr.rindex("}") + 1]
    )
    return float(told["input_i"]), float(told["input_tp"])


def told_of(done: Done) -> dict[str, Any]:
    output = done.results["output"]
    assert isinstance(output, dict)
    found: dict[str, Any] = output["facts"]["audio"]["loudness"]  # type: ignore[index,call-overload,assignment]  # JSON
    return found


@pytest.mark.parametrize("target", [-14.0, -23.0])
@pytest.mark.parametrize(
    ("preset", "suffix"), [("source", ".mp4"), ("lossless", ".mkv")]
)
def test_a_sound_is_as_loud_as_is_wanted(
    target: float, preset: str, suffix: str, music: Path, settings: Settings
) -> None:
    done = render_here(
        document(music),
        settings=settings,
        preset=preset,
        suffix=suffix,
        loudness={"integrated": target},
    )

    loudness, peak = heard(done.file, settings)
    told = told_of(done)
    assert loudness == pytest.approx(target, abs=0.5)
    assert peak <= -1
    assert told["integrated"] == pytest.approx(loudness, abs=0.15)
    assert told["true_peak"] == pytest.approx(peak, abs=0.15)
    assert told["target"] == target
    assert not done.task_warnings


def test_where_no_peak_is_in_the_way_it_is_a_plain_gain(
    music: Path, settings: Settings
) -> None:
    before = decode(render_here(document(music), settings=settings).file)

    done = render_here(document(music), settings=settings, loudness={"integrated": -23})

    after, told = decode(done.file), told_of(done)
    assert not told["limited"]
    gain = 10 ** (told["gain_db"] / 20)
    assert after.samples.shape == before.samples.shape
    assert np.abs(after.samples - before.samples * gain).max() < 0.0005


def test_peaks_are_kept_below_the_ceiling(drums: Path, settings: Settings) -> None:
    before = decode(render_here(document(drums), settings=settings).file)

    done = render_here(
        document(drums),
        settings=settings,
        preset="source",
        suffix=".mp4",
        loudness={"integrated": -16, "true_peak": -2},
    )
    exact = render_here(
        document(drums),
        settings=settings,
        loudness={"integrated": -16, "true_peak": -2},
    )

    loudness, peak = heard(done.file, settings)
    assert told_of(done)["limited"]
    assert peak <= -2
    assert loudness == pytest.approx(-16, abs=0.5)
    # a limiter moves nothing: the hum between hits is where it was
    after = decode(exact.file)
    assert after.samples.shape == before.samples.shape
    quiet = slice(2 * 48000 - 12000, 2 * 48000 - 2400)
    pair = before.samples[0, quiet], after.samples[0, quiet]
    assert np.corrcoef(*pair)[0, 1] > 0.9999


def test_what_cannot_be_had_is_told(drums: Path, settings: Settings) -> None:
    done = render_here(
        document(drums),
        settings=settings,
        loudness={"integrated": -5, "true_peak": -9},
    )

    loudness, peak = heard(done.file, settings)
    assert peak <= -9
    assert loudness < -5.5
    (warning,) = done.task_warnings
    assert "instead of -5 LUFS" in warning


def test_silence_stays_silent(media: MediaFolder, settings: Settings) -> None:
    silent = media.make(
        "silent.wav",
        *("-f", "lavfi", "-i", f"anullsrc=r=48000:cl=stereo:d={SECONDS}"),
    )

    done = render_here(
        document(silent), settings=settings, loudness={"integrated": -14}
    )

    assert not decode(done.file).samples.any()
    assert told_of(done)["gain_db"] == 0
    (warning,) = done.task_warnings
    assert "silent" in warning


def test_without_sound_nothing_is_to_be_set(settings: Settings) -> None:
    done = render_here(
        timeline(video(plain("#ff0000", "0.2")), width=64, height=36),
        settings=settings,
        loudness={"integrated": -14},
    )

    assert done.warnings == ("nothing is to be heard whose loudness could be set",)


def test_another_loudness_mixes_nothing_again(music: Path, settings: Settings) -> None:
    table = JobTable.open(settings.database, max_attempts=3)

    def render(loudness: float) -> dict[str, Any]:
        done = render_here(
            document(music),
            settings=settings,
            table=table,
            loudness={"integrated": loudness},
        )
        return {
            name: isinstance(result, dict) and "reused_from" in result
            for name, result in done.results.items()
        }

    first, other, again = render(-14), render(-20), render(-14)

    assert (first["sum"], first["mix"]) == (False, False)
    assert (other["sum"], other["mix"]) == (True, False)
    assert (again["sum"], again["mix"]) == (True, True)


def test_a_long_mix_of_stems_is_measured_whole(
    media: MediaFolder, settings: Settings
) -> None:
    """Its first two minutes are silent: what is heard of it is what counts."""
    tone = media.tone(440, level=0.05, seconds=8)
    spec = timeline(
        audio(gap(120), clip(tone, 0, 4), gap(10), clip(tone, 4, 4)),
        width=64,
        height=36,
        rate="2",
    )

    done = render_here(spec, settings=settings, loudness={"integrated": -20})

    assert [task.name for task in done.tasks if task.name.startswith("sound-")]
    assert heard(done.file, settings)[0] == pytest.approx(-20, abs=0.5)
    film = decode(done.file)
    assert film.samples.shape[1] == 138 * 48000
    assert film.peak(121, 123) > 0.1
    assert film.peak(1, 119) == 0
